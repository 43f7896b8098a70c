use crate::facts::{Facts, Value};
use crate::formats::{Reader, find};
use crate::source::Sources;

/// What follows from the lines of an env file, each fact in one word or two.
fn derived(text: &str) -> Vec<String> {
    let sources = Sources::default();
    let id = sources.add(".env".into(), text.into());
    let mut facts = Reader::read(&sources, id, find("env").unwrap()).facts;
    super::derive(&mut facts, &sources);
    let mut out = described(&facts, &sources);
    out.sort();
    out
}

fn described(facts: &Facts<'_>, sources: &Sources) -> Vec<String> {
    use crate::facts::Fact;
    let mut out = Vec::new();
    let word = |fact: &dyn Fact<'_>, name: &str| match fact.field(name).map(|view| view.value) {
        Some(Value::Word(word)) => word.to_owned(),
        Some(Value::Text(text)) => text.to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Duration(duration)) => duration.to_string(),
        Some(Value::List(items)) => items.join("+"),
        other => format!("{other:?}"),
    };
    for fact in &facts.switches {
        out.push(format!("{} {}", word(fact, "protects"), word(fact, "position")));
    }
    for fact in &facts.credentials {
        out.push(format!("{} credential at {}", word(fact, "class"), sources.slice(fact.head.anchor).len()));
    }
    for fact in &facts.endpoints {
        out.push(format!("{} {} to {}", word(fact, "transport"), word(fact, "scheme"), word(fact, "place")));
    }
    for fact in &facts.retentions {
        out.push(format!("{} kept {}", word(fact, "records"), word(fact, "period")));
    }
    for fact in &facts.regions {
        out.push(format!("{} {}", word(fact, "stating"), word(fact, "jurisdictions")));
    }
    for fact in &facts.declarations {
        out.push(format!("{} of {}", word(fact, "declares"), fact.named.len()));
    }
    for fact in &facts.protocols {
        out.push(format!("TLS {}", word(fact, "version")));
    }
    for fact in &facts.servers {
        out.push(format!("HSTS for {}", word(fact, "hsts")));
    }
    for _ in &facts.cors {
        out.push("any origin".to_owned());
    }
    out
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(derived(text), expected, "{text}");
}

#[test]
fn switches_are_read_in_whatever_words() {
    says("REDIS_TLS=false", &["tls off"]);
    says("REDIS_TLS=0", &["tls off"]);
    says("DISABLE_SSL=false", &["tls on"]);
    says("FORCE_HTTPS=no", &["tls off"]);
    says("xpack.security.http.ssl.enabled=false", &["tls off"]);
    says("S3_USE_SSL=False", &["tls off"]);
    says("MINIO_SECURE=true", &["tls on"]);
    says("SMTP_SECURE=false", &[]);
    says("EMAIL_USE_TLS=True\nEMAIL_USE_SSL=False", &["tls on"]);
    says("MAIL_SMTP_SSL_ENABLE=false\nMAIL_SMTP_STARTTLS_ENABLE=true", &["tls on"]);
    says("IMAP_SSL=true\nIMAP_STARTTLS=false", &["tls on"]);
    says("EMAIL_USE_TLS=False\nREDIS_SSL=True", &["tls off", "tls on"]);
    says("SMTP_OPPORTUNISTIC_TLS=false", &[]);
    says("MAIL_ENCRYPTION=null", &["tls off"]);
    says("MAIL_ENCRYPTION=tls", &[]);
    says("PGSSLMODE=allow", &["tls off"]);
    says("DB_SSLMODE=prefer", &["tls optional"]);
    says("DB_SSLMODE=verify-full", &[]);
    says("KAFKA_SECURITY_PROTOCOL=PLAINTEXT", &["tls off"]);
    says("KAFKA_SECURITY_PROTOCOL=SASL_SSL", &[]);
    says("NODE_TLS_REJECT_UNAUTHORIZED=0", &["verification off"]);
    says("GIT_SSL_NO_VERIFY=anything", &["verification off"]);
    says("PYTHONHTTPSVERIFY=0", &["verification off"]);
    says("ES_SSL_VERIFY=false", &["verification off"]);
    says("INSECURE_SKIP_TLS_VERIFY=true", &["verification off"]);
    says("NPM_CONFIG_STRICT_SSL=false", &["verification off"]);
    says("SSL_CERT_FILE=/etc/ssl/x.pem", &[]);
    says("ENABLE_AUDIT_LOGGING=false", &["audit off"]);
    says("AUDIT_COMPRESSION=false", &[]);
    says("AUDIT_DISABLED=true", &["audit off"]);
    says("BACKUP_ENCRYPTION=false", &["backup-encryption off"]);
    says("BACKUP_ENCRYPTION_DISABLED=false", &["backup-encryption on"]);
    says("BACKUP_ENABLED=false", &[]);
    says("DEBUG=1", &["debug off"]);
    says("ENABLE_SWAGGER=true", &["debug off"]);
    says("DEBUG=false", &["debug on"]);
    says("NODE_ENV=development", &["debug off"]);
    says("LOG_LEVEL=debug", &["log-level off"]);
}

