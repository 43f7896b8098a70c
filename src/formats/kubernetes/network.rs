//! Network policies: which pods they select. Which directions they close doesn't matter here.

use super::lookup::{Found, known_str, look, pairs};
use super::manifest::Manifest;
use crate::facts::links::NetworkPolicy;
use crate::facts::selector::{Asks, Selector, Term};
use crate::formats::Reader;
use crate::syntax::yaml::Node;

/// Reads a policy of Kubernetes, Cilium or Calico; the answer is whether it is one.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) -> bool {
    let calico = manifest.api.contains("projectcalico.org/");
    let spec = manifest.look(&["spec"]);
    let policies = &mut reader.reading.links.policies;
    let mut add = |everywhere, selector| {
        let namespace = if everywhere { None } else { manifest.namespace };
        policies.push(NetworkPolicy { namespace, everywhere, selector });
    };
    match manifest.kind {
        "NetworkPolicy" | "GlobalNetworkPolicy" if calico => {
            let everywhere = manifest.kind == "GlobalNetworkPolicy";
            add(everywhere, expression(spec.look(&["selector"])));
        }
        "NetworkPolicy" => add(false, selector(spec.look(&["podSelector"]))),
        "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" => {
            let everywhere = manifest.kind == "CiliumClusterwideNetworkPolicy";
            // https://docs.cilium.io/en/stable/network/kubernetes/policy/: one rule as `spec`, several as `specs`.
            for rule in spec.node().into_iter().chain(manifest.look(&["specs"]).items()) {
                // Rules for nodes select no pods.
                if look(rule, &["nodeSelector"]).is_absent() {
                    add(everywhere, unprefixed(selector(look(rule, &["endpointSelector"]))));
                }
            }
            if manifest.root.is_open() {
                add(everywhere, anything());
            }
        }
        // https://network-policy-api.sigs.k8s.io: their subjects are chosen by namespaces as well.
        "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy" => add(true, anything()),
        _ => return false,
    }
    true
}

/// A selector of which it isn't known what it asks for.
fn anything<'s>() -> Selector<'s> {
    Selector { terms: Vec::new(), open: true }
}

/// `matchLabels` and `matchExpressions`. Where there is no selector, all pods of the namespace are meant.
fn selector<'s>(found: Found<'_, 's>) -> Selector<'s> {
    let node = match found {
        Found::Stated(node) => node,
        Found::Absent => return Selector::default(),
        Found::Unknown => return anything(),
    };
    let mut selector = Selector { terms: Vec::new(), open: node.is_open() };
    match look(node, &["matchLabels"]) {
        Found::Stated(labels) => {
            selector.open |= labels.is_open();
            selector.terms = Selector::of_labels(pairs(labels)).terms;
        }
        Found::Absent => {}
        Found::Unknown => selector.open = true,
    }
    for item in look(node, &["matchExpressions"]).items() {
        match expressed(item) {
            Some(term) => selector.terms.push(term),
            None => selector.open = true,
        }
    }
    selector
}

fn expressed<'s>(item: Node<'_, 's>) -> Option<Term<'s>> {
    let values = || {
        let list = look(item, &["values"]).node().filter(|list| !list.is_open())?;
        list.items().map(Node::as_str).collect::<Option<Vec<_>>>()
    };
    let asks = match known_str(item, "operator")? {
        "In" => Asks::In(values()?),
        "NotIn" => Asks::NotIn(values()?),
        "Exists" => Asks::Exists,
        "DoesNotExist" => Asks::Absent,
        _ => return None,
    };
    Some(Term { key: known_str(item, "key")?, asks })
}

/// Cilium's labels may say where they come from: `k8s:app`, `any:app`.
/// <https://docs.cilium.io/en/stable/gettingstarted/terminology/#label-source>
fn unprefixed(mut selector: Selector<'_>) -> Selector<'_> {
    selector.terms.retain_mut(|term| {
        let key = term.key.strip_prefix("k8s:").or_else(|| term.key.strip_prefix("any:")).unwrap_or(term.key);
        term.key = key;
        let known = !key.contains("io.cilium.") && !key.contains(':');
        selector.open |= !known;
        known
    });
    selector
}

/// Calico's selectors are expressions, of which `&&` of plain terms is read.
/// <https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy#selectors>
fn expression<'s>(found: Found<'_, 's>) -> Selector<'s> {
    let text = match found {
        Found::Stated(node) => node.as_str().unwrap_or("?"),
        Found::Absent => return Selector::default(),
        Found::Unknown => return anything(),
    };
    if text.contains("||") {
        return anything();
    }
    let mut selector = Selector::default();
    for part in text.split("&&").map(str::trim).filter(|part| !matches!(*part, "" | "all()")) {
        match calico_term(part) {
            Some(term) => selector.terms.push(term),
            None => selector.open = true,
        }
    }
    selector
}

fn calico_term(part: &str) -> Option<Term<'_>> {
    let plain = |key: &str| !key.is_empty() && !key.contains(['(', ')', '!', ' ', '{', '=', '<', '>']);
    let has = |part: &'_ str| part.strip_prefix("has(").and_then(|rest| rest.strip_suffix(')')).is_some();
    let (key, asks) = if let Some(negated) = part.strip_prefix('!').map(str::trim).filter(|part| has(part)) {
        (negated.get(4..negated.len() - 1)?, Asks::Absent)
    } else if has(part) {
        (part.get(4..part.len() - 1)?, Asks::Exists)
    } else if let Some((key, value)) = part.split_once("==") {
        (key, Asks::In(vec![quoted(value)?]))
    } else if let Some((key, value)) = part.split_once("!=") {
        (key, Asks::NotIn(vec![quoted(value)?]))
    } else if let Some((key, values)) = part.split_once(" not in ") {
        (key, Asks::NotIn(set(values)?))
    } else if let Some((key, values)) = part.split_once(" in ") {
        (key, Asks::In(set(values)?))
    } else {
        return None;
    };
    let key = key.trim();
    plain(key).then_some(Term { key, asks })
}

fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

fn set(text: &str) -> Option<Vec<&str>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    inner.split(',').map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_calico_are_read_as_far_as_they_are_plain() {
        let term = |key, asks| Some(Term { key, asks });
        assert_eq!(calico_term("app == 'api'"), term("app", Asks::In(vec!["api"])));
        assert_eq!(calico_term("app != \"api\""), term("app", Asks::NotIn(vec!["api"])));
        assert_eq!(calico_term("app in { 'a', \"b\" }"), term("app", Asks::In(vec!["a", "b"])));
        assert_eq!(calico_term("app not in {'a'}"), term("app", Asks::NotIn(vec!["a"])));
        assert_eq!(calico_term("has(app)"), term("app", Asks::Exists));
        assert_eq!(calico_term("! has(app)"), term("app", Asks::Absent));
        for part in ["(app == 'a')", "app contains 'a'", "app == a", "has()", "!(has(a))", "global()"] {
            assert_eq!(calico_term(part), None, "{part}");
        }
    }
}
