//! Names of resources that hold a region: ARNs, resource names of Google Cloud, instances of Cloud SQL,
//! inference profiles of Bedrock, realms and environments of services.

use std::ops::Range;

use super::super::Named;
use super::push_known;
use crate::data::jurisdictions::{Declared, parse};
use crate::data::regions::{self, Lookup, Provider, Region as Known};
use crate::facts::{Facts, Head, Region, Stating};
use crate::source::Sources;
use crate::value::Part;
use crate::value::key::Key;

/// The places that the names of resources in a value say.
pub(super) fn derive<'s>(named: &Named<'_, 's>, sources: &'s Sources, out: &mut Facts<'s>) {
    let value = named.value;
    if value.len() > 512 || !value.contains([':', '/', '.']) && !names_realm(&named.key) {
        return;
    }
    let text = named.setting.text.as_str();
    let start = text.len() - text.trim_start().len();
    let head = |range: Range<usize>| -> Head<'s> {
        named.head_at(named.setting.text.span(start + range.start..start + range.end))
    };
    if let Some((code, region)) = arn(value).or_else(|| resource_name(value)).or_else(|| cloud_sql(value)) {
        push_known(region, code.text, &head(code.range), named.name(), sources, out);
    } else if let Some((geography, place)) = inference_profile(value) {
        if let Some(Declared::Place(place)) = parse(place) {
            // A request may be answered in any of a group's countries.
            let within = if place.members().is_empty() { vec![place] } else { place.members().to_vec() };
            let head = head(geography.range);
            let (text, stating) = (geography.text, Stating::Explicit);
            out.regions.push(Region::new(text, stating, place.name(), &within, &head, named.name(), sources));
        }
    } else if let Some(host) = realm(&named.key, value) {
        out.regions.extend(Region::of_host(&host, "", &named.head(), named.name(), sources));
    }
}

fn region_of(provider: &str, code: &str) -> Option<Known> {
    match regions::lookup(code, Some(Provider::parse(provider)?)) {
        Lookup::Known(region) => Some(region),
        _ => None,
    }
}

/// The piece of a text behind `before` bytes, up to a mark.
fn piece(text: &str, before: usize, mark: char) -> Option<Part<'_>> {
    let rest = text.get(before..)?;
    let length = rest.find(mark).unwrap_or(rest.len());
    Some(Part::of(text, before..before + length))
}

/// `arn:partition:service:region:account:resource`; the region is empty where the service has none.
fn arn(value: &str) -> Option<(Part<'_>, Known)> {
    let rest = value.strip_prefix("arn:")?;
    let before: usize = rest.split(':').take(2).map(|part| part.len() + 1).sum();
    let code = piece(value, "arn:".len() + before, ':')?;
    region_of("aws", code.text).map(|region| (code, region))
}

/// `projects/p/locations/europe-west2/keyRings/k`.
fn resource_name(value: &str) -> Option<(Part<'_>, Known)> {
    if !value.starts_with("projects/") {
        return None;
    }
    let marks = ["/locations/", "/regions/"];
    let before = marks.iter().find_map(|mark| value.find(mark).map(|at| at + mark.len()))?;
    let code = piece(value, before, '/')?;
    region_of("gcp", code.text).map(|region| (code, region))
}

/// `project:europe-west2:instance`.
fn cloud_sql(value: &str) -> Option<(Part<'_>, Known)> {
    let mut parts = value.split(':');
    let (project, code, instance) = (parts.next()?, parts.next()?, parts.next()?);
    let name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if parts.next().is_some() || !name(project) || !name(instance) || !code.contains('-') {
        return None;
    }
    let region = region_of("gcp", code).filter(|region| region.code == code)?;
    Some((piece(value, project.len() + 1, ':')?, region))
}

/// The geography before a model of Bedrock, and its jurisdiction: `eu.anthropic.claude-…`.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
fn inference_profile(value: &str) -> Option<(Part<'_>, &'static str)> {
    const VENDORS: &[&str] = &[
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "meta",
        "mistral",
        "openai",
        "qwen",
        "stability",
        "twelvelabs",
        "writer",
    ];
    // A router of models is told `bedrock/` before it.
    let before = value.rfind('/').map_or(0, |at| at + 1);
    let geography = piece(value, before, '.')?;
    let rest = value.get(geography.range.end + 1..)?;
    let place = match geography.text {
        "us" | "us-gov" => "US",
        "eu" => "eu",
        "apac" => "asia-pacific",
        "jp" => "JP",
        "au" => "AU",
        "ca" => "CA",
        _ => return None,
    };
    let (vendor, _model) = rest.split_once('.')?;
    VENDORS.contains(&vendor).then_some((geography, place))
}

fn names_realm(key: &Key<'_>) -> bool {
    key.ends_with(&["realm"]) && key.has_any(&["splunk", "signalfx"])
        || key.ends_with(&["environment"]) && key.has_any(&["pinecone"])
}

/// The host that a realm of Splunk or an old environment of Pinecone stands for.
fn realm(key: &Key<'_>, value: &str) -> Option<String> {
    if !names_realm(key) || !value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let pinecone = key.has_any(&["pinecone"]);
    Some(if pinecone {
        format!("index.svc.{value}.pinecone.io")
    } else {
        format!("ingest.{value}.signalfx.com")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(found: Option<(Part<'_>, Known)>) -> Option<&'static str> {
        found.map(|(_, region)| region.code)
    }

    #[test]
    fn regions_are_found_in_names_of_resources() {
        assert_eq!(code(arn("arn:aws:sqs:eu-west-2:000000000000:queue")), Some("eu-west-2"));
        assert_eq!(code(arn("arn:aws:iam::000000000000:role/x")), None);
        assert_eq!(code(arn("arn:aws:s3:::bucket")), None);
        assert_eq!(code(resource_name("projects/p/locations/europe-west1/keyRings/k")), Some("europe-west1"));
        assert_eq!(code(resource_name("projects/p/secrets/s/versions/1")), None);
        assert_eq!(code(cloud_sql("care:europe-west2:db")), Some("europe-west2"));
        assert_eq!(code(cloud_sql("registry:5000:tag")), None);
        assert_eq!(code(cloud_sql("a:europe-west2:b:c")), None);
    }

    #[test]
    fn a_profile_of_bedrock_says_where_it_computes() {
        let place =
            |model: &'static str| inference_profile(model).map(|(geography, place)| (geography.text, place));
        assert_eq!(place("eu.anthropic.claude-sonnet-4-5-v1:0"), Some(("eu", "eu")));
        assert_eq!(place("bedrock/us.meta.llama3-v1:0"), Some(("us", "US")));
        assert_eq!(place("anthropic.claude-3-haiku-v1:0"), None);
        assert_eq!(place("eu.example.org"), None);
    }
}
