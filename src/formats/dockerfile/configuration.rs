//! `COPY` and `ADD` of a web server's configuration: files that are read for what they do in the image.

use crate::facts::links::Configuration;
use crate::formats::{Reader, nginx};
use crate::syntax::dockerfile::{Arguments, Instruction};

/// Extensions of files that nginx is given.
const EXTENSIONS: [&str; 5] = ["conf", "template", "tmpl", "nginx", "vhost"];

/// Takes in what an instruction brings into nginx's folders.
pub(super) fn read<'s>(reader: &mut Reader<'s>, instruction: &Instruction<'s>) {
    let Arguments::Words(words) = &instruction.arguments else { return };
    let Some((target, sources)) = words.split_last() else { return };
    let target = target.text.as_str();
    let of_nginx = target.split('/').any(|part| part == "nginx" || part == "openresty");
    // A copy from another stage or image brings nothing from the project's folder.
    if !of_nginx || !target.starts_with('/') || instruction.flags.iter().any(|flag| flag.name == "from") {
        return;
    }
    for word in sources.iter().filter(|word| !word.interpolates) {
        let source = word.text.as_str();
        if source.starts_with("<<") || source.contains(['*', '?', '[', ':']) {
            continue;
        }
        let source = source.trim_matches('/');
        // The Dockerfile's folder is the one that is built as a rule.
        let path = reader.resolve(source);
        let name = path.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let is_file = extension.is_some_and(|extension| EXTENSIONS.contains(&extension));
        let target = if is_file && target.ends_with('/') {
            reader.sources.keep(format!("{target}{name}").into())
        } else {
            target
        };
        let stage = reader.reading.links.stages.len();
        reader.want(if is_file { path } else { format!("{path}/*.conf") }, nginx::FORMAT.name);
        reader.reading.links.configurations.push(Configuration { stage, source, target, read: false });
    }
}
