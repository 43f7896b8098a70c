//! Whether a text is nginx configuration, where no file name says so.

use super::names::is_known;

/// How much of a text is looked at, in bytes.
const WINDOW: usize = 64 << 10;

/// Whether a text reads like nginx configuration: it starts as one, and within its first 64 KiB a line
/// says something that hardly any other language says (`proxy_pass …;`, `location / {`).
#[must_use]
pub fn looks_like(text: &str) -> bool {
    let window = text.trim_start_matches('\u{feff}');
    let window = &window[..window.floor_char_boundary(WINDOW)];
    if window.starts_with("#!") {
        return false;
    }
    let lines = || window.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines().next() else { return false };
    if !starts_a_directive(first) {
        return false;
    }
    let dense = || lines().filter(|line| line.contains("; ") || line.contains("{ "));
    if dense().any(|line| opens_context_within(line) && line.split_inclusive([';', '{']).any(is_telling)) {
        return true;
    }
    // `server {` alone may as well be HCL or HOCON, whose settings do not end in `;`.
    lines().any(is_telling) || (lines().any(opens_context) && lines().any(is_known_statement))
}

/// Whether the first line could begin a configuration: a plain name, then `;`, `{` or nothing yet.
fn starts_a_directive(line: &str) -> bool {
    let name = name_of(line);
    let rest = &line[name.len()..];
    if name.is_empty() {
        return line.starts_with("${");
    }
    let separated = rest.is_empty() || rest.starts_with([' ', '\t', '{', ';']);
    let statement = code_of(line).ends_with([';', '{', '}']);
    let condition = matches!(name, "if" | "location");
    separated
        && (is_known(name) || statement)
        && (condition || is_argument(rest) || is_known(name) && rest.is_empty())
}

fn is_telling(line: &str) -> bool {
    let line = line.trim_start();
    let name = name_of(line);
    let Some(rest) = line[name.len()..].strip_prefix([' ', '\t']) else { return false };
    let rest = code_of(rest);
    if let Some(argument) = rest.strip_suffix('{') {
        let argument = argument.trim();
        return match name {
            "location" => argument.starts_with(['/', '~', '@', '"', '\'', '^']) || argument.starts_with("= "),
            "upstream" => !argument.is_empty() && argument.chars().all(is_plain),
            _ => false,
        };
    }
    let Some(argument) = rest.strip_suffix(';').map(str::trim) else { return false };
    match name {
        "listen" => {
            argument.starts_with(|first: char| first.is_ascii_digit() || "[*$".contains(first))
                || argument.starts_with("unix:")
                || argument.starts_with("localhost")
        }
        "proxy_pass"
        | "fastcgi_pass"
        | "uwsgi_pass"
        | "grpc_pass"
        | "proxy_set_header"
        | "add_header"
        | "ssl_certificate"
        | "ssl_certificate_key"
        | "ssl_protocols"
        | "server_name"
        | "server_tokens"
        | "worker_processes"
        | "try_files"
        | "limit_req_zone" => is_argument(argument),
        _ => false,
    }
}

fn opens_context(line: &str) -> bool {
    let line = code_of(line);
    let named = ["server", "http", "stream"].iter().find_map(|name| line.strip_prefix(name));
    named.is_some_and(|rest| matches!(rest.trim_start(), "" | "{"))
}

/// Whether a line opens a block and goes on behind the brace: `server { listen 80; }`.
fn opens_context_within(line: &str) -> bool {
    line.split_inclusive('{').any(|part| part.ends_with('{') && opens_context(part.trim_start()))
}

fn is_known_statement(line: &str) -> bool {
    let name = name_of(line);
    let line = code_of(line);
    is_known(name) && line.get(name.len()..).and_then(|rest| rest.strip_suffix(';')).is_some_and(is_argument)
}

/// Whether this could be the arguments of a directive rather than the rest of an assignment or a call.
fn is_argument(text: &str) -> bool {
    let text = text.trim_start();
    !text.is_empty() && !text.starts_with(['=', ':', '(', ',', '.', '<', ')'])
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-.${}".contains(character)
}

fn name_of(line: &str) -> &str {
    let word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    &line[..line.bytes().take_while(|byte| word(byte)).count()]
}

/// The line without a comment behind its last `;`, `{` or `}`.
fn code_of(line: &str) -> &str {
    let code = line.split_once(" #").map_or(line, |(code, _)| code);
    code.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nginx_is_recognised() {
        for text in [
            "server {\n  listen 80;\n}\n",
            "\u{feff}# comment\r\nserver {\r\n\tlisten 80;\r\n}\r\n",
            "server\n{\n  root /var/www; # files\n}\n",
            "upstream app {\n  server app:3000;\n}\n",
            "user nginx;\nhttp {\n  include x;\n  server {\n listen [::]:80;\n } }",
            "location / {\n  return 200;\n}\n",
            "location ~* \\.php$ {\n",
            "proxy_pass http://app;\n",
            "listen ${PORT};\n",
            "server { listen 80; root /srv; }\n",
            "http { include a.conf; server { server_name a; location / { return 404; } } }\n",
            "events {}\nhttp {\n  include conf.d/*.conf;\n}\n",
            "lua_shared_dict x 1m;\nssl_certificate /a.pem;\n",
            "if ($x) {\n  return 403;\n}\nlocation = /x {\n}\n",
        ] {
            assert!(looks_like(text), "{text}");
        }
    }

    #[test]
    fn other_languages_are_not() {
        for text in [
            "",
            "{\"server\": {\n\"listen\": 80}}",
            "#include <stdio.h>\nint main(void) {\n  listen(fd, 5);\n}\n",
            "package a.b;\nclass Server {\n  Location location = new Location();\n}\n",
            "server {\n  enabled = true\n}\n",
            "server { location = 5; }\n",
            "resource \"x\" \"y\" {\n  location = \"uksouth\"\n  upstream \"z\" {\n}\n}\n",
            "global\n  daemon\nlisten stats\n  bind :80\n  server a 1.2.3.4:80\n",
            "example.com {\n  reverse_proxy app:80\n}\n",
            "const server = {\n  listen: 80,\n};\nserver.listen(80);\n",
            "apiVersion: v1\ndata:\n  nginx.conf: |\n    server {\n      listen 80;\n    }\n",
            "#!/bin/sh\ncat <<EOF\nlisten 80;\nEOF\n",
            "[mysqld]\nserver_name = x;\n",
            "server_name = 5;\nlisten = 3;\n",
        ] {
            assert!(!looks_like(text), "{text}");
        }
    }
}
