use std::fmt::Write as _;

use proptest::prelude::*;

use super::FORMAT;
use crate::facts::{Fact as _, Facts, Field, Records};
use crate::formats::{Candidate, Reader, join};
use crate::source::Sources;

/// What files state, joined, each thing in a word or two.
fn facts<R>(files: &[(&str, &str)], look: impl Fn(&Sources, &Facts<'_>) -> Vec<R>) -> Vec<R> {
    let sources = Sources::default();
    let mut readings: Vec<_> = files
        .iter()
        .map(|(path, text)| Reader::read(&sources, sources.add((*path).into(), (*text).into()), &FORMAT))
        .collect();
    join(&mut readings, &sources);
    let mut facts = Facts::default();
    for reading in readings {
        facts.append(reading.facts);
    }
    look(&sources, &facts)
}

fn settings(files: &[(&str, &str)]) -> Vec<String> {
    facts(files, |_, facts| {
        let all = facts.settings.iter();
        all.map(|setting| format!("{}={}", setting.key.value().unwrap_or(&""), setting.text.as_str()))
            .collect()
    })
}

fn one(text: &str) -> Vec<String> {
    settings(&[("main.tf", text)])
}

fn retentions(text: &str) -> Vec<(Records, String, String)> {
    facts(&[("main.tf", text)], |sources, facts| {
        let all = facts.retentions.iter();
        all.map(|one| {
            let Field::Set(period) = one.period else { panic!() };
            (*one.records.value().unwrap(), period.value.to_string(), sources.slice(period.span).to_owned())
        })
        .collect()
    })
}

/// Data stores, or the port, that the internet reaches, with the bytes that say so.
fn open(text: &str) -> Vec<String> {
    facts(&[("main.tf", text)], |sources, facts| {
        let all = facts.ports.iter();
        all.map(|port| {
            let port_number = port.container_port.value().map_or("-".to_owned(), i64::to_string);
            let what = port.datastore.value().map_or(port_number, |name| (*name).to_owned());
            format!("{what} at {}", sources.slice(port.head.anchor))
        })
        .collect()
    })
}

fn switches(text: &str) -> Vec<String> {
    facts(&[("main.tf", text)], |_, facts| {
        let all = facts.switches.iter();
        all.map(|one| format!("{} {}", one.key.value().unwrap(), one.position.value().unwrap().word()))
            .collect()
    })
}

#[test]
fn files_are_known_by_their_names() {
    let named = |path| (FORMAT.by_name)(&Candidate::new(path, &|_| false)).is_some();
    for path in ["main.tf", "a/b.tofu", "prod.tfvars", "terraform.tfvars.example", "x.auto.tfvars"] {
        assert!(named(path), "{path}");
    }
    for path in ["main.tf.json", "a.tfstate", ".terraform/modules/x/main.tf", "tf", "main.tf.bak"] {
        assert!(!named(path), "{path}");
    }
}

#[test]
fn names_are_followed_to_their_values() {
    let files = [
        (
            "variables.tf",
            "variable \"a\" {\n  default = \"one\"\n}\nvariable \"given\" {}\nvariable \"unset\" {}\n",
        ),
        ("terraform.tfvars", "given = \"two\"\n"),
        (
            "main.tf",
            "locals {\n  b = var.a\n  c = { d = \"${local.b}-x\" }\n}\nmodule \"m\" {\n  source = \"registry/m\"\n  e = local.c.d\n  f = var.given\n  g = var.unset\n  h = \"${var.unset}/y\"\n  i = local.i\n}\n",
        ),
        ("other/main.tf", "module \"m\" {\n  source = \"x\"\n  e = var.a\n}\n"),
    ];
    let expected = ["a=one", "given=two", "b=one", "d=one-x", "e=one-x", "f=two", "h=${var.unset}/y"];
    assert_eq!(settings(&files), expected);
}

#[test]
fn a_value_lies_where_it_is_written_and_its_use_is_told() {
    let files = [
        ("main.tf", "resource \"aws_x\" \"y\" {\n  password = var.p\n}\n"),
        ("variables.tf", "variable \"p\" {\n  default = \"postgres\"\n}\n"),
    ];
    let found = facts(&files, |sources, facts| {
        let all = facts.settings.iter().map(|setting| {
            let uses = setting.head().uses.iter().map(|used| sources.slice(used.span)).collect::<String>();
            (
                sources.file(setting.head().anchor.file).path().to_owned(),
                sources.slice(setting.head().anchor).to_owned(),
                uses,
            )
        });
        all.collect()
    });
    let at = |uses: &str| ("variables.tf".to_owned(), "postgres".to_owned(), uses.to_owned());
    assert_eq!(found, [at("var.p"), at("")]);
}

#[test]
fn what_a_module_is_called_with_replaces_its_defaults() {
    let child = "variable \"days\" {\n  default = 7\n}\nresource \"aws_db_instance\" \"x\" {\n  backup_retention_period = var.days\n}\n";
    let of = |parent: &str| {
        facts(&[("main.tf", parent), ("modules/db/main.tf", child)], |_, facts| {
            facts.retentions.iter().map(|one| one.period.value().unwrap().to_string()).collect()
        })
    };
    assert_eq!(of("module \"a\" {\n  source = \"./modules/db\"\n  days = 35\n}\n"), ["35 days"]);
    assert_eq!(of("module \"a\" {\n  source = \"./modules/db\"\n}\n"), ["7 days"]);
    let unknown: [&str; 0] = [];
    assert_eq!(of("module \"a\" {\n  source = \"./modules/db\"\n  days = var.x\n}\n"), unknown);
    assert_eq!(
        of(
            "module \"a\" {\n  source = \"./modules/db\"\n  days = 1\n}\nmodule \"b\" {\n  source = \"./modules/db\"\n}\n"
        ),
        ["7 days"]
    );
}

#[test]
fn a_login_of_nobody_is_no_setting() {
    let cluster = |user: &str| {
        format!(
            "resource \"google_container_cluster\" \"x\" {{\n master_auth {{\n username = \"{user}\"\n password = \"\"\n}}\n}}"
        )
    };
    let passwords = |text: &str| one(text).iter().filter(|one| one.contains("password")).count();
    assert_eq!((passwords(&cluster("")), passwords(&cluster("x"))), (0, 1));
}

#[test]
fn values_that_cant_be_known_are_no_settings() {
    for value in [
        "var.token",
        "random_password.x.result",
        "data.a.b.c",
        "\"${var.token}\"",
        "null",
        "file(\"key.pem\")",
        "var.x ? \"a\" : \"b\"",
        "module.m.out",
        "each.value",
        "var.a[count.index]",
    ] {
        let none: [String; 0] = [];
        assert_eq!(
            one(&format!("variable \"token\" {{}}\nresource \"a\" \"b\" {{\n  token = {value}\n}}\n")),
            none,
            "{value}"
        );
    }
}

#[test]
fn environments_are_settings_in_all_the_ways_that_resources_write_them() {
    for text in [
        "environment {\n    variables = {\n      KEY = \"v\"\n    }\n  }",
        "environment = [{ name = \"KEY\", value = \"v\" }]",
        "app_settings = {\n    \"KEY\" = \"v\"\n  }",
        "container {\n    env {\n      name = \"KEY\"\n      value = \"v\"\n    }\n  }",
        "container_definitions = jsonencode([{ environment = [{ name = \"KEY\", value = \"v\" }] }])",
        "variables = merge(var.common, { KEY = \"v\" })",
        "dynamic \"x\" {\n    for_each = []\n    content {\n      KEY = \"v\"\n    }\n  }",
    ] {
        assert_eq!(one(&format!("resource \"a\" \"b\" {{\n  {text}\n}}\n")), ["KEY=v"], "{text}");
    }
}

#[test]
fn a_name_and_a_value_are_one_setting() {
    for (text, expected) in [
        (
            "\"aws_ssm_parameter\" \"x\" {\n name = \"/care/db_password\"\n type = \"SecureString\"\n value = \"v\"",
            vec!["/care/db_password=v", "type=SecureString"],
        ),
        (
            "\"azurerm_key_vault_secret\" \"x\" {\n name = \"db-port\"\n value = \"5432\"",
            vec!["db-port=5432"],
        ),
        ("\"helm_release\" \"x\" {\n set {\n name = \"a.b\\\\.c\"\n value = \"v\"\n}", vec!["a.b.c=v"]),
        ("\"aws_secretsmanager_secret_version\" \"x\" {\n secret_string = \"v\"", vec!["secret=v"]),
        (
            "\"aws_secretsmanager_secret_version\" \"x\" {\n secret_string = jsonencode({ password = \"v\" })",
            vec!["password=v"],
        ),
        ("\"x\" \"y\" {\n tags = { key = \"v\" }\n tag {\n key = \"a\"\n value = \"b\"\n}", vec![]),
    ] {
        assert_eq!(one(&format!("resource {text}\n}}\n")), expected, "{text}");
    }
}

#[test]
fn public_keys_and_whole_files_are_no_settings_unless_they_hold_a_key() {
    let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn4ygWep4PAtGoSo1".repeat(8);
    let key =
        ["-----BEGIN RSA PRIVATE", " KEY-----\\n", &body, "\\n-----END RSA PRIVATE", " KEY-----"].concat();
    for (text, count) in [
        ("ssh_keys = [\"3b:16:bf:e4\"]".to_owned(), 0),
        ("credentials = \"account.json\"".to_owned(), 0),
        ("metadata = { ssh-keys = \"me:ssh-ed25519 AAAA\" }".to_owned(), 0),
        ("token_validity_units {\n access_token = \"minutes\"\n}".to_owned(), 0),
        ("user_data = <<-EOF\n  #cloud-config\n  url: http://x.example.org\n  EOF".to_owned(), 0),
        (format!("ssh_key = \"{key}\""), 1),
        (format!("content = \"{key}\""), 1),
    ] {
        assert_eq!(one(&format!("resource \"a\" \"b\" {{\n {text}\n}}\n")).len(), count, "{text}");
    }
}

#[test]
fn modules_of_a_registry_are_as_good_as_the_resource() {
    let text =
        "module \"db\" {\n source = \"terraform-aws-modules/rds/aws\"\n storage_encrypted = false\n}\n";
    assert_eq!(switches(text), ["storage_encrypted off"]);
    assert!(switches(&text.replace("rds/aws", "vpc/aws")).is_empty());
}

#[test]
fn places_are_read_with_their_provider() {
    let files = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"azurerm_x\" \"y\" {\n  location = \"uksouth\"\n}\nresource \"google_x\" \"y\" {\n  zone = \"europe-west2-a\"\n}\nresource \"aws_glue_x\" \"y\" {\n  location = \"s3://x\"\n}\nterraform {\n  backend \"s3\" {\n    region = \"eu-west-2\"\n  }\n}\n";
    assert_eq!(
        one(files),
        [
            "aws.region=us-east-1",
            "azure.location=uksouth",
            "gcp.zone=europe-west2-a",
            "location=s3://x",
            "aws.region=eu-west-2"
        ]
    );
    let emulated = "provider \"aws\" {\n  region = \"us-east-1\"\n  access_key = \"test\"\n  skip_credentials_validation = true\n  endpoints {\n    s3 = \"http://localhost:4566\"\n  }\n}\n";
    assert!(one(emulated).is_empty());
}

#[test]
fn retention_is_that_of_the_provider_s_unit() {
    let expect = |text: &str, records, period: &str, at: &str| {
        assert_eq!(retentions(text), [(records, period.to_owned(), at.to_owned())], "{text}");
    };
    let log = |name: &str, days: &str| {
        format!(
            "resource \"aws_cloudwatch_log_group\" \"x\" {{\n  name = \"{name}\"\n  retention_in_days = {days}\n}}\n"
        )
    };
    expect(&log("/care/audit", "90"), Records::Audit, "90 days", "90");
    expect(&log("/care/api", "90"), Records::Log, "90 days", "90");
    expect(&log("/care/audit", "0"), Records::Audit, "for ever", "0");
    expect(
        "resource \"aws_db_instance\" \"x\" {\n  backup_retention_period = 0\n}",
        Records::Backup,
        "0 days",
        "0",
    );
    let replica = "resource \"aws_db_instance\" \"x\" {\n  replicate_source_db = \"y\"\n  backup_retention_period = 0\n}";
    assert_eq!(retentions(replica), []);
    expect(
        "resource \"google_alloydb_cluster\" \"x\" {\n automated_backup_policy {\n time_based_retention {\n retention_period = \"604800s\"\n}\n}\n}",
        Records::Backup,
        "7 days",
        "604800s",
    );
    expect(
        "resource \"aws_s3_bucket_lifecycle_configuration\" \"x\" {\n bucket = aws_s3_bucket.audit_logs.id\n rule {\n status = \"Enabled\"\n expiration {\n days = 30\n}\n}\n}",
        Records::Audit,
        "30 days",
        "30",
    );
}

#[test]
fn the_longest_tier_of_a_backup_plan_counts() {
    let plan = |rules: &str| retentions(&format!("resource \"aws_backup_plan\" \"x\" {{\n{rules}\n}}\n"));
    let rule = |days: &str| format!("rule {{\n lifecycle {{\n delete_after = {days}\n}}\n}}\n");
    assert_eq!(plan(&(rule("7") + &rule("14")))[0].2, "14");
    assert_eq!(plan(&(rule("7") + "rule {\n}\n")), []);
    assert_eq!(plan(&(rule("7") + &rule("var.x"))), []);
}

#[test]
fn firewalls_open_ports_in_the_words_of_their_providers() {
    let aws = |ports: &str, from: &str| {
        format!(
            "resource \"aws_security_group\" \"x\" {{\n ingress {{\n {ports}\n protocol = \"tcp\"\n cidr_blocks = [\"{from}\"]\n}}\n}}\n"
        )
    };
    let none: [&str; 0] = [];
    assert_eq!(open(&aws("from_port = 5432\nto_port = 5432", "0.0.0.0/0")), ["PostgreSQL at 0.0.0.0/0"]);
    assert_eq!(open(&aws("from_port = 5432\nto_port = 5432", "10.0.0.0/8")), none);
    assert_eq!(open(&aws("from_port = 443\nto_port = 443", "0.0.0.0/0")), none);
    assert_eq!(open(&aws("from_port = 22\nto_port = 22", "0.0.0.0/0")), ["22 at 0.0.0.0/0"]);
    assert_eq!(open(&aws("from_port = 0\nto_port = 65535", "0.0.0.0/0")), ["- at 0.0.0.0/0"]);
    assert_eq!(open(&aws("from_port = var.p\nto_port = var.p", "0.0.0.0/0")), none);
    for text in [
        "resource \"aws_security_group_rule\" \"x\" {\n type = \"ingress\"\n from_port = 6379\n to_port = 6379\n protocol = \"tcp\"\n cidr_blocks = [\"0.0.0.0/0\"]\n}",
        "resource \"aws_vpc_security_group_ingress_rule\" \"x\" {\n from_port = 6379\n to_port = 6379\n ip_protocol = \"tcp\"\n cidr_ipv4 = \"0.0.0.0/0\"\n}",
        "resource \"azurerm_network_security_rule\" \"x\" {\n direction = \"Inbound\"\n access = \"Allow\"\n protocol = \"Tcp\"\n source_address_prefix = \"*\"\n destination_port_range = \"6379\"\n}",
        "resource \"google_compute_firewall\" \"x\" {\n allow {\n protocol = \"tcp\"\n ports = [\"6379\"]\n}\n source_ranges = [\"0.0.0.0/0\"]\n}",
        "resource \"digitalocean_firewall\" \"x\" {\n inbound_rule {\n protocol = \"tcp\"\n port_range = \"6379\"\n source_addresses = [\"0.0.0.0/0\"]\n}\n}",
        "resource \"hcloud_firewall\" \"x\" {\n rule {\n direction = \"in\"\n protocol = \"tcp\"\n port = \"6379\"\n source_ips = [\"0.0.0.0/0\"]\n}\n}",
        "resource \"aws_security_group\" \"x\" {\n ingress = [{ from_port = 6379, to_port = 6379, protocol = \"tcp\", cidr_blocks = [\"0.0.0.0/0\"] }]\n}",
    ] {
        assert_eq!(open(text).len(), 1, "{text}");
        assert!(open(text)[0].starts_with("Redis at "), "{:?}", open(text));
    }
    let egress = aws("from_port = 5432\nto_port = 5432", "0.0.0.0/0").replace("ingress", "egress");
    assert_eq!(open(&egress), none);
    let public = "resource \"aws_db_instance\" \"x\" {\n publicly_accessible = true\n}";
    assert_eq!(open(public), ["a database at true"]);
}

#[test]
fn switches_are_read_as_the_provider_means_them() {
    for (text, expected) in [
        ("\"aws_db_instance\" \"x\" {\n storage_encrypted = false", "storage_encrypted off"),
        ("\"aws_db_instance\" \"x\" {\n storage_encrypted = true", "storage_encrypted on"),
        (
            "\"aws_elasticache_replication_group\" \"x\" {\n transit_encryption_enabled = false",
            "transit_encryption_enabled off",
        ),
        ("\"azurerm_redis_cache\" \"x\" {\n non_ssl_port_enabled = true", "non_ssl_port_enabled off"),
        ("\"aws_cloudtrail\" \"x\" {\n enable_logging = false", "enable_logging off"),
        (
            "\"google_sql_database_instance\" \"x\" {\n settings {\n ip_configuration {\n ssl_mode = \"ALLOW_UNENCRYPTED_AND_ENCRYPTED\"\n}\n}",
            "ssl_mode optional",
        ),
        (
            "\"aws_msk_cluster\" \"x\" {\n encryption_info {\n encryption_in_transit {\n client_broker = \"PLAINTEXT\"\n}\n}",
            "client_broker off",
        ),
    ] {
        assert_eq!(switches(&format!("resource {text}\n}}\n")), [expected], "{text}");
    }
}

#[test]
fn listeners_of_load_balancers_are_public_unless_they_are_internal() {
    let listeners = |balancer: &str, action: &str| {
        let text = format!(
            "resource \"aws_lb\" \"b\" {{\n {balancer}\n}}\nresource \"aws_lb_listener\" \"x\" {{\n load_balancer_arn = aws_lb.b.arn\n protocol = \"HTTP\"\n default_action {{\n {action}\n}}\n}}\n"
        );
        facts(&[("main.tf", &text)], |_, facts| {
            let all = facts.listeners.iter();
            all.map(|one| (one.reach.value().map(|reach| reach.word()), one.serves.value().unwrap().word()))
                .collect()
        })
    };
    let redirect = "type = \"redirect\"\n redirect {\n protocol = \"HTTPS\"\n status_code = \"HTTP_301\"\n}";
    assert_eq!(listeners("internal = false", "type = \"forward\""), [(Some("public"), "content")]);
    assert_eq!(listeners("", "type = \"forward\""), [(Some("public"), "content")]);
    assert_eq!(listeners("internal = true", "type = \"forward\""), [(Some("internal"), "content")]);
    assert_eq!(listeners("internal = var.x", "type = \"forward\""), [(None, "content")]);
    assert_eq!(listeners("", redirect), [(Some("public"), "redirect-to-https")]);
    assert_eq!(listeners("", "type = \"fixed-response\""), [(Some("public"), "nothing")]);
}

#[test]
fn containers_of_a_task_are_containers() {
    let text = "resource \"aws_ecs_task_definition\" \"x\" {\n container_definitions = jsonencode([{\n name = \"api\"\n image = \"nginx:1.27\"\n user = \"0\"\n privileged = var.p\n linuxParameters = { capabilities = { add = [\"SYS_ADMIN\"] } }\n healthCheck = { command = [\"CMD-SHELL\", \"curl -f http://localhost:8080/ || exit 1\"], interval = 30 }\n portMappings = [{ containerPort = 8080 }]\n environment = [{ name = \"A\", value = \"b\" }]\n secrets = [{ name = \"S\", valueFrom = \"arn:x\" }]\n }])\n}\n";
    let found = facts(&[("main.tf", text)], |_, facts| {
        let container = &facts.containers[0];
        assert_eq!(container.user.value(), Some(&"0"));
        assert_eq!(container.privileged, Field::Unknown);
        assert_eq!(container.read_only_root, Field::Unset);
        assert_eq!(container.listens, [8080]);
        assert_eq!(container.checks[0].port.unwrap().0, 8080);
        assert_eq!(container.environment_given, ["S"]);
        let seen = facts.settings.iter().find(|setting| setting.key.value() == Some(&"A")).unwrap();
        assert_eq!(container.environment, [seen.scope]);
        assert_eq!(facts.capabilities[0].name.value(), Some(&"SYS_ADMIN"));
        vec![container.head.subject.to_owned()]
    });
    assert_eq!(found, ["container api"]);
}

#[test]
fn what_provisioners_and_scripts_run_are_commands() {
    let text = "resource \"a\" \"b\" {\n provisioner \"local-exec\" {\n command = \"curl -k https://x.example.org\"\n}\n user_data = <<-EOF\n    #!/bin/bash\n    wget -q https://y.example.org\n  EOF\n}\n";
    let programs = facts(&[("main.tf", text)], |_, facts| {
        facts.commands.iter().filter_map(|command| command.program.value().map(|p| (*p).to_owned())).collect()
    });
    assert!(programs.contains(&"curl".to_owned()) && programs.contains(&"wget".to_owned()), "{programs:?}");
}

#[test]
fn manifests_in_heredocs_are_read_as_such() {
    let text = "resource \"kubectl_manifest\" \"x\" {\n yaml_body = <<-YAML\n    apiVersion: v1\n    kind: Pod\n    metadata:\n      name: a\n    spec:\n      containers:\n        - name: a\n          image: nginx:1.27\n  YAML\n}\n";
    let images = facts(&[("main.tf", text)], |sources, facts| {
        facts.images.iter().map(|image| sources.slice(image.head.anchor).to_owned()).collect()
    });
    assert_eq!(images, ["nginx:1.27"]);
}

#[test]
fn values_that_multiply_stay_small() {
    let mut text = "locals {\n  a0 = \"xxxxxxxxxx\"\n".to_owned();
    for level in 1..40 {
        let _ = writeln!(text, "  a{level} = \"${{local.a{0}}}${{local.a{0}}}\"", level - 1);
    }
    text += "  loop = local.loop\n}\n";
    assert!(one(&text).iter().all(|setting| setting.len() < 70_000));
}

proptest! {
    #[test]
    fn any_text_is_understood_without_panic(
        text in "(resource \"aws_(db_instance|security_group|security_group_rule|lb_listener|backup_plan|ecs_task_definition)\" \"x\" \\{\n|\\}\n|ingress \\{\n|variable \"a\" \\{\n|default = |a = |cidr_blocks = |from_port = 9\n|to_port = 5\n|from_port = |protocol = \"tcp\"\n|type = \"ingress\"\n|container_definitions = |rule |lifecycle |locals \\{\n|var\\.a|local\\.a|jsonencode\\(|\\[|\\]|\\{|\\)|\"0\\.0\\.0\\.0/0\"|\"tcp\"|99999|-1|\"\\$\\{var\\.a\\}\"|\n){0,40}"
    ) {
        let found = facts(&[("main.tf", &text), ("terraform.tfvars", &text), ("m/x.tf", &text)], |sources, facts| {
            facts.settings.iter().for_each(|setting| { let _ = sources.slice(setting.head.anchor); });
            vec![facts.len()]
        });
        prop_assert_eq!(found.len(), 1);
    }
}
