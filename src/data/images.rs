//! Image references, and what is known of well-known images.

use std::fmt;

use crate::packed::{Run, Text, Texts};

/// References longer than this are none.
const LONGEST_REFERENCE: usize = 512;

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// An image reference (github.com/distribution/reference).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reference<'s> {
    /// The registry's host, perhaps with a port; `docker.io` where none is named.
    pub registry: &'s str,
    /// The path in the registry, without the `library/` of Docker Hub's official images.
    pub repository: &'s str,
    /// The tag, as written.
    pub tag: Option<&'s str>,
    /// The digest, as `algorithm:hex`. A malformed one is none.
    pub digest: Option<&'s str>,
}

impl Reference<'_> {
    /// The name by which the image is known: without the registry where that is Docker Hub.
    fn key(&self) -> String {
        match self.registry {
            "docker.io" => self.repository.to_owned(),
            registry => format!("{registry}/{}", self.repository),
        }
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())?;
        self.tag.map_or(Ok(()), |tag| write!(f, ":{tag}"))?;
        self.digest.map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

/// The parts of an image reference, or none where it breaks the grammar (a variable in it, for instance).
#[must_use]
pub fn parse_reference(text: &str) -> Option<Reference<'_>> {
    if text.len() > LONGEST_REFERENCE {
        return None;
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest).filter(|digest| is_digest(digest))),
        None => (text, None),
    };
    // A colon before the last slash belongs to the registry's port.
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match name.get(last..)?.split_once(':') {
        Some((image, tag)) => (name.get(..last + image.len())?, Some(tag)),
        None => (name, None),
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return None;
    }
    let (registry, path) = match name.split_once('/') {
        Some((host, path)) if is_registry(host) => (host, path),
        _ => ("docker.io", name),
    };
    let registry = match registry {
        "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => "docker.io",
        registry => registry,
    };
    if !path.split('/').all(is_path_component) {
        return None;
    }
    let repository = match registry {
        "docker.io" => path.strip_prefix("library/").unwrap_or(path),
        _ => path,
    };
    Some(Reference { registry, repository, tag, digest })
}

fn is_registry(host: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (host == "localhost" || host.contains(['.', ':'])) && host.chars().all(allowed)
}

fn is_path_component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(alphanumeric)
        && part.ends_with(alphanumeric)
        && part.chars().all(|c| alphanumeric(c) || matches!(c, '.' | '_' | '-'))
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// A registered algorithm has a fixed number of hexadecimal digits; what another one encodes is its own affair.
/// <https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else { return false };
    let digits = match algorithm {
        "sha256" | "blake3" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return is_algorithm(algorithm) && is_encoded(encoded),
    };
    encoded.len() == digits && encoded.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_algorithm(text: &str) -> bool {
    let component = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split(['+', '.', '_', '-']).all(component)
}

fn is_encoded(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'_' | b'-');
    !text.is_empty() && text.bytes().all(allowed)
}

/// The user that an image runs as when nothing names another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    /// User 0.
    Root,
    /// Another user, by name or number.
    NonRoot(&'static str),
    /// Not known: not known to be an ordinary user either.
    Unknown,
}

/// What is known of an image's repository, whatever the tag.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    repository: Text,
    /// Whether it has a HEALTHCHECK of its own.
    pub healthcheck: bool,
    /// Whether it does a job and ends, so that a check of its health has no sense.
    pub completes: bool,
    store: Option<Store>,
    user: RunsAs,
    tools: Tools,
    variants: Run,
    open: Option<Open>,
    default_credentials: Option<DefaultCredentials>,
}

impl Image {
    /// The name: `nginx`, `grafana/grafana`, `quay.io/minio/minio`; a last part `*` stands for any.
    #[must_use]
    pub fn repository(&self) -> &'static str {
        self.repository.get()
    }

    /// What kind of data store it is.
    #[must_use]
    pub fn datastore(&self) -> Option<Datastore> {
        let store = self.store?;
        Some(Datastore { name: store.name.get(), ports: store.ports.of(STORE_PORTS) })
    }
}

/// A [`User`] in the table.
#[derive(Clone, Copy, Debug)]
enum RunsAs {
    Root,
    NonRoot(Text),
    Unknown,
}

