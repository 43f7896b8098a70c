//! Credential files that `COPY` and `ADD` bring into an image.

use super::contents::Surroundings;
use crate::data::images;
use crate::facts::links::Copied;
use crate::facts::{Credential, CredentialClass, Field, Head};
use crate::formats::Reader;
use crate::formats::image::image;
use crate::source::Text;
use crate::syntax::dockerfile::{Instruction, Keyword, Word};

/// Parts of names that tell of files made to be copied, or of what may be seen by everybody.
const HARMLESS: &[&str] =
    &["example", "sample", "template", "tmpl", "dist", "schema", "vault", "sops", "encrypted", "public"];

/// Where package managers keep the public keys of those who sign packages.
const PUBLIC_KEYS: &[&str] = &["/apt/", "/apk/", "keyrings", "trusted.gpg", "rpm-gpg", "ca-certificates"];

/// States the credential files among the sources of a copy; the last word is the target. What another image
/// holds isn't known, and another stage has it from somewhere here.
pub(super) fn read<'s>(
    reader: &mut Reader<'s>,
    instruction: &Instruction<'s>,
    words: &[Word<'s>],
    around: &Surroundings<'_, 's>,
) {
    let Some((target, sources)) = words.split_last() else { return };
    let from = instruction.flags.iter().find(|flag| flag.name == "from");
    let from = from.and_then(|flag| flag.value.as_ref());
    if let Some(image) = from.filter(|from| !around.is_stage(from.text.as_str())) {
        pulled(reader, &image.text, around);
        return;
    }
    let target = target.text.as_str();
    for word in sources {
        let path = word.text.as_str();
        let remote = instruction.keyword == Keyword::Add && path.contains("://");
        let Some(evidence) = evidence(path, target).filter(|_| !remote) else { continue };
        let credentials = &mut reader.reading.facts.credentials;
        if from.is_none() {
            reader.reading.links.copies.push(Copied { credential: credentials.len(), path });
        }
        credentials.push(Credential {
            head: Head::new(word.span, around.subject),
            class: Field::set(CredentialClass::Literal, word.span, ""),
            store: Field::set(around.store, word.span, ""),
            key: Field::set(path, word.span, ""),
            evidence: Field::set(evidence, word.span, ""),
            published: Field::Unset,
            bytes: Vec::new(),
        });
    }
}

/// States the image that a copy or a mount takes from. A bare name that is no well-known image is left to
/// be a folder that the build is given (`--build-context`).
/// <https://docs.docker.com/reference/dockerfile/#copy---from>
fn pulled<'s>(reader: &mut Reader<'s>, text: &Text<'s>, around: &Surroundings<'_, 's>) {
    let name = text.as_str();
    let known = || images::parse_reference(name).is_some_and(|image| images::lookup(&image).is_some());
    if name != "scratch" && !name.contains('$') && (name.contains(['/', ':', '@']) || known()) {
        reader.reading.facts.images.extend(image(text, around.subject));
    }
}

/// States the images that the mounts of a `RUN` take from.
pub(super) fn mounts<'s>(
    reader: &mut Reader<'s>,
    instruction: &Instruction<'s>,
    around: &Surroundings<'_, 's>,
) {
    let mounts = instruction.flags.iter().filter(|flag| flag.name == "mount");
    for value in mounts.filter_map(|flag| flag.value.as_ref()) {
        let mut start = 0;
        for option in value.text.as_str().split(',') {
            if let Some(from) = option.strip_prefix("from=").filter(|from| !around.is_stage(from)) {
                let at = start + option.len() - from.len();
                pulled(reader, &value.text.part(at..at + from.len()), around);
            }
            start += option.len() + 1;
        }
    }
}

/// What a file holds, where its name says that it holds credentials.
fn evidence(path: &str, target: &str) -> Option<&'static str> {
    let path = path.trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let small = name.to_ascii_lowercase();
    let (stem, extension) = small.rsplit_once('.').unwrap_or((&small, ""));
    let any = |words: &[&str]| words.iter().any(|word| small.contains(word));
    if any(HARMLESS) || extension == "pub" || !small.contains(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    match small.as_str() {
        ".env" => return Some("an env file"),
        name if name.starts_with(".env.") || name.starts_with(".env*") => return Some("an env file"),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | "id_*" => return Some("a private key"),
        ".netrc" | "_netrc" => return Some("a password file of network clients"),
        ".pgpass" => return Some("a password file of PostgreSQL"),
        ".my.cnf" => return Some("a password file of MySQL"),
        ".htpasswd" => return Some("a password file"),
        ".git-credentials" => return Some("the credentials of git"),
        ".pypirc" => return Some("the credentials of a package registry"),
        ".dockercfg" | ".dockerconfigjson" => return Some("the credentials of a registry"),
        ".ssh" => return Some("a folder of private keys"),
        ".aws" => return Some("the credentials of AWS"),
        ".kube" | "kubeconfig" => return Some("the credentials of a cluster"),
        _ => {}
    }
    match small.as_str() {
        "credentials" if path.contains(".aws/") => Some("the credentials of AWS"),
        "config.json" if path.contains(".docker/") => Some("the credentials of a registry"),
        "config" if path.contains(".kube/") => Some("the credentials of a cluster"),
        _ => match extension {
            "env" => Some("an env file"),
            "key" | "p12" | "pfx" | "jks" | "keystore" | "ppk" if !is_public_key(&small, target) => {
                Some("a private key")
            }
            "pem" if ["key", "priv", "secret"].iter().any(|word| stem.contains(word)) => {
                Some("a private key")
            }
            "kubeconfig" => Some("the credentials of a cluster"),
            "json" if is_service_account(stem) => Some("the credentials of a service account"),
            "tfstate" => Some("the state of Terraform, which holds credentials in the clear"),
            _ => None,
        },
    }
}

/// Whether a key is one that verifies: of those who sign packages, or in a store of trusted certificates.
fn is_public_key(name: &str, target: &str) -> bool {
    ["trust", "cacert", "signing", "gpg", "archive", "release"].iter().any(|word| name.contains(word))
        || name.split(['.', '-', '_']).any(|word| word == "pub")
        || PUBLIC_KEYS.iter().any(|folder| target.contains(folder))
}

/// `service-account.json`, `serviceAccountKey.json`, `gcp-credentials.json`
fn is_service_account(stem: &str) -> bool {
    let bare: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
    bare.contains("serviceaccount") || bare.ends_with("credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_files_are_known_by_their_names() {
        for path in [
            ".env",
            "config/.env.production",
            "prod.env",
            ".env*.local",
            "id_rsa",
            "certs/tls.key",
            "*.pem.key",
            "privkey.pem",
            "client-secret.pem",
            "keystore.jks",
            ".ssh/",
            ".aws/credentials",
            "serviceAccountKey.json",
            "gcp-credentials.json",
            "terraform.tfstate",
            ".git-credentials",
        ] {
            assert!(evidence(path, "/app/").is_some(), "{path}");
        }
        for path in [
            ".",
            "*",
            "**/*",
            ".env.example",
            "env.sample",
            ".env.vault",
            "id_rsa.pub",
            "server.crt",
            "fullchain.pem",
            "truststore.jks",
            "nginx_signing.key",
            "public.key",
            "release.pub.key",
            "environment.json",
            "keyboard.json",
            "config.json",
            "monkey.py",
            "src/credentials",
        ] {
            assert!(evidence(path, "/app/").is_none(), "{path}");
        }
        assert!(evidence("docker.key", "/etc/apt/keyrings/").is_none());
    }
}
