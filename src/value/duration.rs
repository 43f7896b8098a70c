//! Lengths of time, however they are written, comparable with each other.

use std::fmt;

use super::key::Key;

/// A length of time. A year is 365 days and a month a twelfth of it, so 7 years, 84 months, `P7Y` and 2555
/// days are equal; for ever is longer than any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Duration {
    /// So many milliseconds; the longest one stands for all that are longer.
    Finite(u64),
    /// Without end.
    Forever,
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// A thousandth of a microsecond.
    Nanosecond,
    /// A thousandth of a millisecond.
    Microsecond,
    /// A thousandth of a second.
    Millisecond,
    /// 1,000 milliseconds.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of a year: 730 hours.
    Month,
    /// A quarter of a year.
    Quarter,
    /// 365 days.
    Year,
}

const MILLISECONDS_A_DAY: u64 = 24 * 60 * 60 * 1000;

const WORDS_FOR_EVER: &[&str] = &[
    "forever",
    "never",
    "unlimited",
    "infinite",
    "infinity",
    "indefinite",
    "indefinitely",
    "permanent",
    "always",
    "inf",
    "-1",
];

impl Duration {
    /// A length of so many days.
    #[must_use]
    pub fn from_days(days: u64) -> Duration {
        Duration::Finite(days.saturating_mul(MILLISECONDS_A_DAY))
    }

    /// The length in days; infinite for ever.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown to people, never compared")]
    pub fn days(self) -> f64 {
        match self {
            Duration::Finite(milliseconds) => milliseconds as f64 / MILLISECONDS_A_DAY as f64,
            Duration::Forever => f64::INFINITY,
        }
    }

    /// Whether the length is zero. What that means ("for ever", "keep nothing") depends on the setting.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Duration::Finite(0)
    }
}

impl fmt::Display for Duration {
    /// The length in the largest unit that needs no fraction: `7 years`, `30 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Duration::Finite(milliseconds) = *self else { return f.write_str("for ever") };
        let units = [
            (Unit::Year, "year"),
            (Unit::Month, "month"),
            (Unit::Day, "day"),
            (Unit::Hour, "hour"),
            (Unit::Minute, "minute"),
            (Unit::Second, "second"),
        ];
        let whole = units.into_iter().find_map(|(unit, name)| {
            let one = unit.milliseconds();
            (milliseconds > 0 && milliseconds.is_multiple_of(one)).then_some((milliseconds / one, name))
        });
        match whole {
            Some((1, name)) => write!(f, "1 {name}"),
            Some((count, name)) => write!(f, "{count} {name}s"),
            None if milliseconds == 0 => f.write_str("0 days"),
            None => write!(f, "{milliseconds} ms"),
        }
    }
}

impl Unit {
    /// The unit that a name says: `_DAYS`, `Months`, `_HRS`, `_MS`. The last one counts.
    #[must_use]
    pub fn from_key(key: &Key<'_>) -> Option<Unit> {
        // A single letter or `min` in a name says too little: MIN_AGE is no number of minutes.
        let vague = |word: &str| {
            word.len() < 2 || word.eq_ignore_ascii_case("min") || word.eq_ignore_ascii_case("mon")
        };
        key.words().iter().rev().filter(|word| !vague(word)).find_map(|word| Unit::from_word(word))
    }

    /// The unit of a word or sign, as it follows a number: `d`, `days`, `M` (months), `m` (minutes).
    fn from_word(word: &str) -> Option<Unit> {
        // nginx and its kin tell months from minutes by case.
        if word == "M" {
            return Some(Unit::Month);
        }
        let lower = word.to_ascii_lowercase();
        Some(match lower.as_str() {
            "ns" | "nanos" | "nanosecond" | "nanoseconds" => Unit::Nanosecond,
            "us" | "µs" | "μs" | "micros" | "microsecond" | "microseconds" => Unit::Microsecond,
            "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => Unit::Millisecond,
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
            "d" | "day" | "days" => Unit::Day,
            "w" | "wk" | "wks" | "week" | "weeks" => Unit::Week,
            "mo" | "mos" | "mon" | "mth" | "mths" | "month" | "months" => Unit::Month,
            "q" | "quarter" | "quarters" => Unit::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
            _ => return None,
        })
    }

    /// The length of one, in milliseconds; zero for shorter ones.
    fn milliseconds(self) -> u64 {
        u64::try_from(self.nanoseconds() / 1_000_000).unwrap_or(u64::MAX)
    }

