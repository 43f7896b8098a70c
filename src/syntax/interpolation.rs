//! `${VAR:-default}` and its relatives, as Compose, BuildKit and env files share them.
