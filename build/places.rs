//! Jurisdictions, regions and endpoints: rules/data/places/.
//!
//! The statics refer to each other by index, and whatever is searched is sorted here.

#[path = "../src/data/spelling.rs"]
mod spelling;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use toml::{Table, Value};

use crate::packed::{Packed, Pool};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const FOLDER: &str = "rules/data/places";

/// The Rust code of the tables.
pub(crate) fn generate(packed: &mut Packed) -> Result<String> {
    let mut code = String::new();
    let mut places = Places::read(&table("jurisdictions.toml")?, packed)?;
    places.write(&mut code, packed)?;
    let regions = Regions::read(&mut places, packed)?;
    regions.write(&mut code, packed)?;
    write_hosts(&table("endpoints.toml")?, &mut places, &regions, &mut code, packed)?;
    places.lists.write(&mut code, "PLACES", "Jurisdiction")?;
    Ok(code)
}

fn table(file: &str) -> Result<Table> {
    let path = format!("{FOLDER}/{file}");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("{path}: {error}").into())
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| format!("{value} is no string").into())
}

fn texts(value: Option<&Value>) -> Result<Vec<&str>> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(one) => Ok(vec![text(one)?]),
    }
}

fn inner<'t>(table: &'t Table, key: &str) -> Result<&'t Table> {
    table.get(key).and_then(Value::as_table).ok_or_else(|| format!("no table `{key}`").into())
}

/// The jurisdictions, with the index of each code.
#[derive(Default)]
struct Places {
    rows: Vec<String>,
    index: BTreeMap<String, usize>,
    regulators: Vec<String>,
    /// Folded word, the word as it is suggested, and what it means.
    words: BTreeMap<String, (String, String)>,
    lists: Pool,
}

impl Places {
    fn read(table: &Table, packed: &mut Packed) -> Result<Self> {
        let mut places = Places::default();
        for section in ["country", "part", "group"] {
            for code in inner(table, section)?.keys() {
                places.index.insert(code.clone(), places.index.len());
            }
        }
        for (section, is_part) in [("country", false), ("part", true)] {
            for (code, words) in inner(table, section)? {
                let words = texts(Some(words))?;
                // A country's first word is its alpha-3 code.
                let names = if is_part { words.as_slice() } else { words.get(1..).unwrap_or_default() };
                let name = names.first().ok_or("a place without a name")?;
                let country = code.split('-').next().filter(|_| is_part);
                let of = country.map(|country| places.jurisdiction(country)).transpose()?;
                let kind = of.map_or("Kind::Country".into(), |of| format!("Kind::Part({of})"));
                places.rows.push(format!(
                    "Row {{ code: {}, name: {}, kind: {kind} }}",
                    packed.text(code),
                    packed.text(name)
                ));
                let meaning = format!("Meaning::Place({})", places.jurisdiction(code)?);
                places.word(code, &meaning, false)?;
                for word in &words {
                    // Parts give way to countries of the same name (Georgia).
                    places.word(word, &meaning, is_part)?;
                }
            }
        }
        for (code, group) in inner(table, "group")? {
            let group = group.as_table().ok_or("a group is a table")?;
            let name = text(group.get("name").ok_or("a group has a name")?)?;
            let members = places.list(&texts(group.get("members"))?)?;
            let open = group.get("open").and_then(Value::as_bool).unwrap_or(false);
            places.rows.push(format!(
                "Row {{ code: {}, name: {}, kind: Kind::Group {{ members: {members}, open: {open} }} }}",
                packed.text(code),
                packed.text(name)
            ));
            let meaning = format!("Meaning::Place({})", places.jurisdiction(code)?);
            places.word(code, &meaning, false)?;
            for word in texts(group.get("also"))? {
                places.word(word, &meaning, true)?;
            }
        }
        for (code, regulator) in inner(table, "regulator")? {
            let regulator = regulator.as_table().ok_or("a regulator is a table")?;
            let name = text(regulator.get("name").ok_or("a regulator has a name")?)?;
            let territory = text(regulator.get("territory").ok_or("a regulator has a territory")?)?;
            let territory = places.jurisdiction(territory)?;
            let meaning = format!("Meaning::Regulator({})", places.regulators.len());
            places
                .regulators
                .push(format!("Regulator {{ code: {code:?}, name: {name:?}, territory: {territory} }}"));
            places.word(code, &meaning, false)?;
            for word in texts(regulator.get("also"))? {
                places.word(word, &meaning, true)?;
            }
        }
        Ok(places)
    }

    /// Adds a word; one that `yields` leaves a word that is there already alone.
    fn word(&mut self, word: &str, meaning: &str, yields: bool) -> Result<()> {
        let folded = spelling::word(word);
        match self.words.get(&folded) {
            Some((_, other)) if other != meaning && !yields => {
                Err(format!("`{word}` means {other} and {meaning}").into())
            }
            Some(_) => Ok(()),
            None => {
                self.words.insert(folded, (word.to_owned(), meaning.to_owned()));
                Ok(())
            }
        }
    }