    fn nanoseconds(self) -> u128 {
        let milliseconds = |count: u64| u128::from(count) * 1_000_000;
        match self {
            Unit::Nanosecond => 1,
            Unit::Microsecond => 1000,
            Unit::Millisecond => milliseconds(1),
            Unit::Second => milliseconds(1000),
            Unit::Minute => milliseconds(60 * 1000),
            Unit::Hour => milliseconds(60 * 60 * 1000),
            Unit::Day => milliseconds(MILLISECONDS_A_DAY),
            Unit::Week => milliseconds(7 * MILLISECONDS_A_DAY),
            Unit::Month => milliseconds(365 * MILLISECONDS_A_DAY / 12),
            Unit::Quarter => milliseconds(365 * MILLISECONDS_A_DAY / 4),
            Unit::Year => milliseconds(365 * MILLISECONDS_A_DAY),
        }
    }
}

/// Reads a length of time: numbers with units (`90d`, `7 years`, `1y6mo`, `720h0m0s`, `2,555 days`),
/// ISO 8601 (`P7Y`, `PT48H`), and words for "without end" (`forever`, `-1`). A bare number takes the unit
/// that the setting's name says. Nothing where the text says no length, or no unit is known.
#[must_use]
pub fn parse(value: &str, unit_from_key: Option<Unit>) -> Option<Duration> {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    if WORDS_FOR_EVER.iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return Some(Duration::Forever);
    }
    let nanoseconds = match value.strip_prefix(['P', 'p']) {
        Some(period) => iso8601(period)?,
        None => with_units(value, unit_from_key)?,
    };
    Some(Duration::Finite(u64::try_from(nanoseconds / 1_000_000).unwrap_or(u64::MAX)))
}

