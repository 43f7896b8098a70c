//! `govlint rules`

use std::io::Write;

use serde_json::{Map, Value, json};

use super::{Error, Exit, Handles, load};
use crate::cli::ListFormat;
use crate::rule::{self, Rule};

pub(super) fn run(format: ListFormat, handles: &mut Handles<'_>) -> Result<Exit, Error> {
    let mut rules = rule::built_in().iter().map(load).collect::<Result<Vec<_>, _>>()?;
    rules.sort_unstable_by_key(|rule| (rule.topic, rule.id));
    match format {
        ListFormat::Text => text(&rules, handles.out)?,
        ListFormat::Json => {
            let list: Vec<Value> = rules.iter().map(entry).collect();
            serde_json::to_writer_pretty(&mut *handles.out, &list).map_err(std::io::Error::from)?;
            writeln!(handles.out)?;
        }
    }
    Ok(Exit::Clean)
}

fn text(rules: &[Rule], out: &mut dyn Write) -> std::io::Result<()> {
    let width = rules.iter().map(|rule| rule.topic.len() + 1 + rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let name = format!("{}/{}", rule.topic, rule.id);
        writeln!(out, "{name:width$}  {:7}  {}", rule.level().name(), rule.title)?;
    }
    Ok(())
}

fn entry(rule: &Rule) -> Value {
    let controls = |controls: &[(&'static str, Vec<&'static str>)]| -> Map<String, Value> {
        controls.iter().map(|(framework, ids)| ((*framework).to_owned(), json!(ids))).collect()
    };
    json!({
        "id": rule.id,
        "topic": rule.topic,
        "level": rule.level().name(),
        "title": rule.title,
        "since": rule.since,
        "controls": controls(&rule.controls),
        "related": controls(&rule.related),
    })
}
