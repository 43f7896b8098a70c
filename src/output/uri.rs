//! Paths as URIs (RFC 3986, RFC 8089).

use std::fmt::Write as _;
use std::path::Path;

use crate::output::is_absolute;

/// Where a file lies: relative to the root where it lies below it, else an absolute `file` URL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Uri {
    /// Below the root.
    Relative(String),
    /// Elsewhere.
    Absolute(String),
}

/// The URI of a file's path, which is relative to the root or absolute.
pub(super) fn of_file(root: &Path, path: &str) -> Uri {
    if is_absolute(path) {
        return Uri::Absolute(absolute(path));
    }
    if !path.starts_with("../") {
        return Uri::Relative(encode(path));
    }
    let (mut base, mut rest) = (root, path);
    while let Some(behind) = rest.strip_prefix("../") {
        base = base.parent().unwrap_or(base);
        rest = behind;
    }
    Uri::Absolute(format!("{}{}", of_folder(base), encode(rest)))
}

/// The URL of a folder, with a slash at its end.
pub(super) fn of_folder(folder: &Path) -> String {
    let path = folder.to_string_lossy();
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
    let url = absolute(&path);
    if url.ends_with('/') { url } else { url + "/" }
}

fn absolute(path: &str) -> String {
    match path.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 => format!("file:///{drive}:{}", encode(rest)),
        _ => format!("file:///{}", encode(path.trim_start_matches('/'))),
    }
}

/// Everything but unreserved characters and slashes as `%` and two digits.
pub(super) fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            // Writing to a string can't fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_the_root_are_relative() {
        let root = Path::new("/srv/a b");
        let relative = |path| match of_file(root, path) {
            Uri::Relative(uri) => uri,
            Uri::Absolute(uri) => panic!("{uri}"),
        };
        assert_eq!(relative("a/ü 1#?.env"), "a/%C3%BC%201%23%3F.env");
        assert_eq!(relative("x:y"), "x%3Ay");
    }

    #[test]
    fn files_elsewhere_are_absolute() {
        let root = Path::new("/srv/a b");
        let absolute = |path| match of_file(root, path) {
            Uri::Absolute(uri) => uri,
            Uri::Relative(uri) => panic!("{uri}"),
        };
        assert_eq!(absolute("/etc/nginx 1.conf"), "file:///etc/nginx%201.conf");
        assert_eq!(absolute("C:/x"), "file:///C:/x");
        assert_eq!(absolute("../c/.env"), "file:///srv/c/.env");
        assert_eq!(absolute("../../../../.env"), "file:///.env");
    }

    #[test]
    fn a_folder_ends_in_a_slash() {
        assert_eq!(of_folder(Path::new("/srv/a b")), "file:///srv/a%20b/");
        assert_eq!(of_folder(Path::new("/")), "file:///");
    }
}
