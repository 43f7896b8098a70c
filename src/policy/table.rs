//! Reading TOML with all that is wrong in it, each thing with its place.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{PolicyError, nearest};

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Errors(Vec<PolicyError>);

impl Errors {
    /// Takes in an error.
    pub(super) fn push(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.0.push(PolicyError { span, message: message.into(), help });
    }

    /// An unknown word, with the known ones as help.
    pub(super) fn unknown(&mut self, span: Range<usize>, what: &str, name: &str, known: &[&str]) {
        let help = match nearest(name, known.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.push(span, format!("unknown {what} `{name}`"), Some(help));
    }

    /// All errors, in the order of the file.
    pub(super) fn sorted(mut self) -> Vec<PolicyError> {
        self.0.sort_by_key(|error| (error.span.start, error.span.end));
        self.0
    }

    fn wanted(&mut self, value: &Value<'_>, wanted: &str, help: &str) {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let message = format!("{wanted} is wanted here, not {article} {found}");
        self.push(value.span(), message, (!help.is_empty()).then(|| help.to_owned()));
    }

    /// A table.
    pub(super) fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wanted(value, "a table", "");
        }
        table
    }

    /// The tables of an array of tables, each with its place.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        header: &str,
    ) -> Vec<(Range<usize>, &'v DeTable<'i>)> {
        let Some(items) = value.get_ref().as_array() else {
            self.wanted(value, "an array of tables", &format!("write [[{header}]]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| Some((item.span(), self.table(item)?))).collect()
    }

    /// A string.
    pub(super) fn string<'v>(&mut self, value: &'v Value<'_>, help: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wanted(value, "a string", help);
        }
        text
    }

    /// Strings.
    pub(super) fn strings<'v>(&mut self, value: &'v Value<'_>) -> Vec<(Range<usize>, &'v str)> {
        let Some(items) = value.get_ref().as_array() else {
            self.wanted(value, "a list of strings", "");
            return Vec::new();
        };
        items.iter().filter_map(|item| Some((item.span(), self.string(item, "")?))).collect()
    }

    /// Yes or no.
    pub(super) fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.wanted(value, "true or false", "");
        }
        truth
    }

    /// A day.
    pub(super) fn date(&mut self, value: &Value<'_>) -> Option<Date> {
        let day = value.get_ref().as_datetime().filter(|stated| stated.time.is_none());
        let Some(day) = day.and_then(|stated| stated.date) else {
            self.wanted(value, "a date", "write the day without quotes and time: 2027-03-31");
            return None;
        };
        let parts = (i16::try_from(day.year), i8::try_from(day.month), i8::try_from(day.day));
        let (Ok(year), Ok(month), Ok(day)) = parts else { return None };
        let date = Date::new(year, month, day).ok();
        if date.is_none() {
            self.push(value.span(), "there is no such day", None);
        }
        date
    }
}

/// The value of a key.
pub(super) fn get<'v, 'i>(table: &'v DeTable<'i>, key: &str) -> Option<&'v Value<'i>> {
    table.get(key)
}