fn with_units(value: &str, unit_from_key: Option<Unit>) -> Option<u128> {
    let mut total: u128 = 0;
    let mut rest = value;
    loop {
        let (number, after) = Number::take(rest)?;
        let after = after.trim_start();
        // `90-days`
        let after =
            after.strip_prefix('-').filter(|word| word.starts_with(char::is_alphabetic)).unwrap_or(after);
        let length = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (word, next) = after.split_at_checked(length)?;
        let unit = match word {
            // Only a value that is nothing but a number takes its unit from elsewhere.
            "" if next.is_empty() && rest.len() == value.len() => unit_from_key?,
            word => Unit::from_word(word)?,
        };
        total = total.saturating_add(number.times(unit));
        rest = next.trim_start();
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// A period of ISO 8601 behind its `P`.
fn iso8601(period: &str) -> Option<u128> {
    let mut total: u128 = 0;
    let mut rest = period;
    let mut in_time = false;
    let mut empty = true;
    while !rest.is_empty() {
        if let (false, Some(time)) = (in_time, rest.strip_prefix(['T', 't'])) {
            in_time = true;
            rest = time;
            continue;
        }
        let (number, after) = Number::take(rest)?;
        let mut characters = after.chars();
        let unit = match (characters.next()?.to_ascii_uppercase(), in_time) {
            ('Y', false) => Unit::Year,
            ('M', false) => Unit::Month,
            ('W', false) => Unit::Week,
            ('D', false) => Unit::Day,
            ('H', true) => Unit::Hour,
            ('M', true) => Unit::Minute,
            ('S', true) => Unit::Second,
            _ => return None,
        };
        total = total.saturating_add(number.times(unit));
        rest = characters.as_str();
        empty = false;
    }
    (!empty).then_some(total)
}

/// A decimal number: `mantissa` / 10^`places`.
#[derive(Clone, Copy)]
struct Number {
    mantissa: u128,
    places: u32,
}

impl Number {
    /// The number at the start of a text, and what follows it. Digits may be grouped by `_`, or by `,` in
    /// threes.
    fn take(text: &str) -> Option<(Number, &str)> {
        let length = text.find(|c: char| !matches!(c, '0'..='9' | '_' | ',' | '.')).unwrap_or(text.len());
        let (written, rest) = text.split_at_checked(length)?;
        let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
        let mut groups = whole.split(',');
        let grouped =
            groups.next().is_some_and(|first| !first.is_empty()) && groups.all(|group| group.len() == 3);
        if !grouped || !whole.starts_with(|c: char| c.is_ascii_digit()) || fraction.contains(['.', ',']) {
            return None;
        }
        let mut number = Number { mantissa: 0, places: 0 };
        for digit in whole.chars().filter_map(|c| c.to_digit(10)) {
            number.mantissa = number.mantissa.saturating_mul(10).saturating_add(u128::from(digit));
        }
        // Nine places of a year are a few hundredths of a second: more would change nothing.
        for digit in fraction.chars().filter_map(|c| c.to_digit(10)).take(9) {
            number.mantissa = number.mantissa.saturating_mul(10).saturating_add(u128::from(digit));
            number.places += 1;
        }
        Some((number, rest))
    }

    /// Nanoseconds of so many units.
    fn times(self, unit: Unit) -> u128 {
        self.mantissa.saturating_mul(unit.nanoseconds()) / 10_u128.pow(self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn days(value: &str) -> Option<u64> {
        match parse(value, None)? {
            Duration::Finite(milliseconds) => Some(milliseconds / MILLISECONDS_A_DAY),
            Duration::Forever => None,
        }
    }

    #[test]
    fn seven_years_are_equal_however_written() {
        let seven = Duration::from_days(2555);
        for value in [
            "7y",
            "7 years",
            "84 months",
            "P7Y",
            "P84M",
            "2555d",
            "2,555 days",
            "61320h",
            "61320h0m0s",
            "365w",
            "'7y'",
            "84M",
            "7.0y",
            "220752000s",
            "2_555 d",
            "7Years",
            "28 quarters",
            "2555-days",
            "7_years",
        ] {
            assert_eq!(parse(value, None), Some(seven), "{value}");
        }
        for (number, unit) in [
            ("7", Unit::Year),
            ("84", Unit::Month),
            ("2555", Unit::Day),
            ("220752000000", Unit::Millisecond),
            ("\"2555\"", Unit::Day),
        ] {
            assert_eq!(parse(number, Some(unit)), Some(seven), "{number}");
        }
    }

    #[test]
    fn lengths_add_up() {
        assert_eq!(days("1y6mo"), Some(365 + 182));
        assert_eq!(days("P1Y6M"), Some(365 + 182));
        assert_eq!(days("30d12h"), Some(30));
        assert_eq!(days("PT48H"), Some(2));
        assert_eq!(days("2w"), Some(14));
        assert_eq!(parse("1 year and a bit", None), None);
        assert_eq!(parse("500ms", None), Some(Duration::Finite(500)));
        assert_eq!(parse("1.5h", None), Some(Duration::Finite(5_400_000)));
    }

    #[test]
    fn a_number_without_unit_is_unknown_and_its_own_unit_wins() {
        assert_eq!(parse("90", None), None);
        assert_eq!(parse("90d", Some(Unit::Year)), Some(Duration::from_days(90)));
        assert!(parse("0", Some(Unit::Day)).is_some_and(Duration::is_zero));
    }

    #[test]
    fn words_for_ever_are_longer_than_any_length() {
        for value in ["forever", "Never", "-1", "unlimited", "infinite"] {
            assert_eq!(parse(value, None), Some(Duration::Forever), "{value}");
        }
        assert!(Duration::Forever > Duration::from_days(u64::MAX));
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for value in
            ["", "d", "P", "PT", "-5d", "1,5 d", "${DAYS}", "7 parsecs", "1.2.3d", "d7", "P7", "30d 5"]
        {
            assert_eq!(parse(value, None), None, "{value}");
        }
    }

    #[test]
    fn a_name_says_its_unit() {
        let table = [
            ("AUDIT_RETENTION_DAYS", Some(Unit::Day)),
            ("auditLogRetentionYears", Some(Unit::Year)),
            ("KAFKA_LOG_RETENTION_MS", Some(Unit::Millisecond)),
            ("retention_in_days", Some(Unit::Day)),
            ("MaxRetentionSec", Some(Unit::Second)),
            ("KEEP_HRS", Some(Unit::Hour)),
            ("MIN_AGE", None),
            ("AUDIT_RETENTION", None),
        ];
        for (key, unit) in table {
            assert_eq!(Unit::from_key(&Key::new(key)), unit, "{key}");
        }
    }

    #[test]
    fn lengths_are_shown_in_the_largest_whole_unit() {
        assert_eq!(Duration::from_days(2555).to_string(), "7 years");
        assert_eq!(Duration::from_days(30).to_string(), "30 days");
        assert_eq!(Duration::from_days(1).to_string(), "1 day");
        assert_eq!(Duration::Finite(1500).to_string(), "1500 ms");
        assert_eq!(Duration::from_days(0).to_string(), "0 days");
        assert_eq!(Duration::Forever.to_string(), "for ever");
    }

    proptest! {
        #[test]
        fn no_text_overflows(value in "[0-9.,_PTymwdhs -]{0,60}") {
            let _ = parse(&value, Some(Unit::Year));
        }
    }
}
