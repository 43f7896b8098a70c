//! What a project declares of jurisdictions, by the folders in which it does.

use rustc_hash::FxHashMap;

use super::super::Context;
use crate::data::jurisdictions::{Declared, Jurisdiction, Set};
use crate::facts::{Declaration, Declares};
use crate::source::SourceId;
use crate::value::key::Key;

/// How many declarations of one kind and folder are compared with others.
const MOST_TOGETHER: usize = 100;

/// All declarations of a project.
pub(in super::super) struct Declarations<'p, 's> {
    context: Context<'p, 's>,
    /// Of each folder what is declared in it, in the order of the facts.
    within: FxHashMap<(Declares, &'s str), Vec<&'p Declaration<'s>>>,
    /// Of each folder what is declared in it and below it.
    below: FxHashMap<(Declares, &'s str), List>,
}

/// What declarations name.
#[derive(Default)]
pub(in super::super) struct List {
    pub(in super::super) places: Set,
    /// Whether one of them is a place in which data may lie, and not only a regulator's territory.
    pub(in super::super) hosting: bool,
}

impl<'p, 's> Declarations<'p, 's> {
    pub(in super::super) fn new(context: &Context<'p, 's>) -> Self {
        let mut within: FxHashMap<_, Vec<_>> = FxHashMap::default();
        let mut named: FxHashMap<(Declares, &'s str), Vec<Declared>> = FxHashMap::default();
        for declaration in &context.project.facts.declarations {
            let Some(&declares) = declaration.declares.value() else { continue };
            let path = context.sources.file(declaration.head.anchor.file).path();
            let list = within.entry((declares, folder(path))).or_default();
            if list.len() < MOST_TOGETHER {
                list.push(declaration);
            }
            // Who regulates a service says nothing of where it works.
            let of_regulator = declaration
                .key
                .value()
                .is_some_and(|key| Key::new(key).has_any(&["regulator", "regulators"]));
            let mut own: Vec<Declared> = declaration.named.iter().map(|(declared, _)| *declared).collect();
            own.sort_unstable_by_key(|one| place(*one));
            own.dedup();
            if !own.is_empty() && !of_regulator {
                for folder in folders(path) {
                    named.entry((declares, folder)).or_default().extend(&own);
                }
            }
        }
        let below = named.into_iter().map(|(key, named)| {
            let hosting = named.iter().any(|declared| matches!(declared, Declared::Place(_)));
            (key, List { hosting, places: named.into_iter().map(place).collect() })
        });
        Declarations { within, below: below.collect(), context: *context }
    }

    fn folder(&self, file: SourceId) -> &'s str {
        folder(self.context.sources.file(file).path())
    }

    /// What the declarations of a kind name that are nearest to a file: those that share the most folders
    /// with it.
    pub(in super::super) fn nearest(&self, file: SourceId, declares: Declares) -> Option<&List> {
        if self.below.is_empty() {
            return None;
        }
        folders(self.context.sources.file(file).path()).find_map(|folder| self.below.get(&(declares, folder)))
    }

    /// The declarations of a kind that speak of the same deployment as a file: those of its folder.
    pub(in super::super) fn beside(
        &self,
        declares: Declares,
        file: SourceId,
    ) -> impl Iterator<Item = &'p Declaration<'s>> {
        self.within.get(&(declares, self.folder(file))).into_iter().flatten().copied()
    }

    /// The declarations of a kind in the folder of a file and in those above it.
    pub(in super::super) fn above(
        &self,
        declares: Declares,
        file: SourceId,
    ) -> impl Iterator<Item = &'p Declaration<'s>> {
        let folders = folders(self.context.sources.file(file).path());
        folders.filter_map(move |folder| self.within.get(&(declares, folder))).flatten().copied()
    }
}

/// The country of a regulator's territory: hosting can't be asked to stay in a part of a country in which
/// no cloud has a region.
pub(in super::super) fn place(declared: Declared) -> Jurisdiction {
    match declared {
        Declared::Place(place) => place,
        Declared::Regulator(regulator) => regulator.territory.country().unwrap_or(regulator.territory),
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder of a path and all above it, the nearest first, down to the root of the run.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder(path)), |below| (!below.is_empty()).then(|| folder(below)))
}

#[cfg(test)]
mod tests {
    use super::folders;

    #[test]
    fn folders_lead_up_to_the_root() {
        assert_eq!(folders("a/b/.env").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders("/a/.env").collect::<Vec<_>>(), ["/a", ""]);
        assert_eq!(folders(".env").collect::<Vec<_>>(), [""]);
    }
}
