//! Settings of applications of .NET.
//! <https://learn.microsoft.com/aspnet/core/fundamentals/configuration/>

use super::sections::{leave_out_empty, parse, sections};
use super::servers::documented::{Documented, Meaning, OFF, place, state};
use super::{Candidate, Format, Reader};
use crate::facts::{Field, Head, Protects, Protocol};
use crate::syntax::yaml::Mode;

pub(super) const FORMAT: Format = Format {
    name: "appsettings",
    doc: "settings of .NET: `appsettings*.json`, which may have comments, but those of tests",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let (stem, extension) = candidate.unmarked().rsplit_once('.')?;
    let starts = stem.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("appsettings"));
    (starts && extension == "json" && !candidate.is_of_tests()).then_some("named appsettings*.json")
}

const DOCUMENTED: Documented = &[
    // https://learn.microsoft.com/dotnet/core/extensions/logging
    ("Logging.**", Meaning::Nothing),
    ("Logging.LogLevel.Default", Meaning::Off(Protects::LogLevel, &["debug", "trace"])),
    // https://github.com/serilog/serilog-settings-configuration
    ("Serilog.MinimumLevel", Meaning::Off(Protects::LogLevel, &["debug", "verbose"])),
    ("Serilog.MinimumLevel.Default", Meaning::Off(Protects::LogLevel, &["debug", "verbose"])),
    ("Serilog.MinimumLevel.Override.**", Meaning::Nothing),
    // https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.authentication.jwtbearer.jwtbeareroptions.requirehttpsmetadata
    ("**.RequireHttpsMetadata", Meaning::Off(Protects::Tls, OFF)),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Json);
    for document in &stream.documents {
        let mut sections = sections(document, reader.sources);
        // Empty ones are those of another file, of the environment, of a store of secrets.
        leave_out_empty(&mut sections);
        state(reader, &sections, DOCUMENTED);
        // https://learn.microsoft.com/dotnet/api/system.security.authentication.sslprotocols: `Tls` is TLS 1.0.
        let all = sections.iter().flat_map(|section| &section.entries);
        for found in all.filter(|found| found.key.ends_with(".SslProtocols") && found.value.as_str() == "Tls")
        {
            let (at, subject) = (place(found), reader.reading.path);
            reader.reading.facts.protocols.push(Protocol {
                head: Head::new(at, subject),
                version: Field::set(10, at, ""),
                name: Field::set("Tls (1.0)", at, ""),
                implied: Field::set(false, at, ""),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    #[test]
    fn files_are_told_by_their_name() {
        let recognised = |path: &str| {
            recognise(&Candidate::new(path, &|_| false), || Some("{}")).map(|found| found.format.name)
        };
        for path in [
            "appsettings.json",
            "src/Api/appsettings.Production.json",
            "AppSettings.json",
            "appsettings.json.example",
        ] {
            assert_eq!(recognised(path), Some("appsettings"), "{path}");
        }
        for path in
            ["Api.Tests/appsettings.json", "launchSettings.json", "appsettings.cs", "src/settings.json"]
        {
            assert_eq!(recognised(path), None, "{path}");
        }
    }

    #[test]
    fn leaves_are_settings_and_comments_are_none() {
        let text = "\u{feff}{\n  // Kept outside: \"Password\": \"x\"\n  \"ConnectionStrings\": { \"Main\": \"Server=db;Password=p\" },\n  \"Jwt\": { \"Key\": \"\" },\n  \"Logging\": { \"LogLevel\": { \"Default\": \"Debug\", \"X\": \"Trace\" } },\n  \"Kestrel\": { \"EndpointDefaults\": { \"SslProtocols\": [\"Tls\", \"Tls12\"] } }\n}\n";
        let sources = Sources::default();
        let id = sources.add("appsettings.json".into(), text.into());
        let facts = Reader::read(&sources, id, find("appsettings").unwrap()).facts;
        let settings =
            facts.settings.iter().map(|one| format!("{}={}", one.key.value().unwrap(), one.text.as_str()));
        assert_eq!(
            settings.collect::<Vec<_>>(),
            [
                "ConnectionStrings.Main=Server=db;Password=p",
                "Kestrel.EndpointDefaults.SslProtocols=Tls",
                "Kestrel.EndpointDefaults.SslProtocols=Tls12"
            ]
        );
        assert_eq!(facts.switches.len(), 1);
        assert_eq!(facts.protocols[0].version.value(), Some(&10));
        assert!(facts.problems.is_empty());
    }
}
