//! Host names, and where what they lead to lies.

use super::jurisdictions::Jurisdiction;
use super::regions::{self, Provider, Region};
use super::{places, spelling};
use crate::packed::{Run, Text};

/// A host name has at most this many bytes (RFC 1035, section 2.3.4).
const LONGEST_HOST: usize = 253;

/// Where an endpoint lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// Who answers there, to be shown: "AWS", "Sentry".
    pub provider: &'static str,
    /// The region that the host names.
    pub region: Option<Region>,
    /// Each place where data may lie; empty where none is known.
    pub within: &'static [Jurisdiction],
    /// How that is known.
    pub certainty: Certainty,
}

/// How well a location is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certainty {
    /// The host names its region, or belongs to one place.
    Explicit,
    /// Nothing in the host says where; the places are the provider's default, if it is known.
    Default,
    /// Anyone fetches public files or images from there.
    Public,
}

/// A row of the table.
pub(super) struct Host {
    pub(super) suffix: Text,
    pub(super) provider: Text,
    pub(super) regions: Run,
    pub(super) find: Run,
}

/// A way to find the place, tried in turn. What each means stands in rules/data/places/endpoints.toml.
pub(super) enum Step {
    Label,
    Prefix,
    Suffix,
    Code,
    Path,
    LabelWord(Run),
    InsideWord(Run),
    Fixed(Run),
    Default(Run),
    Public,
}

/// Where the endpoint of a host and a path (of a URL, or of an image reference) lies, if the host is known.
/// The host has neither port nor user; the path may be empty.
#[must_use]
pub fn locate(host: &str, path: &str) -> Option<Location> {
    let host = folded(host)?;
    let row = public_path(&host, path).or_else(|| row(&host))?;
    let before = host.strip_suffix(row.suffix.get()).unwrap_or_default().trim_end_matches('.');
    let regions = places::host_providers(row.regions);
    let location = |region: Option<Region>, within, certainty| Location {
        provider: row.provider.get(),
        region,
        within,
        certainty,
    };
    places::steps(row.find).iter().find_map(|step| match *step {
        Step::Label | Step::Prefix | Step::Suffix | Step::Code | Step::Path => {
            let region = match step {
                Step::Path => in_path(path, regions),
                _ => before.rsplit('.').find_map(|label| in_label(label, step, regions)),
            }?;
            Some(location(Some(region), region.within, Certainty::Explicit))
        }
        Step::LabelWord(words) => {
            let label = before.rsplit('.').next()?;
            let word = without_number(label).unwrap_or(label);
            let (_, place) =
                places::host_words(words).iter().find(|(key, _)| [word, label].contains(&key.get()))?;
            Some(location(None, std::slice::from_ref(place), Certainty::Explicit))
        }
        Step::InsideWord(words) => {
            let (_, place) =
                places::host_words(words).iter().find(|(word, _)| has_word(before, word.get()))?;
            Some(location(None, std::slice::from_ref(place), Certainty::Explicit))
        }
        Step::Fixed(within) => Some(location(None, places::within(within), Certainty::Explicit)),
        Step::Default(within) => Some(location(None, places::within(within), Certainty::Default)),
        Step::Public => Some(location(None, &[], Certainty::Public)),
    })
}

/// The provider in whose region codes an endpoint's settings are written, so that a code beside it can be
/// read. None where the host is unknown or has none of its own.
#[must_use]
pub fn provider_of_host(host: &str) -> Option<Provider> {
    match places::host_providers(row(&folded(host)?)?.regions) {
        [provider] => Some(*provider),
        _ => None,
    }
}

fn folded(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host);
    (host.len() <= LONGEST_HOST).then(|| host.to_ascii_lowercase())
}

/// The row with the longest end of the host.
fn row(host: &str) -> Option<&'static Host> {
    let mut end = host;
    loop {
        if let Some(found) = exactly(end) {
            return Some(found);
        }
        (_, end) = end.split_once('.')?;
    }
}

fn exactly(suffix: &str) -> Option<&'static Host> {
    let hosts = places::hosts();
    let at = hosts.binary_search_by(|row| row.suffix.get().cmp(suffix)).ok()?;
    hosts.get(at)
}

/// The row of a host together with the first part of the path.
fn public_path(host: &str, path: &str) -> Option<&'static Host> {
    let first = path.trim_start_matches('/').split('/').next().filter(|first| !first.is_empty())?;
    exactly(&format!("{host}/{first}"))
}

