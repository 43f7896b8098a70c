//! Service accounts: a pod that doesn't say whether a token is mounted leaves that to its account.

use super::objects::Index;
use crate::facts::links::Account;
use crate::facts::{Field, Head, Position, Protects, Switch, Use};
use crate::formats::Reading;
use crate::source::Span;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let mut index = Index::default();
    let mut accounts: Vec<Found<'_>> = Vec::new();
    for (at, reading) in readings.iter().enumerate() {
        for account in &reading.links.accounts {
            let Some(name) = account.name else { continue };
            let place = (at, accounts.len());
            index.add("ServiceAccount", name, account.namespace, reading.path, place);
            accounts.push(Found { file: at, account: account.clone(), users: 0, declining: 0 });
        }
    }
    for reading in &mut *readings {
        let folder = super::objects::folder(reading.path);
        for one in &reading.links.account_uses {
            let Some(name) = one.name else {
                // Whatever its account says, a pod that asks for the token gets it.
                reading.facts.switches.extend(mounted(one, None));
                continue;
            };
            let nearest = index.find("ServiceAccount", name, one.namespace, folder);
            let found = nearest.and_then(|(_, at)| accounts.get_mut(at));
            let account = found.map(|found| {
                found.users += 1;
                found.declining += usize::from(one.token.value() == Some(&false));
                &found.account
            });
            let absent = Field::Default(true);
            reading.facts.switches.extend(mounted(one, Some(account.map_or(&absent, |one| &one.token))));
        }
    }
    for found in accounts.iter().filter(|found| found.gives_token_away()) {
        let place = found.account.token.span().unwrap_or(found.account.span);
        if let Some(reading) = readings.get_mut(found.file) {
            reading.facts.switches.push(switch(Head::new(place, found.account.subject), place));
        }
    }
}

/// A service account with the pods that run under it.
struct Found<'s> {
    /// The index of its file.
    file: usize,
    account: Account<'s>,
    users: usize,
    declining: usize,
}

impl Found<'_> {
    /// The account that every pod gets which asks for none, unless every one here declines.
    fn gives_token_away(&self) -> bool {
        let every_pod_declines = self.users > 0 && self.users == self.declining;
        self.account.name == Some("default")
            && self.account.token.value() == Some(&true)
            && !every_pod_declines
    }
}

/// What is said of a pod whose token is mounted: it says so itself, or says nothing under an account that
/// doesn't decline.
fn mounted<'s>(pod: &Account<'s>, account: Option<&Field<bool>>) -> Option<Switch<'s>> {
    let mut head = Head::new(pod.span, pod.subject);
    match &pod.token {
        Field::Set(stated) => stated.value.then(|| switch(head, stated.span)),
        Field::Unset => {
            let token = account.filter(|token| token.value() == Some(&true))?;
            if let Field::Set(stated) = token {
                head.used(Use { span: stated.span, note: "its service account says so" });
            }
            Some(switch(head, pod.span))
        }
        _ => None,
    }
}

fn switch(head: Head<'_>, place: Span) -> Switch<'_> {
    Switch {
        head: Head { anchor: place, ..head },
        protects: Field::set(Protects::AccountToken, place, ""),
        position: Field::set(Position::Off, place, ""),
        key: Field::set("automountServiceAccountToken", place, ""),
    }
}