#[test]
fn connections_are_found_and_judged_by_their_siblings() {
    says("API_URL=http://api.example.org/v1", &["cleartext http to public"]);
    says("CACHE_URL=redis://cache:6379", &["cleartext redis to internal"]);
    says("API_URL=http://localhost:3000", &["cleartext http to loopback"]);
    says(
        "DATABASE_URL=postgresql://db.example.org/x\nDATABASE_SSL=true",
        &["encrypted postgresql to public", "tls on"],
    );
    says(
        "DATABASE_URL=postgresql://db.example.org/x\nREDIS_TLS=true",
        &["cleartext postgresql to public", "tls on"],
    );
    says("DATABASE_URL=postgresql://db.example.org/x?sslmode=disable", &["tls off"]);
    says("NO_PROXY=http://a.example.org", &[]);
    says("SAML_NS=http://www.w3.org/2000/09/xmldsig", &[]);
    says("SITE=https://example.org", &[]);
    says("RESULT_BACKEND=db+postgresql://results/x", &["cleartext db+postgresql to internal"]);
}

#[test]
fn retention_needs_records_a_word_for_keeping_and_a_unit() {
    says("AUDIT_RETENTION_DAYS=30", &["audit kept 30 days"]);
    says("AUDIT_LOG_RETENTION=84 months", &["audit kept 7 years"]);
    says("AUDIT_RETENTION=30", &[]);
    says("AUDIT_RETENTION_DAYS=0", &[]);
    says("AUDIT_RETENTION_DAYS=2555 # 7 years", &["audit kept 7 years"]);
    says("BACKUP_RETENTION_DAYS=7", &["backup kept 7 days"]);
    says("BACKUP_RETENTION_COUNT=5", &[]);
    says("AUDIT_TOKEN_EXPIRY=24h", &[]);
    says("CACHE_TTL=3600", &[]);
}

#[test]
fn places_are_read_with_their_provider() {
    says("AWS_REGION=eu-west-2", &["explicit GB-ENG"]);
    says("AWS_REGION=us-west-2", &["explicit US-OR"]);
    says("AZURE_LOCATION=uksouth", &["explicit GB-ENG"]);
    says("AWS_REGION=eu-wset-2", &["unknown "]);
    says(
        "S3_REGION=eu-west-2\nS3_ENDPOINT=https://s3.eu-west-2.wasabisys.com",
        &["explicit FR", "explicit FR"],
    );
    says("BUCKET_URL=https://b.s3.eu-west-1.amazonaws.com/x", &["explicit IE-L"]);
    says("LOCATION=ward-3", &[]);
    says("SUPPORTED_JURISDICTIONS=cqc_england,ciw_wales", &["supported of 2"]);
    says("DEFAULT_JURISDICTION=jcc_jersey", &["default of 1"]);
    says("DATA_RESIDENCY=GB", &["residency of 1"]);
    says("JURISDICTION_AUTO_DETECTION=true", &[]);
}