fn in_label(label: &str, step: &Step, providers: &[Provider]) -> Option<Region> {
    let find = |text: &str| providers.iter().find_map(|&provider| place_named(text, provider));
    match step {
        // `s3-eu-west-1`, `oss-eu-west-1-internal`, `uksouth-01`, `eu-west-2-0`, `aws-eu-west-1`
        Step::Label => find(label)
            .or_else(|| find(label.strip_suffix("-internal")?))
            .or_else(|| find(without_number(label)?))
            .or_else(|| {
                const SERVICES: &[&str] =
                    &["s3-website-", "s3-", "sos-", "api-", "oss-", "azure-", "aws-", "gcp-"];
                let rest = SERVICES.iter().find_map(|service| label.strip_prefix(service))?;
                find(rest.strip_suffix("-internal").unwrap_or(rest))
            }),
        // The longest that fits, so that `us-east1-b` isn't cut to less.
        Step::Prefix => cuts(label).rev().filter_map(|at| label.get(..at)).find_map(find),
        Step::Suffix => cuts(label).filter_map(|at| label.get(at + 1..)).find_map(find),
        Step::Code => {
            let code = label.rsplit('-').next()?;
            let codes = places::run_codes();
            let at = codes.binary_search_by(|&(key, _)| key.cmp(code)).ok()?;
            codes.get(at).map(|&(_, region)| places::region(region).region())
        }
        _ => None,
    }
}

/// Where the label's hyphens are; a label has at most 63 bytes.
fn cuts(label: &str) -> impl DoubleEndedIterator<Item = usize> {
    let label = label.get(..label.len().min(63)).unwrap_or_default();
    label.match_indices('-').map(|(at, _)| at)
}

/// A region of the provider that lies somewhere.
fn place_named(text: &str, provider: Provider) -> Option<Region> {
    regions::own(&spelling::region(text), provider).filter(|region| !region.within.is_empty())
}

fn in_path(path: &str, providers: &[Provider]) -> Option<Region> {
    let (_, rest) = path.split_once("/locations/")?;
    let name = rest.split(['/', ':', '?']).next()?;
    providers.iter().find_map(|&provider| place_named(name, provider))
}

/// The label without a number at its end: `uksouth-01`.
fn without_number(label: &str) -> Option<&str> {
    let rest = label.trim_end_matches(|c: char| c.is_ascii_digit());
    (rest.len() < label.len()).then(|| rest.strip_suffix('-')).flatten()
}

