//! Names that merely look like URLs.

use super::Url;

/// Hosts (and their sub-domains) under which namespaces, schemas and terminologies are named; with a path,
/// only names under that path.
const NAMES: &[(&str, &str)] = &[
    ("w3.org", ""),
    ("xmlsoap.org", ""),
    ("json-schema.org", ""),
    ("json-ld.org", ""),
    ("schema.org", ""),
    ("purl.org", ""),
    ("xmlns.com", ""),
    ("ogp.me", ""),
    ("opengis.net", ""),
    ("oasis-open.org", ""),
    ("xmlns.jcp.org", ""),
    ("hl7.org", ""),
    ("hl7.org.uk", ""),
    ("openehr.org", ""),
    ("id.who.int", ""),
    ("nlm.nih.gov", "/research/umls"),
    ("ihe.net", ""),
    ("snomed.info", ""),
    ("loinc.org", ""),
    ("unitsofmeasure.org", ""),
    ("fhir.nhs.uk", ""),
    ("dicom.nema.org", ""),
    ("ns.adobe.com", ""),
    ("springframework.org", "/schema"),
    ("maven.apache.org", "/POM"),
    ("maven.apache.org", "/xsd"),
    ("maven.apache.org", "/SETTINGS"),
    ("logging.apache.org", "/log4j"),
    ("apache.org", "/dtd"),
    ("apache.org", "/licenses"),
    ("apache.org", "/xml"),
    ("struts.apache.org", "/dtds"),
    ("java.sun.com", "/xml"),
    ("java.sun.com", "/dtd"),
    ("java.sun.com", "/jsp"),
    ("java.sun.com", "/j2ee"),
    ("jakarta.ee", "/xml"),
    ("hibernate.org", "/dtd"),
    ("hibernate.sourceforge.net", ""),
    ("mybatis.org", "/dtd"),
    ("openid.net", "/specs"),
    ("specs.openid.net", ""),
    ("omg.org", "/spec"),
    ("docbook.org", "/"),
    ("sitemaps.org", "/schemas"),
    ("xml.org", "/sax"),
    ("activemq.apache.org", "/schema"),
    ("camel.apache.org", "/schema"),
    ("cxf.apache.org", "/schemas"),
];

/// Whether a URL is a name rather than an address: an XML or JSON-LD namespace, a schema, a SAML or SOAP
/// name, a code system of a terminology.
#[must_use]
pub fn is_identifier(url: &Url<'_>) -> bool {
    let [host] = url.hosts.as_slice() else { return false };
    let host = host.name.text.to_ascii_lowercase();
    let path = url.path.text;
    host.starts_with("schemas.")
        || NAMES.iter().any(|&(domain, prefix)| {
            let below = host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            below && path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::url::find_all;

    #[test]
    fn names_are_told_from_addresses() {
        for name in [
            "http://www.w3.org/2001/XMLSchema",
            "http://schemas.xmlsoap.org/soap/envelope/",
            "http://schemas.microsoft.com/ws/2008/06/identity",
            "http://hl7.org/fhir/StructureDefinition/Patient",
            "http://terminology.hl7.org/CodeSystem/v3",
            "http://snomed.info/sct",
            "http://maven.apache.org/POM/4.0.0",
            "http://www.springframework.org/schema/beans",
            "http://json-schema.org/draft-07/schema#",
        ] {
            assert!(find_all(name).all(|url| is_identifier(&url)), "{name}");
        }
        for address in [
            "http://example.com/fhir",
            "http://notw3.org/",
            "http://maven.apache.org/download",
            "http://snomed:8080/",
        ] {
            assert!(find_all(address).all(|url| !is_identifier(&url)), "{address}");
        }
    }
}
