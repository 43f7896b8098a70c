//! Encryption of connections and of storage, as resources state it.

use super::module::{Known, View};
use super::resource::Resource;
use super::retention::below;
use crate::facts::{Field, Head, Listener, Position, Protects, Protocol, Reach, Serves};
use crate::value::boolean;

/// Type (or its start, with `*`), blocks on the way, attribute, what it protects, and the value that turns the
/// protection off. <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>, likewise azurerm and
/// google. Snapshots and backups of a data store are encrypted as its storage is.
type Row = (&'static str, &'static [&'static str], &'static str, Protects, bool);

const ROWS: &[Row] = &[
    ("aws_db_instance", &[], "storage_encrypted", Protects::BackupEncryption, false),
    ("aws_rds_cluster", &[], "storage_encrypted", Protects::BackupEncryption, false),
    ("aws_docdb_cluster", &[], "storage_encrypted", Protects::BackupEncryption, false),
    ("aws_neptune_cluster", &[], "storage_encrypted", Protects::BackupEncryption, false),
    ("aws_redshift_cluster", &[], "encrypted", Protects::BackupEncryption, false),
    ("aws_ebs_volume", &[], "encrypted", Protects::BackupEncryption, false),
    (
        "aws_elasticache_replication_group",
        &[],
        "at_rest_encryption_enabled",
        Protects::BackupEncryption,
        false,
    ),
    ("aws_elasticache_replication_group", &[], "transit_encryption_enabled", Protects::Tls, false),
    ("aws_elasticache_cluster", &[], "transit_encryption_enabled", Protects::Tls, false),
    ("aws_memorydb_cluster", &[], "tls_enabled", Protects::Tls, false),
    ("aws_msk_cluster", &["encryption_info", "encryption_in_transit"], "in_cluster", Protects::Tls, false),
    ("aws_opensearch_domain", &["node_to_node_encryption"], "enabled", Protects::Tls, false),
    ("aws_opensearch_domain", &["domain_endpoint_options"], "enforce_https", Protects::Tls, false),
    ("aws_elasticsearch_domain", &["node_to_node_encryption"], "enabled", Protects::Tls, false),
    ("aws_elasticsearch_domain", &["domain_endpoint_options"], "enforce_https", Protects::Tls, false),
    ("azurerm_storage_account", &[], "https_traffic_only_enabled", Protects::Tls, false),
    ("azurerm_storage_account", &[], "enable_https_traffic_only", Protects::Tls, false),
    ("azurerm_postgresql_server", &[], "ssl_enforcement_enabled", Protects::Tls, false),
    ("azurerm_mysql_server", &[], "ssl_enforcement_enabled", Protects::Tls, false),
    ("azurerm_mariadb_server", &[], "ssl_enforcement_enabled", Protects::Tls, false),
    ("azurerm_redis_cache", &[], "enable_non_ssl_port", Protects::Tls, true),
    ("azurerm_redis_cache", &[], "non_ssl_port_enabled", Protects::Tls, true),
];

/// Policies of Elastic Load Balancing that admit old versions.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
const POLICIES: &[(&str, i64, &str)] = &[
    ("ELBSecurityPolicy-2016-08", 10, "TLS 1.0"),
    ("ELBSecurityPolicy-2015-05", 10, "TLS 1.0"),
    ("ELBSecurityPolicy-TLS-1-0-2015-04", 10, "TLS 1.0"),
    ("ELBSecurityPolicy-TLS-1-1-2017-01", 11, "TLS 1.1"),
    ("ELBSecurityPolicy-FS-2018-06", 10, "TLS 1.0"),
    ("ELBSecurityPolicy-FS-1-1-2019-08", 11, "TLS 1.1"),
    ("ELBSecurityPolicy-TLS13-1-0-2021-06", 10, "TLS 1.0"),
    ("ELBSecurityPolicy-TLS13-1-1-2021-06", 11, "TLS 1.1"),
    ("ELBSecurityPolicy-2014-01", 3, "SSL 3.0"),
];

pub(super) fn state(resource: &mut Resource<'_, '_>) {
    let kind = resource.kind;
    for row in ROWS.iter().filter(|row| row.0 == kind) {
        let (_, path, attribute, protects, off) = *row;
        for view in below(resource.view, path) {
            if let Some(known) = view.known(&[attribute])
                && let Some(on) = boolean::parse(known.as_str())
            {
                let position = if on == off { Position::Off } else { Position::On };
                resource.switch(protects, position, attribute, &known);
            }
        }
    }
    match resource.kind {
        "aws_lb_listener" | "aws_alb_listener" => listener(resource),
        "aws_elb" => classic(resource),
        "aws_cloudfront_distribution" => distribution(resource),
        "aws_api_gateway_domain_name" | "aws_apigatewayv2_domain_name" => {
            protocols(resource, resource.view, "security_policy");
            for view in below(resource.view, &["domain_name_configuration"]) {
                protocols(resource, view, "security_policy");
            }
        }
        "aws_msk_cluster" => brokers(resource),
        "google_sql_database_instance" => cloud_sql(resource),
        _ => {}
    }
}

fn protocols<'s>(resource: &mut Resource<'_, 's>, view: View<'_, 's>, attribute: &str) {
    if let Some(known) = view.known(&[attribute]) {
        let head = resource.head(&known);
        Protocol::of_list(&known.text, &head, &mut resource.facts.protocols);
    }
}