/// A [`Datastore`] in the table.
#[derive(Clone, Copy, Debug)]
struct Store {
    name: Text,
    ports: Run,
}

/// Tools in an image; where the list is complete, what `JUDGED` has and it lacks isn't there.
#[derive(Clone, Copy, Debug)]
struct Tools {
    present: Texts,
    complete: bool,
}

/// How an image with a certain word in its tag differs.
#[derive(Clone, Copy, Debug)]
struct Variant {
    tag: Text,
    user: RunsAs,
    tools: Tools,
}

/// A database, cache, queue or search engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Datastore {
    /// The name to be shown.
    pub name: &'static str,
    /// The ports that it listens on.
    pub ports: &'static [u16],
}

/// A data store that lets anyone in by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open {
    /// Environment variables of which any one turns authentication on.
    pub unless_set: Texts,
    /// Arguments of which any one may turn it on.
    pub unless_flags: Texts,
    /// Files of its configuration that may turn it on.
    pub unless_files: Texts,
    below: Option<Run>,
}

/// Credentials that an image starts with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DefaultCredentials {
    user: Text,
    password: Text,
    /// Environment variables of which any one replaces them.
    pub unless_set: Texts,
    /// Files of its configuration that may replace them.
    pub unless_files: Texts,
    below: Option<Run>,
}

impl DefaultCredentials {
    /// The documented user.
    #[must_use]
    pub fn user(&self) -> &'static str {
        self.user.get()
    }

    /// The documented password.
    #[must_use]
    pub fn password(&self) -> &'static str {
        self.password.get()
    }
}

/// A known image with its tag.
#[derive(Clone, Copy, Debug)]
pub struct Known<'s> {
    /// What is known of the repository.
    pub image: &'static Image,
    tag: Option<&'s str>,
}

/// What is known of an image, if anything is. Copies of Docker Hub's official images in well-known mirrors
/// count as these.
#[must_use]
pub fn lookup<'s>(reference: &Reference<'s>) -> Option<Known<'s>> {
    let key = reference.key();
    let key = MIRRORS.iter().find_map(|prefix| key.strip_prefix(prefix.get())).unwrap_or(&key);
    let image = exactly(key).or_else(|| {
        let (owner, _) = key.rsplit_once('/')?;
        exactly(&format!("{owner}/*"))
    })?;
    Some(Known { image, tag: reference.tag })
}

fn exactly(key: &str) -> Option<&'static Image> {
    let at = IMAGES.binary_search_by(|image| image.repository().cmp(key)).ok()?;
    IMAGES.get(at)
}

impl Known<'_> {
    fn variant(&self) -> Option<&'static Variant> {
        let tag = self.tag?;
        self.image.variants.of(VARIANTS).iter().find(|variant| has_word(tag, variant.tag.get()))
    }

    /// The user that it runs as by default.
    #[must_use]
    pub fn user(&self) -> User {
        match self.variant().map_or(self.image.user, |variant| variant.user) {
            RunsAs::Root => User::Root,
            RunsAs::NonRoot(name) => User::NonRoot(name.get()),
            RunsAs::Unknown => User::Unknown,
        }
    }

    /// Whether it has a program, by the name as it is called. None where that isn't known.
    #[must_use]
    pub fn carries(&self, tool: &str) -> Option<bool> {
        let tools = self.variant().map_or(self.image.tools, |variant| variant.tools);
        if tools.present.contains(tool) {
            return Some(true);
        }
        (tools.complete && JUDGED.iter().any(|judged| judged.get() == tool)).then_some(false)
    }

    /// How it lets anyone in by default, if it is a data store that does.
    #[must_use]
    pub fn open(&self) -> Option<&'static Open> {
        self.image.open.as_ref().filter(|open| self.is_below(open.below))
    }

    /// The credentials that it starts with.
    #[must_use]
    pub fn default_credentials(&self) -> Option<&'static DefaultCredentials> {
        self.image.default_credentials.as_ref().filter(|default| self.is_below(default.below))
    }

    /// Whether TLS 1.0 and 1.1 are on in an nginx without `ssl_protocols`: it is older than 1.27.3. None
    /// where this is no nginx, or the tag doesn't tell its version.
    #[must_use]
    pub fn allows_old_tls(&self) -> Option<bool> {
        let names = ["nginx", "nginxinc/nginx-unprivileged"];
        let version = version(self.tag?).filter(|_| names.contains(&self.image.repository()))?;
        match version.as_slice() {
            // 1.27 may be any of its releases, but such a tag is the last.
            [] | [1] => None,
            [1, 27] => Some(false),
            version => Some(version < [1, 27, 3].as_slice()),
        }
    }

    /// Whether the tag's version is less than the bound. Without a version it isn't, without a bound it is.
    fn is_below(&self, bound: Option<Run>) -> bool {
        let Some(bound) = bound else { return true };
        self.tag.and_then(version).is_some_and(|version| version.as_slice() < bound.of(VERSIONS))
    }
}

