//! `govlint rules`

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Error, Exit, Handles, load};
use crate::cli::ListFormat;
use crate::data::frameworks::{self, Framework};
use crate::rule::{self, Controls, Rule};

pub(super) fn run(
    format: ListFormat,
    framework: Option<&str>,
    handles: &mut Handles<'_>,
) -> Result<Exit, Error> {
    let mut rules = rule::built_in().iter().map(load).collect::<Result<Vec<_>, _>>()?;
    rules.sort_unstable_by_key(|rule| (rule.topic, rule.id));
    let framework = framework.and_then(frameworks::find).map(|found| (found, controls(found, &rules)));
    match (format, &framework) {
        (ListFormat::Text, None) => text(&rules, handles.out)?,
        (ListFormat::Text, Some((framework, controls))) => by_control(framework, controls, handles.out)?,
        (ListFormat::Json, None) => print(&rules.iter().map(entry).collect(), handles.out)?,
        (ListFormat::Json, Some((framework, controls))) => {
            print(&controls_entry(framework, controls), handles.out)?;
        }
    }
    Ok(Exit::Clean)
}

fn print(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn text(rules: &[Rule], out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.topic.len() + 1 + rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let name = format!("{}/{}", rule.topic, rule.id);
        writeln!(out, "{name:width$}  {:7}  {}", rule.level().name(), rule.title)?;
    }
    Ok(())
}

fn entry(rule: &Rule) -> Value {
    let controls = |controls: Controls| -> Map<String, Value> {
        controls.iter().map(|(framework, ids)| (framework.to_owned(), json!(ids))).collect()
    };
    json!({
        "id": rule.id,
        "topic": rule.topic,
        "level": rule.level().name(),
        "title": rule.title,
        "since": rule.since,
        "controls": controls(rule.controls),
        "related": controls(rule.related),
    })
}

/// How a rule serves a control.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    /// It checks what the control asks for.
    Direct,
    /// It helps to meet the control.
    Indirect,
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Relation::Direct => "direct",
            Relation::Indirect => "indirect",
        }
    }
}

/// A control's place among its siblings: `5.2.12` comes behind `5.2.2`.
type Order = Vec<(&'static str, u64)>;

/// The controls of a framework, each with the rules that serve it, those that check it first.
type Serving<'r> = BTreeMap<(Order, &'static str), Vec<(Relation, &'r Rule)>>;

fn controls<'r>(framework: &Framework, rules: &'r [Rule]) -> Serving<'r> {
    let mut controls = Serving::new();
    for rule in rules {
        for (relation, named) in [(Relation::Direct, rule.controls), (Relation::Indirect, rule.related)] {
            let ids = named.iter().filter(|(id, _)| *id == framework.id).flat_map(|(_, ids)| ids);
            for id in ids {
                controls.entry((order(id), id)).or_default().push((relation, rule));
            }
        }
    }
    for serving in controls.values_mut() {
        serving.sort_by_key(|(relation, _)| *relation);
    }
    controls
}

/// The numbers of an identifier, each behind its letters.
fn order(id: &'static str) -> Order {
    let mut order = Vec::new();
    let mut rest = id;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (letters, behind) = rest.split_at(at);
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let (number, behind) = behind.split_at(end);
        order.push((letters, number.parse().unwrap_or(u64::MAX)));
        rest = behind;
    }
    order
}

fn by_control(framework: &Framework, controls: &Serving<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}, {}", framework.name, framework.version)?;
    writeln!(out, "Guidance on which rules bear on which controls; it is no audit and no legal advice.")?;
    for ((_, control), serving) in controls {
        writeln!(out, "\n{control}")?;
        for (relation, rule) in serving {
            writeln!(out, "  {:8}  {}/{}  {}", relation.name(), rule.topic, rule.id, rule.title)?;
        }
    }
    Ok(())
}

fn controls_entry(framework: &Framework, controls: &Serving<'_>) -> Value {
    let rule = |(relation, rule): &(Relation, &Rule)| json!({ "id": rule.id, "relation": relation.name() });
    let mut list = Vec::new();
    for ((_, id), serving) in controls {
        list.push(json!({ "id": id, "rules": serving.iter().map(rule).collect::<Vec<_>>() }));
    }
    json!({
        "framework": framework.id,
        "name": framework.name,
        "version": framework.version,
        "controls": list,
    })
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn controls_are_sorted_as_people_count() {
        let mut ids = ["5.2.12", "5.2.2", "AC-6(10)", "AC-6(2)", "5.10", "AU-2", "5.2"];
        ids.sort_by_key(|id| order(id));
        assert_eq!(ids, ["5.2", "5.2.2", "5.2.12", "5.10", "AC-6(2)", "AC-6(10)", "AU-2"]);
    }
}
