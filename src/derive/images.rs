//! Facts that follow from images: where the registry of an account lies.

use crate::facts::{Facts, Image, Region};
use crate::source::Sources;

/// Public registries, from which anyone pulls, give no fact.
pub(super) fn derive<'s>(images: &[Image<'s>], sources: &'s Sources, out: &mut Facts<'s>) {
    for image in images {
        let (Some(registry), Some(repository)) = (image.registry.value(), image.repository.value()) else {
            continue;
        };
        let host = registry.split(':').next().unwrap_or(registry);
        let region = Region::of_host(host, repository, &image.head, "the image's registry", sources);
        out.regions.extend(region);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Stating;
    use crate::formats::{Reader, find};

    fn regions<'s>(sources: &'s Sources, image: &str) -> Vec<Region<'s>> {
        let id = sources.add("Dockerfile".into(), format!("FROM {image}\n"));
        let reading = Reader::read(sources, id, find("dockerfile").unwrap());
        let mut out = Facts::default();
        derive(&reading.facts.images, sources, &mut out);
        out.regions
    }

    #[test]
    fn the_registry_of_an_account_lies_in_its_region() {
        let sources = Sources::default();
        let found = regions(&sources, "000000000000.dkr.ecr.eu-west-2.amazonaws.com/team/app:1");
        assert_eq!(found[0].jurisdictions.value().unwrap(), &["GB-ENG"]);
        assert_eq!(found[0].stating.value(), Some(&Stating::Explicit));
        assert_eq!(regions(&sources, "europe-west2-docker.pkg.dev/project/app/web:1").len(), 1);
    }

    #[test]
    fn public_registries_are_no_place() {
        let sources = Sources::default();
        for image in ["nginx", "ghcr.io/a/b", "quay.io/a/b:1", "gcr.io/distroless/static", "localhost:5000/a"]
        {
            assert!(regions(&sources, image).is_empty(), "{image}");
        }
    }
}