    fn jurisdiction(&self, code: &str) -> Result<String> {
        let index = self.index.get(code).ok_or_else(|| format!("unknown jurisdiction `{code}`"))?;
        Ok(format!("Jurisdiction({index})"))
    }

    fn list(&mut self, codes: &[&str]) -> Result<String> {
        let items = codes.iter().map(|code| self.jurisdiction(code)).collect::<Result<_>>()?;
        self.lists.run(items)
    }

    fn write(&self, code: &mut String, packed: &mut Packed) -> Result<()> {
        writeln!(code, "static JURISDICTIONS: &[Row] = &[{}];", self.rows.join(",\n"))?;
        writeln!(code, "static REGULATORS: &[Regulator] = &[{}];", self.regulators.join(",\n"))?;
        writeln!(code, "static WORDS: &[Word] = &[")?;
        for (folded, (word, meaning)) in &self.words {
            let (folded, word) = (packed.text(folded), packed.text(word));
            writeln!(code, "Word {{ folded: {folded}, shown: {word}, meaning: {meaning} }},")?;
        }
        writeln!(code, "];")?;
        Ok(())
    }
}

/// The regions of all providers, in the order of the providers.
struct Regions {
    /// Key, variant, display name and zones.
    providers: Vec<(String, String, String, &'static str)>,
    preferred: usize,
    rows: Vec<String>,
    /// Folded name, rank of the name, index of the region.
    names: Vec<(String, u8, usize)>,
    run_codes: BTreeMap<String, usize>,
    pseudo: Vec<String>,
}

impl Regions {
    fn read(places: &mut Places, packed: &mut Packed) -> Result<Self> {
        let list = table("providers.toml")?;
        let preferred = texts(list.get("preferred"))?;
        let pseudo = texts(list.get("pseudo"))?.into_iter().map(spelling::region).collect();
        let mut regions = Regions {
            providers: Vec::new(),
            preferred: preferred.len(),
            rows: Vec::new(),
            names: Vec::new(),
            run_codes: BTreeMap::new(),
            pseudo,
        };
        for key in preferred.into_iter().chain(texts(list.get("others"))?) {
            regions
                .read_provider(key, places, packed)
                .map_err(|error| format!("regions/{key}.toml: {error}"))?;
        }
        regions.pseudo.sort();
        regions.names.sort();
        regions.names.dedup();
        Ok(regions)
    }

    fn read_provider(&mut self, key: &str, places: &mut Places, packed: &mut Packed) -> Result<()> {
        let provider = table(&format!("regions/{key}.toml"))?;
        let name = text(provider.get("name").ok_or("a provider has a name")?)?.to_owned();
        let zones = match provider.get("zones").map(text).transpose()? {
            None => "Zones::None",
            Some("letter") => "Zones::Letter",
            Some("dash-letter") => "Zones::DashLetter",
            Some("dash-number") => "Zones::DashNumber",
            Some(other) => return Err(format!("unknown zones `{other}`").into()),
        };
        let variant = variant(key);
        for (code, region) in inner(&provider, "regions")? {
            let region = region.as_table().ok_or("a region is a table")?;
            let place = text(region.get("place").ok_or("a region has a place")?)?;
            let within = places.list(&texts(region.get("in"))?)?;
            let index = self.rows.len();
            self.rows.push(format!(
                "RegionRow {{ provider: Provider::{variant}, code: {}, place: {}, within: {within} }}",
                packed.text(code),
                packed.text(place)
            ));
            self.names.push((spelling::region(code), 0, index));
            for (rank, field) in [(1, "also"), (2, "short")] {
                for name in texts(region.get(field))? {
                    self.names.push((spelling::region(name), rank, index));
                }
            }
            if let Some(run) = region.get("run") {
                self.run_codes.insert(text(run)?.to_owned(), index);
            }
        }
        self.providers.push((key.to_owned(), variant, name, zones));
        Ok(())
    }

    fn provider(&self, key: &str) -> Result<String> {
        let found = self.providers.iter().find(|(own, ..)| own == key);
        let (_, variant, ..) = found.ok_or_else(|| format!("unknown provider `{key}`"))?;
        Ok(format!("Provider::{variant}"))
    }