#[test]
fn credentials_are_told_by_name_form_and_value() {
    says("DB_PASSWORD=postgres", &["default credential at 8"]);
    says("DB_PASSWORD=<secure_password>", &["placeholder credential at 17"]);
    says("DB_PASSWORD=", &["empty credential at 11"]);
    says("DB_PASSWORD=\nDB_PASSWORD_FILE=/run/secrets/db", &[]);
    says("API_TOKEN=", &[]);
    says("MAIL_HOST=\nMAIL_PASSWORD=", &[]);
    says("MAIL_HOST=mail\nMAIL_PASSWORD=", &["empty credential at 13"]);
    says("PGUSER=intake\nPGPASSWORD=intake", &["default credential at 6"]);
    says("MYSQL_USER=intake\nMYSQL_ROOT_PASSWORD=intake", &["default credential at 6"]);
    says("S3_ACCESS_KEY=minio\nS3_SECRET_KEY=minio123", &["default credential at 8"]);
    says("DB_PASSWORD=korrekt-pferd-47-batterie", &["literal credential at 25"]);
    says("DB_PASSWORD=${DB_PASSWORD}", &[]);
    says("PASSWORD_RESET_URL=https://example.org/reset", &[]);
    says("POSTGRES_HOST_AUTH_METHOD=trust", &["empty credential at 5"]);
    says("AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=true", &["empty credential at 4"]);
    says("MYSQL_ALLOW_EMPTY_PASSWORD=no", &["empty credential at 2"]);
    says("DATABASE_URL=postgresql+ssl://user:password@db/x?sslmode=require", &["default credential at 13"]);
    says(
        &format!("THING={}{}", "ghp_", "a8Kd93jfLQ02mZx7Yb51Vn6Tc4Rw0Ep3Su9G"),
        &["literal credential at 40"],
    );
}

#[test]
fn options_of_java_say_who_may_manage_it() {
    let option = |name: &str, value: &str| format!("-Dcom.sun.management.jmxremote.{name}={value}");
    says(&format!("JAVA_OPTS=\"-Xmx1g {}\"", option("ssl", "false")), &["tls off"]);
    says(&format!("JAVA_OPTS={}", option("ssl", "true")), &[]);
    says(&format!("JAVA_OPTS={}", option("authenticate", "false")), &["empty credential at 5"]);
    says(&format!("JAVA_OPTS={}", option("port", "9010")), &[]);
}

#[test]
fn origins_and_versions() {
    says("CORS_ORIGINS=*", &["any origin"]);
    says("CORS_ALLOW_ALL_ORIGINS=true", &["any origin"]);
    says("CORS_ALLOW_METHODS=*", &[]);
    says("ALLOWED_HOSTS=*", &[]);
    says("MIN_TLS_VERSION=TLSv1.0", &["TLS 10"]);
    says("SSL_PROTOCOLS=TLSv1.1 TLSv1.2", &["TLS 11", "TLS 12"]);
}

#[test]
fn a_backup_scheme_is_as_good_as_its_longest_tier() {
    says("BACKUP_RETENTION_DAILY=7d\nBACKUP_RETENTION_MONTHLY=12M", &["backup kept 1 year"]);
    says("BACKUP_KEEP_DAYS=7\nBACKUP_KEEP_WEEKS=2", &["backup kept 14 days"]);
    says("BACKUP_KEEP_DAYS=7\nDB_BACKUP_KEEP_WEEKS=2", &["backup kept 14 days", "backup kept 7 days"]);
    says("AUDIT_KEEP_DAYS=7\nAUDIT_KEEP_WEEKS=2", &["audit kept 14 days", "audit kept 7 days"]);
}

#[test]
fn encryption_of_backups_may_be_named_first() {
    says("ENCRYPT_BACKUPS=0", &["backup-encryption off"]);
    says("ENCRYPT_BACKUP_FILES=0", &[]);
}

#[test]
fn a_setting_that_says_zero_turns_hsts_off() {
    says("SECURE_HSTS_SECONDS=0", &["HSTS for 0 days"]);
    says("HSTS_MAX_AGE=0", &["HSTS for 0 days"]);
    says("HSTS_MAX_AGE=31536000", &[]);
}

#[test]
fn a_region_may_be_written_with_blanks() {
    says("AZURE_LOCATION=\"UK South\"", &["explicit GB-ENG"]);
    says("AZURE_LOCATIONS=\"uksouth westeurope\"", &["explicit GB-ENG", "explicit NL-NH"]);
}

#[test]
fn a_connection_string_is_judged_by_its_password() {
    says("SENTRY_DSN=https://...@sentry.io/...", &["default US"]);
    says("SENTRY_DSN=https://4f1a@o1.ingest.de.sentry.io/42", &["explicit DE"]);
}