/// Whether the word stands in the text with neither letter nor digit around it.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + word.len()..).and_then(|behind| behind.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(host: &str) -> (String, Certainty) {
        let (host, path) = host.split_once('/').unwrap_or((host, ""));
        let found = locate(host, &format!("/{path}")).unwrap_or_else(|| panic!("{host}"));
        let codes: Vec<_> = found.within.iter().map(|place| place.code()).collect();
        (codes.join(" "), found.certainty)
    }

    #[test]
    fn the_host_names_its_region() {
        for (host, place) in [
            ("sqs.eu-west-2.amazonaws.com", "GB-ENG"),
            ("mybucket.s3.eu-west-2.amazonaws.com", "GB-ENG"),
            ("s3-eu-west-1.amazonaws.com", "IE-L"),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", "IE-L"),
            ("b.s3-website-us-east-1.amazonaws.com", "US-VA"),
            ("db.abc.eu-west-2.rds.amazonaws.com", "GB-ENG"),
            ("redis.abc.0001.euw2.cache.amazonaws.com", "GB-ENG"),
            ("ec2-1-2-3-4.us-west-2.compute.amazonaws.com", "US-OR"),
            ("123456789012.dkr.ecr.us-east-1.amazonaws.com", "US-VA"),
            ("s3.cn-north-1.amazonaws.com.cn", "CN-BJ"),
            ("x.execute-api.eu-central-1.amazonaws.com", "DE-HE"),
            ("vm1.uksouth.cloudapp.azure.com", "GB-ENG"),
            ("app.happyhill-1a2b.uksouth.azurecontainerapps.io", "GB-ENG"),
            ("app-abc123.uksouth-01.azurewebsites.net", "GB-ENG"),
            ("uksouth-1.in.applicationinsights.azure.com", "GB-ENG"),
            ("acct-uksouth.documents.azure.com", "GB-ENG"),
            ("reg.uksouth.data.azurecr.io", "GB-ENG"),
            ("europe-west2-docker.pkg.dev/p/r", "GB-ENG"),
            ("svc-abc123defg-nw.a.run.app", "GB-ENG"),
            ("svc-abc123defg-uk.a.run.app", "US-VA"),
            ("svc-123456789012.europe-west2.run.app", "GB-ENG"),
            ("europe-west2-proj.cloudfunctions.net", "GB-ENG"),
            ("europe-west2-aiplatform.googleapis.com", "GB-ENG"),
            ("aiplatform.googleapis.com/v1/projects/p/locations/us-central1/endpoints", "US-IA"),
            ("eu-documentai.googleapis.com", "eu"),
            ("storage.europe-west2.rep.googleapis.com", "GB-ENG"),
            ("lhr.ocir.io", "GB-ENG"),
            ("objectstorage.uk-london-1.oraclecloud.com", "GB-ENG"),
            ("s3.uk.io.cloud.ovh.net", "GB-ENG"),
            ("fsn1.your-objectstorage.com", "DE"),
            ("s3.eu-west-1.wasabisys.com", "GB-ENG"),
            ("s3.eu-west-2.wasabisys.com", "FR"),
            ("oos.eu-west-2.outscale.com", "FR"),
            ("b.oss-eu-west-1-internal.aliyuncs.com", "GB-ENG"),
            ("b.lon1.digitaloceanspaces.com", "GB-ENG"),
            ("ewr1.vultrobjects.com", "US"),
            ("sos-ch-gva-2.exo.io", "CH"),
            ("acct.eu.r2.cloudflarestorage.com", "eu"),
            ("uuid.eu-west-2-0.aws.cloud.qdrant.io", "GB-ENG"),
            ("pkc-l6wr6.europe-west2.gcp.confluent.cloud", "GB-ENG"),
            ("aws-0-eu-west-2.pooler.supabase.com", "GB-ENG"),
            ("dpg-x-a.frankfurt-postgres.render.com", "DE-HE"),
            ("c-123.aws-eu-west-1.cockroachlabs.cloud", "IE-L"),
            ("redis-12345.c1.eu-west-2-1.ec2.redns.redis-cloud.com", "GB-ENG"),
            ("api.dublin.ie1.twilio.com", "IE-L"),
        ] {
            assert_eq!(codes(host), (place.to_owned(), Certainty::Explicit), "{host}");
        }
    }

    #[test]
    fn the_most_specific_row_decides() {
        for (host, place) in [
            ("o123.ingest.de.sentry.io", "DE"),
            ("tenant.uk.auth0.com", "GB"),
            ("tenant.eu-2.auth0.com", "eu"),
            ("ap1.datadoghq.com", "JP"),
            ("http-intake.logs.datadoghq.eu", "DE"),
            ("us.cloud.langfuse.com", "US"),
            ("gb.api.openai.com", "GB"),
            ("otlp-gateway-prod-gb-south-0.grafana.net", "GB-ENG"),
            ("api.eu.sendgrid.com", "eu"),
            ("eu.i.posthog.com", "DE"),
            ("us.i.posthog.com", "US"),
            ("dashscope-intl.aliyuncs.com", "SG"),
            ("api.us.mistral.ai", "US"),
            ("EU.GCR.IO", "eu"),
        ] {
            assert_eq!(codes(host), (place.to_owned(), Certainty::Explicit), "{host}");
        }
    }

    #[test]
    fn defaults_and_public_hosts_are_told_from_statements() {
        for (host, place) in [
            ("api.openai.com", "US"),
            ("o123.ingest.sentry.io", "US"),
            ("smtp.sendgrid.net", "US"),
            ("s3.wasabisys.com", "US"),
            ("acme-uk.auth0.com", "US"),
            ("cloud.langfuse.com", "eu"),
            ("api.twilio.com", "US"),
        ] {
            assert_eq!(codes(host), (place.to_owned(), Certainty::Default), "{host}");
        }
        assert_eq!(codes("acct.blob.core.windows.net"), (String::new(), Certainty::Default));
        assert_eq!(codes("gcr.io/project/app"), ("US".to_owned(), Certainty::Default));
        assert_eq!(codes("mybucket.s3.amazonaws.com"), (String::new(), Certainty::Default));
        for host in ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io", "mcr.microsoft.com"] {
            assert_eq!(codes(host).1, Certainty::Public, "{host}");
        }
        assert_eq!(codes("gcr.io/distroless/static").1, Certainty::Public);
        assert_eq!(codes("public.ecr.aws/nginx/nginx").1, Certainty::Public);
        assert_eq!(codes("cdn.jsdelivr.net/npm/x").1, Certainty::Public);
    }

    #[test]
    fn unknown_hosts_are_unknown() {
        for host in ["example.org", "", ".", "notamazonaws.com", "db", "10.0.0.1", "com"] {
            assert_eq!(locate(host, "/"), None, "{host}");
        }
        assert_eq!(locate(&"a.".repeat(5000), ""), None);
        assert!(locate("é.amazonaws.com", "").is_some());
    }

    #[test]
    fn the_endpoint_says_whose_codes_stand_beside_it() {
        assert_eq!(provider_of_host("s3.wasabisys.com"), Some(Provider::Wasabi));
        assert_eq!(provider_of_host("lon1.digitaloceanspaces.com"), Some(Provider::Digitalocean));
        assert_eq!(provider_of_host("s3.amazonaws.com"), Some(Provider::Aws));
        assert_eq!(provider_of_host("minio"), None);
        assert_eq!(provider_of_host("x.eu-west-2.aws.found.io"), None);
    }

    proptest! {
        #[test]
        fn no_host_breaks_the_search(host in "(\\PC|[.-]){0,30}(amazonaws\\.com|a\\.run\\.app|auth0\\.com|)", path in "\\PC{0,20}") {
            let _ = locate(&host, &path);
            let _ = provider_of_host(&host);
        }
    }
}