fn listener(resource: &mut Resource<'_, '_>) {
    let view = resource.view;
    if let Some(known) = view.known(&["ssl_policy"])
        && let Some((_, version, name)) = POLICIES.iter().find(|(policy, ..)| *policy == known.as_str())
    {
        let (head, at) = (resource.head(&known), known.place());
        resource.facts.protocols.push(Protocol {
            head,
            version: Field::set(*version, at, ""),
            name: Field::set(*name, at, ""),
            implied: Field::set(false, at, ""),
        });
    }
    let Some(known) = view.known(&["protocol"]).filter(|known| known.as_str().eq_ignore_ascii_case("HTTP"))
    else {
        return;
    };
    let Some(serves) = serves(view) else { return };
    let balancer = view.value("load_balancer_arn").and_then(|value| view.module.resource(value));
    let reach = balancer.map_or(Field::Unknown, |body| {
        let balancer = View { body, ..view };
        match (balancer.value("internal"), balancer.word("internal")) {
            (None, _) => Field::Default(Reach::Public),
            (_, Some("false")) => Field::set(Reach::Public, known.place(), ""),
            (_, Some("true")) => Field::set(Reach::Internal, known.place(), ""),
            _ => Field::Unknown,
        }
    });
    push(resource, &known, reach, serves);
}

fn push<'s>(resource: &mut Resource<'_, 's>, known: &Known<'s>, reach: Field<Reach>, serves: Serves) {
    let head: Head<'s> = resource.head(known);
    let at = known.place();
    resource.facts.listeners.push(Listener {
        head,
        tls: Field::set(false, at, ""),
        reach,
        serves: Field::set(serves, at, ""),
        host: Field::Unset,
    });
}

/// What a listener does by default, where all of that is known.
fn serves(view: View<'_, '_>) -> Option<Serves> {
    let actions: Vec<_> = view.blocks("default_action").collect();
    if actions.is_empty() || view.may_hold_more("default_action") {
        return None;
    }
    let mut found = Serves::Nothing;
    for action in actions {
        let does = match action.word("type")? {
            "redirect" => {
                let redirect = action.blocks("redirect").next()?;
                // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html:
                // without a protocol it stays the same.
                let to_https = match redirect.value("protocol") {
                    None => false,
                    Some(_) => redirect.word("protocol")?.eq_ignore_ascii_case("HTTPS"),
                };
                if to_https { Serves::RedirectToHttps } else { Serves::Redirect }
            }
            "fixed-response" => Serves::Nothing,
            _ => Serves::Content,
        };
        if does != Serves::Nothing {
            found = does;
        }
    }
    Some(found)
}

/// A classic load balancer: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elb>
fn classic(resource: &mut Resource<'_, '_>) {
    let view = resource.view;
    let reach = match (view.value("internal"), view.word("internal")) {
        (None, _) => Field::Default(Reach::Public),
        (Some(value), Some("false")) => Field::set(Reach::Public, value.span, ""),
        _ => return,
    };
    let ports: Vec<Known<'_>> = view
        .blocks("listener")
        .filter(|listener| listener.word("lb_protocol").is_some_and(|word| word.eq_ignore_ascii_case("http")))
        .filter_map(|listener| listener.known(&["lb_protocol"]))
        .collect();
    for known in ports {
        push(resource, &known, reach, Serves::Content);
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution>
fn distribution(resource: &mut Resource<'_, '_>) {
    let view = resource.view;
    for certificate in below(view, &["viewer_certificate"]) {
        protocols(resource, certificate, "minimum_protocol_version");
    }
    for kind in ["default_cache_behavior", "ordered_cache_behavior"] {
        let open: Vec<Known<'_>> = view
            .blocks(kind)
            .filter_map(|behaviour| behaviour.known(&["viewer_protocol_policy"]))
            .filter(|known| known.as_str() == "allow-all")
            .collect();
        for known in open {
            let at = known.place();
            push(resource, &known, Field::set(Reach::Public, at, ""), Serves::Content);
        }
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/msk_cluster>
fn brokers(resource: &mut Resource<'_, '_>) {
    for transit in below(resource.view, &["encryption_info", "encryption_in_transit"]) {
        let Some(known) = transit.known(&["client_broker"]) else { continue };
        let position = match known.as_str() {
            "PLAINTEXT" => Position::Off,
            "TLS_PLAINTEXT" => Position::Optional,
            "TLS" => Position::On,
            _ => continue,
        };
        resource.switch(Protects::Tls, position, "client_broker", &known);
    }
}

/// <https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/instances#SslMode>
fn cloud_sql(resource: &mut Resource<'_, '_>) {
    for settings in below(resource.view, &["settings", "ip_configuration"]) {
        if let Some(known) = settings.known(&["ssl_mode"])
            && known.as_str() == "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
        {
            resource.switch(Protects::Tls, Position::Optional, "ssl_mode", &known);
        }
    }
}
