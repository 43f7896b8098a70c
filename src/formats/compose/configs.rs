//! Files that a Compose file holds or names as configs and secrets.
//! <https://docs.docker.com/reference/compose-file/configs/>

use std::cell::LazyCell;

use rustc_hash::FxHashMap;

use super::file::{File, Tree, extent};
use super::interpolate::{Environment, Value};
use crate::facts::links::{FileRole, FileUse};
use crate::facts::{Scope, Store};
use crate::formats::settings::Draft;
use crate::formats::{Reader, Reading, kubernetes, resolve};
use crate::source::Sources;
use crate::syntax::yaml::{Kind, Node};

/// Reads the contents of configs that stand in the file, as the files that they are.
pub(super) fn read<'s>(reader: &mut Reader<'s>, file: &File<'s>) {
    let sources = reader.sources;
    let environment = Environment { files: Vec::new(), sources };
    let tree = Tree::new(file);
    let roots: Vec<Node<'_, 's>> = tree.roots().collect();
    let targets = LazyCell::new(|| targets(&tree));
    for config in roots.iter().filter_map(|root| root.get("configs")).flat_map(Node::entries) {
        let Some(content) = config.value.get("content").filter(|node| node.kind() == Kind::Scalar) else {
            continue;
        };
        let Some(value) = environment.scalar(content) else { continue };
        let name = targets.get(config.key).copied().unwrap_or(config.key);
        if kubernetes::embed_file(name, &value.text, Store::Setting, reader) {
            continue;
        }
        let draft = Draft {
            key: config.key,
            key_span: config.key_span,
            text: value.text,
            store: Store::Setting,
            scope: Scope(extent(&config)),
            subject: sources.keep(format!("config {}", config.key).into()),
            image: None,
            uses: Vec::new(),
        };
        let mut setting = draft.setting();
        if content.is_unknown() {
            setting.value = crate::facts::Field::Unknown;
        }
        reader.reading.facts.settings.push(setting);
    }
}

/// The path at which the first service that says one sees each config, which says of what kind it is.
fn targets<'s>(tree: &Tree<'_, 's>) -> FxHashMap<&'s str, &'s str> {
    let layers = tree.services.iter().flat_map(|(_, layers)| layers);
    let uses = layers.filter_map(|layer| layer.node.get("configs")).flat_map(Node::items);
    let mut targets = FxHashMap::default();
    for node in uses {
        let text = |key| node.get(key).and_then(Node::as_str);
        if let Some((config, target)) = text("source").zip(text("target")) {
            targets.entry(config).or_insert(target);
        }
    }
    targets
}

/// States the files that configs and secrets name. Those of secrets are rightly kept out of version control.
pub(super) fn references<'s>(
    tree: &Tree<'_, 's>,
    environment: &Environment<'_, 's>,
    reading: &mut Reading<'s>,
    sources: &'s Sources,
) {
    for (kind, subject, role) in
        [("configs", "config", FileRole::Content), ("secrets", "secret", FileRole::Secret)]
    {
        for entry in tree.roots().filter_map(|root| root.get(kind)).flat_map(Node::entries) {
            let file = entry.value.get("file").and_then(|file| environment.scalar(file));
            let Some((file, path)) = file.as_ref().and_then(|file| Some((file, local(file)?))) else {
                continue;
            };
            let subject = sources.keep(format!("{subject} {}", entry.key).into());
            let path = resolve(tree.file.base, path);
            reading.links.files.push(FileUse {
                path,
                source: file.as_str(),
                span: file.place,
                subject,
                role,
            });
        }
    }
}

/// A path of the project itself.
fn local<'s>(file: &Value<'s>) -> Option<&'s str> {
    file.known()
        .filter(|path| !path.is_empty() && !path.starts_with(['/', '~']) && !path.contains(['$', '\\']))
}

#[cfg(test)]
mod tests {
    use crate::facts::links::FileRole;
    use crate::formats::compose::tests::{at, one, settings};
    use crate::source::Sources;

    #[test]
    fn an_inline_config_is_read_as_the_file_that_it_is() {
        let sources = Sources::default();
        let text = "services:\n  a:\n    image: nginx:1\n    configs:\n      - {source: site, target: /etc/nginx/conf.d/a.conf}\n      - env\nconfigs:\n  site:\n    content: |\n      server {\n        listen 80;\n        root /srv/$$host;\n      }\n  env:\n    content: |\n      A=1\n      B=${B:-two}\n  word:\n    content: hello\n";
        let reading = one(&sources, text);
        assert_eq!(reading.facts.listeners.len(), 1);
        assert_eq!(at(&sources, reading.facts.listeners[0].head.anchor).1, "80");
        let all = settings(&reading.facts);
        for (key, value) in [("A", "1"), ("B", "two"), ("word", "hello")] {
            assert!(all.contains(&(key.to_owned(), value.to_owned())), "{key}: {all:?}");
        }
        assert!(reading.facts.problems.is_empty());
    }

    #[test]
    fn files_of_configs_and_secrets_are_named() {
        let sources = Sources::default();
        let text = "services: {}\nconfigs:\n  a: {file: ./a.conf}\n  b: {external: true}\n  c: {file: /etc/c}\n  d: {file: '${D}/d'}\nsecrets:\n  e: {file: ~/e}\n  f: {file: ../f.txt}\n  g: {environment: G}\n";
        let reading = one(&sources, text);
        let files: Vec<_> = reading.links.files.iter().map(|file| (file.path.as_str(), file.role)).collect();
        assert_eq!(files, [("a.conf", FileRole::Content), ("../f.txt", FileRole::Secret)]);
    }
}
