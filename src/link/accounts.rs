//! Service accounts: a pod that doesn't say whether its token is mounted leaves that to its account.

use crate::facts::links::{Account, AccountUse};
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
    let mut declined = vec![(0_usize, 0_usize); accounts.len()];
    for reading in &mut *readings {
        let folder = super::objects::folder(reading.path);
        let uses = std::mem::take(&mut reading.links.account_uses);
        for one in &uses {
            let nearest = accounts
                .iter()
                .enumerate()
                .filter(|(_, (_, account))| is_of(one, account))
                .max_by_key(|(_, (of, _))| super::objects::nearness(folder, of));
            let Some((index, (_, account))) = nearest else { continue };
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

fn is_of(one: &AccountUse<'_>, account: &Account<'_>) -> bool {
    let same_place = match (one.namespace, account.namespace) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    one.name == account.name && same_place
}
