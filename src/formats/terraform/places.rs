//! Where providers and resources say in which place of the world they are.

use crate::syntax::hcl::Block;

/// The first words of resources' types and the names of providers, the name under which the provider is known
/// elsewhere, and the attributes that say a place.
const PLACES: &[(&str, &str, &[&str])] = &[
    (
        "aws",
        "aws",
        &[
            "region",
            "region_name",
            "availability_zone",
            "availability_zones",
            "replica_regions",
            "dest_region",
        ],
    ),
    ("awscc", "aws", &["region", "availability_zone", "availability_zones"]),
    ("azurerm", "azure", &["location", "failover_location", "secondary_location"]),
    ("azapi", "azure", &["location"]),
    ("google", "gcp", &["region", "zone", "zones", "location", "locations", "node_locations", "location_id"]),
    ("digitalocean", "digitalocean", &["region"]),
    ("hcloud", "hetzner", &["location", "datacenter"]),
    ("ovh", "ovhcloud", &["region", "regions"]),
    ("scaleway", "scaleway", &["region", "zone"]),
    ("linode", "linode", &["region"]),
    ("vultr", "vultr", &["region"]),
    ("oci", "oracle", &["region"]),
    ("ibm", "ibm", &["region", "location", "zone"]),
    ("alicloud", "alibaba", &["region", "zone_id", "availability_zone"]),
    ("tencentcloud", "tencent", &["region", "availability_zone"]),
    ("upcloud", "upcloud", &["zone"]),
    ("exoscale", "exoscale", &["zone"]),
];

/// The name under which an attribute's place is read: that of the provider with the attribute's behind it.
pub(super) fn key(block: &Block<'_>, attribute: &str) -> Option<(&'static str, &'static str)> {
    let label = block.labels.first()?;
    let first = match block.kind {
        "resource" | "data" => label.split('_').next()?,
        "provider" => label.trim_end_matches("-beta"),
        // https://developer.hashicorp.com/terraform/language/backend/s3
        "backend" if *label == "s3" => "aws",
        _ => return None,
    };
    let (_, provider, attributes) = PLACES.iter().find(|(name, ..)| *name == first)?;
    let attribute = attributes.iter().find(|one| **one == attribute)?;
    Some((provider, attribute))
}