/// The numbers that a tag starts with: `7.17.9-alpine` and `v7.17.9` are 7, 17, 9.
fn version(tag: &str) -> Option<Vec<u32>> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let numbers = tag.get(..end)?.trim_end_matches('.').split('.').map(str::parse);
    numbers.collect::<Result<Vec<_>, _>>().ok()
}

/// Whether a word of the tag is this: behind no letter or digit, and before no letter.
fn has_word(tag: &str, word: &str) -> bool {
    tag.match_indices(word).any(|(at, _)| {
        let before = tag.get(..at).and_then(|before| before.chars().next_back());
        let behind = tag.get(at + word.len()..).and_then(|behind| behind.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphabetic)
    })
}

/// The data store that listens on a port by convention.
#[must_use]
pub fn datastore_port(port: u16) -> Option<&'static str> {
    let at = PORTS.binary_search_by_key(&port, |&(port, _)| port).ok()?;
    PORTS.get(at).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(text: &str) -> Known<'_> {
        parse_reference(text).and_then(|reference| lookup(&reference)).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_reference_falls_into_its_parts() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let full = format!("registry.example.org:5000/team/app:1.2@{digest}");
        assert_eq!(
            parse_reference(&full),
            Some(Reference {
                registry: "registry.example.org:5000",
                repository: "team/app",
                tag: Some("1.2"),
                digest: Some(&digest)
            })
        );
        for name in [
            "nginx",
            "library/nginx",
            "docker.io/nginx",
            "docker.io/library/nginx",
            "index.docker.io/library/nginx",
        ] {
            let reference = parse_reference(name).unwrap();
            assert_eq!((reference.registry, reference.repository), ("docker.io", "nginx"), "{name}");
        }
        assert_eq!(parse_reference("localhost/app").unwrap().registry, "localhost");
        assert_eq!(parse_reference("owner/app").unwrap().registry, "docker.io");
    }

    #[test]
    fn a_digest_is_as_its_algorithm_wants_it() {
        let digest = |algorithm: &str, encoded: &str| is_digest(&format!("{algorithm}:{encoded}"));
        assert!(digest("sha256", &"a".repeat(64)) && digest("sha512", &"0".repeat(128)));
        assert!(digest("blake3", &"a".repeat(64)) && digest("custom-algorithm", "a"));
        assert!(!digest("blake3", &"a".repeat(63)) && !digest("sha256", &"A".repeat(64)));
        assert!(!digest("custom-", "a") && !digest("custom", "") && !digest("Custom", "a"));
    }

    #[test]
    fn a_malformed_digest_is_none() {
        let reference = parse_reference("nginx:1.27@sha256:abc").unwrap();
        assert_eq!((reference.tag, reference.digest), (Some("1.27"), None));
    }

    #[test]
    fn what_breaks_the_grammar_is_no_reference() {
        for text in
            ["", ":", "nginx:", "Nginx", "a//b", "/a", "a/", "${IMAGE}", "nginx:${TAG}", "a b", "nginx:.x"]
        {
            assert_eq!(parse_reference(text), None, "{text}");
        }
        assert_eq!(parse_reference(&"a".repeat(1000)), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
            if let Some(reference) = parse_reference(&text) {
                let _ = lookup(&reference);
            }
        }

        #[test]
        fn a_reference_reads_as_it_is_shown(text in "([a-z]{1,5}\\.[a-z]{2}/)?[a-z]{1,6}(/[a-z]{1,6})?(:[a-z0-9]{1,6})?") {
            let reference = parse_reference(&text).unwrap();
            let shown = reference.to_string();
            prop_assert_eq!(parse_reference(&shown).unwrap(), reference);
        }
    }

    #[test]
    fn every_row_is_found_by_its_repository() {
        assert!(IMAGES.windows(2).all(|pair| pair[0].repository() < pair[1].repository()));
        for image in IMAGES.iter().filter(|image| !image.repository().ends_with('*')) {
            assert_eq!(known(image.repository()).image.repository(), image.repository());
        }
    }

    #[test]
    fn users_are_known_by_image_and_tag() {
        assert_eq!(known("nginx").user(), User::Root);
        assert_eq!(known("nginxinc/nginx-unprivileged:1.29").user(), User::NonRoot("101"));
        assert_eq!(known("gcr.io/distroless/static-debian12:nonroot").user(), User::NonRoot("65532"));
        assert_eq!(known("gcr.io/distroless/static-debian12").user(), User::Root);
        assert_eq!(known("bitnami/something:1").user(), User::NonRoot("1001"));
        assert_eq!(known("public.ecr.aws/docker/library/python:3.12").user(), User::Root);
        assert!(lookup(&parse_reference("example.org/app").unwrap()).is_none());
    }

    #[test]
    fn tools_depend_on_the_base() {
        assert_eq!(known("python:3.12-slim").carries("curl"), Some(false));
        assert_eq!(known("python:3.12-slim-bookworm").carries("wget"), Some(false));
        assert_eq!(known("python:3.12-slim").carries("python"), Some(true));
        assert_eq!(known("python:3.12").carries("curl"), Some(true));
        assert_eq!(known("node:20-alpine3.20").carries("curl"), Some(false));
        assert_eq!(known("node:20-alpine").carries("wget"), Some(true));
        assert_eq!(known("node:20-alpine").carries("node"), Some(true));
        assert_eq!(known("nginx:1.27-alpine").carries("curl"), Some(true));
        assert_eq!(known("nginx:1.27-alpine-slim").carries("curl"), Some(false));
        assert_eq!(known("postgres:16").carries("pg_isready"), Some(true));
        assert_eq!(known("postgres:16").carries("my-check"), None);
        assert_eq!(known("eclipse-temurin:21-jre").carries("curl"), None);
    }

    #[test]
    fn data_stores_without_authentication_are_known() {
        assert!(known("redis:7").open().is_some());
        assert!(known("mongo").open().unwrap().unless_set.contains("MONGO_INITDB_ROOT_USERNAME"));
        assert!(known("elasticsearch:7.17.9").open().is_some());
        assert!(known("elasticsearch:8.13.0").open().is_none());
        assert!(known("docker.elastic.co/elasticsearch/elasticsearch").open().is_none());
        assert!(known("postgres").open().is_none());
    }

    #[test]
    fn documented_defaults_are_known() {
        let grafana = known("grafana/grafana:11").default_credentials().unwrap();
        assert!(grafana.unless_set.contains("GF_SECURITY_ADMIN_PASSWORD"));
        assert!(known("quay.io/minio/minio").default_credentials().is_some());
        assert!(known("opensearchproject/opensearch:2.11.0").default_credentials().is_some());
        assert!(known("opensearchproject/opensearch:2.12.0").default_credentials().is_none());
    }

    #[test]
    fn the_version_of_nginx_tells_its_default_protocols() {
        assert_eq!(known("nginx:1.25-alpine").allows_old_tls(), Some(true));
        assert_eq!(known("nginx:1.27.2").allows_old_tls(), Some(true));
        assert_eq!(known("nginx:1.27.3").allows_old_tls(), Some(false));
        assert_eq!(known("nginx:1.27").allows_old_tls(), Some(false));
        assert_eq!(known("nginx:1.29.3-alpine3.22").allows_old_tls(), Some(false));
        for tag in ["nginx", "nginx:latest", "nginx:alpine", "nginx:1", "redis:1.2"] {
            assert_eq!(known(tag).allows_old_tls(), None, "{tag}");
        }
    }

    #[test]
    fn ports_of_data_stores_are_known() {
        assert_eq!(datastore_port(5432), Some("PostgreSQL"));
        assert_eq!(datastore_port(6379), Some("Redis"));
        assert_eq!(datastore_port(8080), None);
    }
}
