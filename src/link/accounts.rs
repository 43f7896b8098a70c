//! Service accounts: a pod that doesn't say whether its token is mounted leaves that to its account.

use super::objects::Index;
use crate::facts::links::Account;
use crate::facts::{Field, Head, Position, Protects, Switch};
use crate::formats::Reading;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let accounts: Vec<(String, Account<'_>)> = readings
        .iter()
        .flat_map(|reading| {
            let folder = super::objects::folder(reading.path);
            reading.links.accounts.iter().map(move |account| (folder.to_owned(), account.clone()))
        })
        .collect();
    if accounts.is_empty() {
        return;
    }
    let mut index = Index::default();
    let mut first = 0;
    for (at, reading) in readings.iter().enumerate() {
        for (number, account) in reading.links.accounts.iter().enumerate() {
            index.add("ServiceAccount", account.name, account.namespace, reading.path, (at, first + number));
        }
        first += reading.links.accounts.len();
    }
    let mut declined = vec![(0_usize, 0_usize); accounts.len()];
    for reading in &mut *readings {
        let folder = super::objects::folder(reading.path);
        let uses = std::mem::take(&mut reading.links.account_uses);
        for one in &uses {
            let nearest = index.find("ServiceAccount", one.name, one.namespace, folder);
            let Some((_, index)) = nearest else { continue };
            let Some((_, account)) = accounts.get(index) else { continue };
            if let Some((users, declining)) = declined.get_mut(index) {
                *users += 1;
                *declining += usize::from(one.declines);
            }
            if let Some(container) = reading.facts.containers.get_mut(one.container)
                && container.token.is_unstated()
                && account.token.value() != Some(&true)
            {
                // That the account declines is said there; the pod only follows.
                container.token = match account.token {
                    Field::Set(_) => Field::Default(false),
                    _ => Field::Unknown,
                };
            }
        }
    }
    for ((_, account), (users, declining)) in accounts.iter().zip(declined) {
        let every_pod_declines = users > 0 && users == declining;
        let mounts = account.token.value() == Some(&true);
        if account.name == "default" && mounts && !every_pod_declines {
            let place = account.token.span().unwrap_or(account.span);
            let owner = readings.iter_mut().find(|reading| reading.file == place.file);
            if let Some(reading) = owner {
                reading.facts.switches.push(Switch {
                    head: Head::new(place, account.subject),
                    protects: Field::set(Protects::AccountToken, place, ""),
                    position: Field::set(Position::Off, place, ""),
                    key: Field::set("automountServiceAccountToken", place, ""),
                });
            }
        }
    }
}
