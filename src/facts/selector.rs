//! What labels a Kubernetes object asks of the pods that it means.
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>

/// A selector: all of its terms must hold, and one without terms selects everything.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Selector<'s> {
    /// What it asks for.
    pub terms: Vec<Term<'s>>,
    /// Whether it may ask for more than can be seen, or in a way that isn't known.
    pub open: bool,
}

/// What a selector asks of one label.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Term<'s> {
    /// The label's key.
    pub key: &'s str,
    /// What must hold of it.
    pub asks: Asks<'s>,
}

/// What a term asks of a label.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Asks<'s> {
    /// One of these values.
    In(Vec<&'s str>),
    /// None of these values; a missing label has none.
    NotIn(Vec<&'s str>),
    /// Any value.
    Exists,
    /// No such label.
    Absent,
}

/// What is known of one label of a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Label<'s> {
    /// Its value.
    Is(&'s str),
    /// The pod doesn't have it.
    Absent,
    /// It may have any value, or none.
    Unknown,
}

impl<'s> Selector<'s> {
    /// A selector that asks for exactly these labels.
    #[must_use]
    pub fn of_labels(labels: Vec<(&'s str, &'s str)>) -> Self {
        let term = |(key, value)| Term { key, asks: Asks::In(vec![value]) };
        Selector { terms: labels.into_iter().map(term).collect(), open: false }
    }

    /// How many comparisons it takes at most to tell whether it selects a pod.
    #[must_use]
    pub fn cost(&self) -> usize {
        let values = self.terms.iter().map(|term| match &term.asks {
            Asks::In(values) | Asks::NotIn(values) => values.len(),
            Asks::Exists | Asks::Absent => 0,
        });
        1 + self.terms.len() + values.sum::<usize>()
    }

    /// Whether it may select a pod with these labels: not, only where a term certainly fails.
    pub fn may_select(&self, label: impl Fn(&'s str) -> Label<'s>) -> bool {
        self.terms.iter().all(|term| match (label(term.key), &term.asks) {
            (Label::Unknown, _)
            | (Label::Is(_), Asks::Exists)
            | (Label::Absent, Asks::Absent | Asks::NotIn(_)) => true,
            (Label::Is(value), Asks::In(values)) => values.contains(&value),
            (Label::Is(value), Asks::NotIn(values)) => !values.contains(&value),
            (Label::Is(_), Asks::Absent) | (Label::Absent, Asks::In(_) | Asks::Exists) => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(value: &str) -> impl Fn(&'static str) -> Label<'static> {
        let value: &'static str = match value {
            "api" => "api",
            _ => "db",
        };
        move |key| if key == "app" { Label::Is(value) } else { Label::Absent }
    }

    fn one(key: &'static str, asks: Asks<'static>) -> Selector<'static> {
        Selector { terms: vec![Term { key, asks }], open: false }
    }

    #[test]
    fn an_empty_selector_selects_everything() {
        assert!(Selector::default().may_select(|_| Label::Absent));
    }

    #[test]
    fn every_term_must_hold() {
        assert!(Selector::of_labels(vec![("app", "api")]).may_select(app("api")));
        assert!(!Selector::of_labels(vec![("app", "api"), ("tier", "web")]).may_select(app("api")));
        assert!(!Selector::of_labels(vec![("app", "api")]).may_select(app("db")));
    }

    #[test]
    fn operators_mean_what_the_api_server_means() {
        let both = || vec!["api", "db"];
        assert!(one("app", Asks::In(both())).may_select(app("db")));
        assert!(!one("app", Asks::NotIn(both())).may_select(app("db")));
        assert!(one("tier", Asks::NotIn(both())).may_select(app("db")));
        assert!(one("app", Asks::Exists).may_select(app("db")));
        assert!(!one("tier", Asks::Exists).may_select(app("db")));
        assert!(one("tier", Asks::Absent).may_select(app("db")));
        assert!(!one("app", Asks::Absent).may_select(app("db")));
    }

    #[test]
    fn a_label_that_is_not_known_rules_nothing_out() {
        for asks in [Asks::In(vec!["x"]), Asks::NotIn(vec!["x"]), Asks::Exists, Asks::Absent] {
            assert!(one("app", asks).may_select(|_| Label::Unknown));
        }
    }
}
