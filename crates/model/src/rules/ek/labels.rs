//! Labels and taints, which end up in Kubernetes and have its grammar.

use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const LABEL: Code = Code("EK330");
const RESERVED: Code = Code("EK331");
const TAINT: Code = Code("EK332");
const NAME_LABEL: Code = Code("EK333");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: LABEL,
        title: "not a Kubernetes label",
        doc: "\
The key of a label has a name of at most 63 letters, digits, `-`, `_` and `.`, and perhaps a prefix and a slash before \
it; the prefix is a domain name in lower case, of at most 253 characters. The value is empty or has the form of such a \
name. Names begin and end with a letter or a digit.",
        bad: "nodeGroups: [{name: worker, labels: {role: 'submission worker'}}]\n",
        good: "nodeGroups: [{name: worker, labels: {role: submission-worker}}]\n",
        check: Some(labels),
    },
    Rule {
        code: RESERVED,
        title: "label reserved by Kubernetes",
        doc: "\
The kubelet may not set labels below `kubernetes.io` and `k8s.io` on its own node, so a node with one would not join. \
Allowed are those of `node.kubernetes.io` and `kubelet.kubernetes.io`, and the well-known ones of host name, zone, \
region, instance type, system and processor.",
        bad: "nodeGroups: [{name: worker, labels: {node-role.kubernetes.io/worker: ''}}]\n",
        good: "nodeGroups: [{name: worker, labels: {node.kubernetes.io/role: worker}}]\n",
        check: Some(reserved_labels),
    },
    Rule {
        code: TAINT,
        title: "not a Kubernetes taint",
        doc: "\
A taint has a key and a value like a label, and one of the effects `NoSchedule`, `PreferNoSchedule` and `NoExecute`. In \
the map form of self-managed nodegroups the effect stands behind a colon: `dedicated: gpu:NoSchedule`.",
        bad: "nodeGroups: [{name: worker, taints: [{key: dedicated, value: gpu, effect: noSchedule}]}]\n",
        good: "nodeGroups: [{name: worker, taints: [{key: dedicated, value: gpu, effect: NoSchedule}]}]\n",
        check: Some(taints),
    },
    Rule {
        code: NAME_LABEL,
        title: "name cannot be a label",
        doc: "\
The nodes of a managed nodegroup are labelled with its name and the name of the cluster, so both are values of labels: \
at most 63 characters, with a letter or digit at both ends.",
        bad: "managedNodeGroups: [{name: worker-}]\n",
        good: "managedNodeGroups: [{name: worker}]\n",
        check: Some(names_are_labels),
    },
];

/// A name in Kubernetes' grammar: at most 63 characters.
fn is_name(text: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && is_end(text.chars().next())
        && is_end(text.chars().next_back())
}

/// A domain name in lower case: at most 253 characters.
fn is_domain(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !part.is_empty() && part.chars().all(is_inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

/// What is wrong with a key of a label or taint.
fn wrong_key(key: &str) -> Option<&'static str> {
    let parts: Vec<&str> = key.split('/').collect();
    match parts[..] {
        [name] | [_, name] if !is_name(name) => {
            Some("use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends")
        }
        [_] => None,
        [prefix, _] if !is_domain(prefix) => Some("write the part before `/` as a domain name in lower case"),
        [_, _] => None,
        _ => Some("use one `/` only"),
    }
}

/// What is wrong with a value of a label or taint.
fn wrong_value(value: &str) -> Option<&'static str> {
    (!value.is_empty() && !is_name(value))
        .then_some("use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends")
}

fn labels(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        for (key, value) in group.labels {
            let at = group.path().key("labels").key(key);
            if let Some(help) = wrong_key(key) {
                let message = format!("`{key}` is not the key of a label");
                problems.push(Problem::error(LABEL, Place::Key(at.clone()), message).with_help(help));
            }
            if let Some(help) = wrong_value(value) {
                let message = format!("`{value}` is not the value of a label");
                problems.push(Problem::error(LABEL, Place::Value(at), message).with_help(help));
            }
        }
    }
}

/// Labels below Kubernetes' domains that the kubelet may set.
const KUBELET_LABELS: [&str; 11] = [
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
];

