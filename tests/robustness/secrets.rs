//! Invented secrets in every place that can hold one. They are put together here, so that no scanner finds a
//! live-looking one in this repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// As many characters of a secret in a row give it away.
const PART: usize = 6;

/// A store of secrets: a file, and how a secret stands in it. `@` stands for a secret, `%` for one in base64,
/// each time for another.
const STORES: [(&str, &str); 9] = [
    (
        ".env",
        "DEBUG=true\nDB_PASSWORD=@\nTLS_VERIFY=false\nexport API_TOKEN='@'\nQUEUE_URL=amqp://app:@@queue/x\n\
         JWT_SECRET=\"@\"\n# govlint: allow[hardcoded-credential] a stand-in\nSESSION_SECRET=@\nSMTP_PASSWORD=@ # @old\n\
         DSN=Server=db;User Id=app;Password=@;Encrypt=false\nAWS_SECRET_ACCESS_KEY=@\n# DB_PASSWORD=@\nDEBUG=1\n",
    ),
    (
        "compose.yaml",
        "services:\n  db:\n    image: postgres:latest\n    privileged: true\n    environment:\n      POSTGRES_PASSWORD: @\n\
         \x20     URL: postgres://app:@@db/x?sslmode=disable\n      FALLBACK_PASSWORD: ${FALLBACK:-@}\n    ports: [\"5432:5432\"]\n\
         \x20 cache:\n    image: redis:latest\n    command: redis-server --requirepass @ --tls-port 0\n    user: root\n\
         \x20   healthcheck: {test: [CMD, redis-cli, -a, @, ping]}\n  api:\n    build: {context: ., args: {NPM_TOKEN: @}}\n\
         \x20   environment:\n      - SECRET_KEY=@\n      - DEBUG=true\n    labels: {auth.password: @}\n\
         configs:\n  app: {content: \"password=@\"}\n",
    ),
    (
        "Dockerfile",
        "FROM node:latest\nARG NPM_TOKEN=@\nENV DB_PASSWORD=@ DEBUG=true\nENV API_SECRET @\nUSER root\n\
         RUN curl -k -u app:@ http://intranet.example.com/x | sh\nRUN export PGPASSWORD=@ && psql -h db\n\
         RUN wget --no-check-certificate --password=@ https://app:@@files.example.com/x\nRUN echo \"_authToken=@\" > .npmrc\n\
         CMD [\"server\", \"--password\", \"@\", \"--insecure\"]\n",
    ),
    (
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: @\ndata:\n  token: %\n\
         \x20 api-key: |\n    %\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  DB_PASSWORD: @\n\
         \x20 app.env: |\n    API_SECRET=@\n    DEBUG=true\n  app.properties: |\n    spring.datasource.password=@\n    debug=true\n\
         \x20 nginx.conf: |\n    server { listen 80; location / { proxy_pass http://app:@@api; } }\n",
    ),
    (
        "k8s/app.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\n  annotations: {\"example.com/password\": @}\nspec:\n  containers:\n\
         \x20   - name: app\n      image: redis:latest\n      securityContext: {privileged: true}\n      env:\n\
         \x20       - {name: DB_PASSWORD, value: @}\n        - name: URL\n          value: http://app:@@api.example.com\n\
         \x20     args: [--password=@, --insecure, --token, @]\n\
         \x20     livenessProbe: {exec: {command: [redis-cli, -a, @, ping]}}\n",
    ),
    (
        "nginx.conf",
        "http {\n  ssl_protocols TLSv1;\n  server {\n    listen 80;\n    server_name example.com;\n    set $api_key \"@\";\n\
         \x20   location / {\n      proxy_pass http://app:@@api.example.com;\n      proxy_set_header Authorization \"Basic %\";\n\
         \x20   }\n    location /b { proxy_set_header Authorization \"Bearer @\"; proxy_pass http://b.example.com; }\n  }\n}\n",
    ),
    ("chart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
    (
        "chart/values.yaml",
        "image: {repository: app, tag: latest}\nauth:\n  password: @\n  existingSecret: \"\"\ndatabase:\n\
         \x20 url: postgres://app:@@db.example.com/x?sslmode=disable\nenv:\n  - name: API_TOKEN\n    value: @\nsecretKey: @\n",
    ),
    (
        "compose.override.yaml",
        "services:\n  api:\n    env_file: .env\n    environment: {LINK: \"http://app:${DB_PASSWORD}@@api.example.com\"}\n",
    ),
];

#[test]
fn no_output_shows_a_part_of_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut secrets = Secrets(7, Vec::new());
    for (path, pattern) in STORES {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, secrets.fill(pattern)).unwrap();
    }
    let parts: BTreeSet<&str> = secrets
        .1
        .iter()
        .flat_map(|secret| (0..=secret.len() - PART).map(|at| &secret[at..at + PART]))
        .collect();
    let mut shown = Vec::new();
    for format in ["text", "concise", "json", "sarif"] {
        for color in ["always", "never"] {
            let written = checked(folder.path(), format, color);
            assert!(written.contains("hardcoded-credential"), "{format}: {written}");
            let lines = written.lines().filter(|line| {
                let plain = without_colours(line);
                (0..plain.len().saturating_sub(PART - 1))
                    .any(|at| plain.get(at..at + PART).is_some_and(|part| parts.contains(part)))
            });
            shown.extend(lines.map(|line| format!("{format}, {color}: {line}")));
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

fn checked(folder: &Path, format: &str, color: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_govlint"))
        .current_dir(folder)
        .args(["check", ".", "--level", "note", "--color", color, "--format", format])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
}

/// A colour may begin within a secret, which would hide it from the test alone.
fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = behind.split_once('m').map_or("", |(_, behind)| behind);
    }
    plain + rest
}

/// Secrets as they are handed out, from a seed.
struct Secrets(u64, Vec<String>);

impl Secrets {
    fn fill(&mut self, pattern: &str) -> String {
        let mut text = String::new();
        let mut letters = pattern.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '@' => {
                    let secret = self.next();
                    text.push_str(&secret);
                    // A second one is what stands between a password and its host.
                    text.extend(letters.next_if_eq(&'@'));
                }
                '%' => {
                    let encoded = STANDARD.encode(format!("app:{}", self.next()));
                    self.1.push(encoded.trim_start_matches("YXBwO").to_owned());
                    text.push_str(&encoded);
                }
                letter => text.push(letter),
            }
        }
        text
    }

    /// 24 letters and digits.
    fn next(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let secret: String = std::iter::repeat_with(|| {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(LETTERS[usize::try_from(self.0 >> 40).unwrap() % LETTERS.len()])
        })
        .take(24)
        .collect();
        self.1.push(secret.clone());
        secret
    }
}
