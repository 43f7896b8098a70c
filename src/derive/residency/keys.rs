//! What the names of settings say of places: which hold a region, a country, a declaration.

use crate::data::regions::Provider;
use crate::facts::Declares;
use crate::value::key::Key;

/// What a name declares of jurisdictions.
pub(super) fn declares(key: &Key<'_>) -> Option<Declares> {
    let jurisdiction = key.has_any(&["jurisdiction", "jurisdictions"]) && !names_bucket(key)
        || key.ends_with(&["regulator"])
        || key.ends_with(&["regulators"]);
    let names_places = jurisdiction
        && key.has_any(&[
            "supported",
            "allowed",
            "permitted",
            "approved",
            "jurisdictions",
            "regulators",
            "list",
        ]);
    if key.has(&["data", "residency"])
        || key.ends_with(&["residency"])
        || key.ends_with(&["residency", "region"])
        || key.ends_with(&["residency", "country"])
    {
        return Some(Declares::Residency);
    }
    let switch = key.has_any(&[
        "detection",
        "auto",
        "enabled",
        "enable",
        "validation",
        "cross",
        "url",
        "file",
        "service",
        "mode",
        "check",
    ]);
    if switch || !jurisdiction {
        return None;
    }
    if key.has_any(&["default", "primary", "fallback"]) {
        Some(Declares::Default)
    } else if names_places {
        Some(Declares::Supported)
    } else {
        (key.ends_with(&["jurisdiction"]) || key.ends_with(&["regulator"])).then_some(Declares::Default)
    }
}

/// Whether a name is that of the place of a bucket: `R2_JURISDICTION`.
fn names_bucket(key: &Key<'_>) -> bool {
    key.ends_with(&["jurisdiction"]) && key.has_any(&["r2", "cloudflare"])
}

/// Whether a name's value is a region code.
pub(super) fn names_region(key: &Key<'_>) -> bool {
    if key.has_any(&["label", "map", "url", "enabled"]) {
        return false;
    }
    // `AWS_S3_REGION_NAME`, `ALIBABA_CLOUD_REGION_ID` and Spring's `cloud.aws.region.static` hold regions,
    // `REGION_NAME_LABEL` doesn't.
    let words = match key.words() {
        [before @ .., last] if !before.is_empty() && is_one_of(last, &["name", "id", "code", "static"]) => {
            before
        }
        words => words,
    };
    let Some((last, before)) = words.split_last() else { return false };
    if before.iter().any(|word| is_one_of(word, &["name", "id"])) {
        return false;
    }
    let previous = before.last().copied().unwrap_or_default();
    is_one_of(last, &["region", "regions"])
        || is_one_of(last, &["zone", "zones", "location", "locations", "datacenter", "datacentre", "az"])
            && key_provider(key).is_some()
        || is_one_of(last, &["zone", "zones"]) && is_one_of(previous, &["availability"])
        || key.ends_with(&["topology", "kubernetes", "io", "zone"])
        || names_bucket(key)
}

/// Whether a name's value may be a region code, among many other things: `LOCATION`.
pub(super) fn may_name_region(key: &Key<'_>) -> bool {
    is_one_of(key.last(), &["location", "locations"])
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// Whether a name's value is a country in which something is hosted. Geo-fences and locales are none.
pub(super) fn names_country(key: &Key<'_>) -> bool {
    key.ends_with(&["hosting", "country"])
        || key.ends_with(&["hosting", "location"])
        || key.ends_with(&["data", "location"])
        || key.ends_with(&["data", "centre"])
        || key.ends_with(&["data", "center"])
        || key.ends_with(&["data", "country"])
        || key.ends_with(&["storage", "country"])
        || key.ends_with(&["storage", "location"])
        || key.ends_with(&["backup", "country"])
}

/// The provider that the words of a name speak of.
pub(super) fn key_provider(key: &Key<'_>) -> Option<Provider> {
    key.words().iter().find_map(|word| match word.to_ascii_lowercase().as_str() {
        "s3" | "ses" | "sqs" | "sns" | "dynamodb" | "bedrock" | "cognito" | "ecr" | "eks" => {
            Provider::parse("aws")
        }
        "gcs" | "google" | "gcloud" | "vertex" | "vertexai" | "gke" | "bq" | "bigquery" | "firestore"
        | "cloudsdk" => Provider::parse("gcp"),
        "arm" => Provider::parse("azure"),
        "spaces" | "do" => Provider::parse("digitalocean"),
        "hcloud" => Provider::parse("hetzner"),
        "scw" => Provider::parse("scaleway"),
        "ovh" => Provider::parse("ovhcloud"),
        "oci" => Provider::parse("oracle"),
        "ibmcloud" | "ic" => Provider::parse("ibm"),
        "alicloud" | "aliyun" => Provider::parse("alibaba"),
        "tencentcloud" => Provider::parse("tencent"),
        "b2" => Provider::parse("backblaze"),
        "r2" => Provider::parse("cloudflare"),
        word => Provider::parse(word),
    })
}

/// Whether a store of one's own is named, for which a region is a mere label.
pub(super) fn names_own_store(key: &Key<'_>) -> bool {
    key.has_any(&["minio", "garage", "localstack", "ceph", "seaweedfs"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(key: &str) -> bool {
        names_region(&Key::new(key))
    }

    #[test]
    fn names_of_regions_are_told_from_others() {
        for key in [
            "AWS_REGION",
            "awsRegion",
            "AWS_S3_REGION_NAME",
            "REGION_NAME",
            "ALIBABA_CLOUD_REGION_ID",
            "AWS_AZ",
            "AVAILABILITY_ZONE",
            "ARM_LOCATION",
            "HCLOUD_LOCATION",
            "SCW_DEFAULT_ZONE",
            "R2_JURISDICTION",
            "topology.kubernetes.io/zone",
        ] {
            assert!(region(key), "{key}");
        }
        for key in
            ["LOCATION", "TIMEZONE", "DNS_ZONE", "REGION_LABEL", "REGION_ENABLED", "NAME_REGION", "ZONE_ID"]
        {
            assert!(!region(key), "{key}");
        }
    }

    #[test]
    fn declarations_are_told_from_switches() {
        let says = |key: &str| declares(&Key::new(key));
        assert_eq!(says("SUPPORTED_JURISDICTIONS"), Some(Declares::Supported));
        assert_eq!(says("DEFAULT_JURISDICTION"), Some(Declares::Default));
        assert_eq!(says("DEFAULT_REGULATOR"), Some(Declares::Default));
        assert_eq!(says("SUPPORTED_REGULATORS"), Some(Declares::Supported));
        assert_eq!(says("DATA_RESIDENCY"), Some(Declares::Residency));
        assert_eq!(says("JURISDICTION_AUTO_DETECTION"), None);
        assert_eq!(says("R2_JURISDICTION"), None);
    }
}