fn is_in(namespace: &str, domain: &str) -> bool {
    namespace
        .strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_reserved(key: &str) -> bool {
    let Some((namespace, _)) = key.split_once('/') else {
        return false;
    };
    ["kubernetes.io", "k8s.io"]
        .iter()
        .any(|domain| is_in(namespace, domain))
        && !["kubelet.kubernetes.io", "node.kubernetes.io"]
            .iter()
            .any(|domain| is_in(namespace, domain))
        && !KUBELET_LABELS.contains(&key)
}

fn reserved_labels(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        for key in group.labels.keys().filter(|key| is_reserved(key)) {
            let place = Place::Key(group.path().key("labels").key(key));
            let message = format!("`{key}` is in a domain of Kubernetes that nodes may not use");
            let name = key.rsplit('/').next().unwrap_or_default();
            let help = format!("write `node.kubernetes.io/{name}`, or a domain of your own");
            problems.push(Problem::error(RESERVED, place, message).with_help(help));
        }
    }
}

fn taints(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let effects = schema_field(NodeGroupTaint::schema(), "effect").map_or(&[][..], |effect| effect.values);
    for group in config.all_node_groups() {
        let is_map = group.as_self_managed().is_some_and(|own| own.taints.is_map);
        for (index, taint) in group.taints().iter().enumerate() {
            let list = group.path().key("taints");
            let key = taint.key.or_empty();
            let at = if is_map { list.key(key) } else { list.index(index) };
            let place = |field: &str| match (is_map, field) {
                (true, "key") => Place::Key(at.clone()),
                (true, _) => Place::Value(at.clone()),
                (false, _) => Place::Value(at.key(field)),
            };
            let mut complain = |field: &str, message: String, help: String| {
                problems.push(Problem::error(TAINT, place(field), message).with_help(help));
            };
            if key.is_empty() {
                complain(
                    "key",
                    "a taint has a key".to_owned(),
                    "write its key, such as `nvidia.com/gpu`".to_owned(),
                );
            } else if let Some(help) = wrong_key(key) {
                complain(
                    "key",
                    format!("`{key}` is not the key of a taint"),
                    help.to_owned(),
                );
            }
            let (value, effect) = (taint.value.or_empty(), taint.effect.or_empty());
            match wrong_value(value) {
                Some(help) => complain(
                    "value",
                    format!("`{value}` is not the value of a taint"),
                    help.to_owned(),
                ),
                None if effects.contains(&effect) => {}
                None if is_map => {
                    let help = "write `value:effect`, such as `gpu:NoSchedule` or `:NoSchedule`".to_owned();
                    complain("effect", format!("taint `{key}` has no known effect"), help);
                }
                None => {
                    complain(
                        "effect",
                        format!("taint `{key}` has no known effect"),
                        choose(effect, effects),
                    );
                }
            }
        }
    }
}

fn names_are_labels(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut check = |place: Place, name: &str| {
        if let Some(help) = wrong_value(name) {
            let message = format!("`{name}` cannot be the value of a label on the nodes");
            problems.push(Problem::error(NAME_LABEL, place, message).with_help(help));
        }
    };
    let managed = config
        .all_node_groups()
        .filter(|group| group.as_managed().is_some());
    for (index, group) in managed.enumerate() {
        if index == 0 {
            check(
                Place::Value(below(&Path::root(), "metadata.name")),
                &config.metadata.name,
            );
        }
        check(Place::Value(group.path().key("name")), group.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_keys_is_that_of_kubernetes() {
        for key in ["a", "A_b.c-9", "nvidia.com/gpu", &"x".repeat(63)] {
            assert_eq!(wrong_key(key), None, "{key}");
        }
        for key in [
            "",
            "-a",
            "a-",
            "a b",
            "é",
            "/a",
            "a/",
            "A.com/x",
            "a..b/x",
            "a/b/c",
            &"x".repeat(64),
        ] {
            assert!(wrong_key(key).is_some(), "{key}");
        }
    }

    #[test]
    fn some_labels_are_for_the_kubelet_only() {
        for key in [
            "kubernetes.io/x",
            "node-role.kubernetes.io/worker",
            "a.k8s.io/b",
            "k8s.io/b",
        ] {
            assert!(is_reserved(key), "{key}");
        }
        for key in [
            "role",
            "kubernetes.io",
            "x.node.kubernetes.io/a",
            "kubernetes.io/arch",
            "mykubernetes.io/a",
        ] {
            assert!(!is_reserved(key), "{key}");
        }
    }
}