    fn write(&self, code: &mut String, packed: &mut Packed) -> Result<()> {
        writeln!(
            code,
            "/// A cloud with region codes of its own, in the order in which a bare code is read.\n\
             #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]\npub enum Provider {{"
        )?;
        for (_, variant, name, _) in &self.providers {
            writeln!(code, "/// `{name}`\n{variant},")?;
        }
        writeln!(code, "}}\nstatic PROVIDERS: &[(Provider, &str, &str, Zones)] = &[")?;
        for (key, variant, name, zones) in &self.providers {
            writeln!(code, "(Provider::{variant}, {key:?}, {name:?}, {zones}),")?;
        }
        writeln!(code, "];\nconst PREFERRED: usize = {};", self.preferred)?;
        writeln!(code, "static REGIONS: &[RegionRow] = &[{}];", self.rows.join(",\n"))?;
        writeln!(code, "static REGION_NAMES: &[Name] = &[")?;
        for (name, rank, index) in &self.names {
            let rank = ["Code", "Display", "Short"].get(usize::from(*rank)).ok_or("no such rank")?;
            let name = packed.text(name);
            writeln!(code, "Name {{ folded: {name}, rank: Rank::{rank}, region: {index} }},")?;
        }
        writeln!(code, "];\nstatic RUN_CODES: &[(&str, u16)] = &[")?;
        for (run, index) in &self.run_codes {
            writeln!(code, "({run:?}, {index}),")?;
        }
        writeln!(code, "];\nstatic PSEUDO: &[&str] = &{:?};", self.pseudo)?;
        Ok(())
    }
}

/// `digital-ocean` is `DigitalOcean`.
fn variant(key: &str) -> String {
    key.split('-')
        .flat_map(|part| {
            let mut letters = part.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect()
}

fn write_hosts(
    endpoints: &Table,
    places: &mut Places,
    regions: &Regions,
    code: &mut String,
    packed: &mut Packed,
) -> Result<()> {
    let mut hosts = BTreeMap::new();
    let (mut providers, mut ways, mut words) = (Pool::default(), Pool::default(), Pool::default());
    let services = endpoints.get("service").and_then(Value::as_array).ok_or("no services")?;
    for service in services {
        let service = service.as_table().ok_or("a service is a table")?;
        let provider = text(service.get("provider").ok_or("a service has a provider")?)?;
        let names = service
            .get("regions")
            .map(text)
            .transpose()?
            .unwrap_or_default()
            .split_whitespace()
            .map(|key| regions.provider(key))
            .collect::<Result<_>>()?;
        let names = providers.run(names)?;
        for (host, says) in inner(service, "hosts")? {
            let find = steps(says, places, &mut words, packed)
                .map_err(|error| format!("endpoints.toml, {host}: {error}"))?;
            let row = format!(
                "Host {{ suffix: {}, provider: {}, regions: {names}, find: {} }}",
                packed.text(host),
                packed.text(provider),
                ways.run(find)?
            );
            if hosts.insert(host.clone(), row).is_some() {
                return Err(format!("endpoints.toml: {host} stands twice").into());
            }
        }
    }
    // Searched by bytes, so sorted by bytes: a BTreeMap of strings does so.
    let rows: Vec<_> = hosts.into_values().collect();
    writeln!(code, "static HOSTS: &[Host] = &[{}];", rows.join(",\n"))?;
    providers.write(code, "HOST_PROVIDERS", "Provider")?;
    ways.write(code, "STEPS", "Step")?;
    words.write(code, "HOST_WORDS", "(Text, Jurisdiction)")?;
    Ok(())
}

/// The steps by which a host's place is found.
fn steps(says: &Value, places: &mut Places, words_of: &mut Pool, packed: &mut Packed) -> Result<Vec<String>> {
    let Value::Table(says) = says else { return simple_steps(text(says)?, places) };
    let mut steps = Vec::new();
    for (key, step) in [("label", "Step::LabelWord"), ("inside", "Step::InsideWord")] {
        let Some(words) = says.get(key) else { continue };
        let words = words.as_table().ok_or("words are a table")?;
        // The longest first, so that `eu-nbg` goes before `eu`.
        let mut pairs: Vec<_> = words.iter().collect();
        pairs.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let pairs = pairs
            .into_iter()
            .map(|(word, place)| {
                Ok(format!("({}, {})", packed.text(word), places.jurisdiction(text(place)?)?))
            })
            .collect::<Result<_>>()?;
        steps.push(format!("{step}({})", words_of.run(pairs)?));
    }
    steps.extend(simple_steps(text(says.get("otherwise").ok_or("no `otherwise`")?)?, places)?);
    Ok(steps)
}

fn simple_steps(says: &str, places: &mut Places) -> Result<Vec<String>> {
    says.split(", ")
        .map(|step| {
            Ok(match step {
                "label" => "Step::Label".to_owned(),
                "prefix" => "Step::Prefix".to_owned(),
                "suffix" => "Step::Suffix".to_owned(),
                "code" => "Step::Code".to_owned(),
                "path" => "Step::Path".to_owned(),
                "default" => format!("Step::Default({})", places.list(&[])?),
                "public" => "Step::Public".to_owned(),
                _ => match step.strip_prefix("default ") {
                    Some(place) => format!("Step::Default({})", places.list(&[place])?),
                    None => format!("Step::Fixed({})", places.list(&[step])?),
                },
            })
        })
        .collect()
}
