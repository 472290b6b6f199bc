//! The cluster that nodes join.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, NodeGroupRef},
    leaderboard::named_here,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
    shell::{self, Command, Word},
};
use std::ops::Range;

const CODE: Code = Code("LB003");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "bootstrap command joins another cluster",
    doc: "\
On images with `/etc/eks/bootstrap.sh` (AmazonLinux2, Ubuntu) `overrideBootstrapCommand` replaces the call that eksctl \
would make, so the cluster's name is written by hand. With another name the instances start, cost money, and never \
become nodes of this cluster; they may join another one of the account.

Commands are read as a shell reads them, `sudo` and `bash -c` included: the first argument of `bootstrap.sh` that is \
no option must be `metadata.name`. `$CLUSTER_NAME` is right if the commands source eksctl's \
`bootstrap.helper.sh` or `kubelet.env` before, or set it to the name. Other variables cannot be followed and are \
trusted.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    overrideBootstrapCommand: |
      #!/bin/bash
      /etc/eks/bootstrap.sh leaderboard-10
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    overrideBootstrapCommand: |
      #!/bin/bash
      source /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh
      /etc/eks/bootstrap.sh \"${CLUSTER_NAME}\" --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"
",
    check: Some(check),
};

/// Files of eksctl's that set `CLUSTER_NAME`.
const SOURCES: &[&str] = &["bootstrap.helper.sh", "kubelet.env"];

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let name = config.metadata.name.as_str();
    if name.is_empty() {
        return;
    }
    for group in config.all_node_groups() {
        for (path, script) in scripts(&group) {
            // A node joins once: what is wrong with the first wrong call is enough.
            problems.extend(
                bootstrap_calls(script)
                    .iter()
                    .find_map(|call| judge(call, name, &path, script)),
            );
        }
    }
}

/// The texts of a nodegroup that its nodes run as shell scripts, with where they stand.
pub(super) fn scripts<'a>(group: &NodeGroupRef<'a>) -> Vec<(Path, &'a str)> {
    let before = group.path().key("preBootstrapCommands");
    let mut found: Vec<(Path, &str)> = Vec::new();
    for (index, command) in group.pre_bootstrap_commands.iter().enumerate() {
        found.push((before.index(index), command));
    }
    if let Some(command) = group.override_bootstrap_command {
        found.push((group.path().key("overrideBootstrapCommand"), command));
    }
    found
}

/// A call of `bootstrap.sh`.
pub(super) struct BootstrapCall {
    /// Its argument that names the cluster.
    cluster: Option<Word>,
    /// All its arguments.
    pub(super) arguments: Vec<Word>,
    /// Where the call stands in the script.
    range: Range<usize>,
    /// What the script has given `CLUSTER_NAME` before.
    variable: Variable,
}

#[derive(Clone)]
enum Variable {
    Unset,
    /// By eksctl, to the cluster's name.
    Sourced,
    Is(String),
}

/// The calls of `bootstrap.sh` in a script.
pub(super) fn bootstrap_calls(script: &str) -> Vec<BootstrapCall> {
    let mut variable = Variable::Unset;
    let mut calls = Vec::new();
    for command in shell::commands(script) {
        for (name, value) in command.assignments() {
            if name == "CLUSTER_NAME" {
                variable = Variable::Is(value.to_owned());
            }
        }
        match command.program() {
            Some(("source" | ".", [file, ..])) if SOURCES.iter().any(|name| file.text.ends_with(name)) => {
                variable = Variable::Sourced;
            }
            Some(("bootstrap.sh", arguments)) => calls.push(BootstrapCall {
                cluster: positional(arguments).cloned(),
                arguments: arguments.to_vec(),
                range: range_of(&command),
                variable: variable.clone(),
            }),
            _ => {}
        }
    }
    calls
}

/// The first argument that is no option; all options of `bootstrap.sh` take a value.
fn positional(arguments: &[Word]) -> Option<&Word> {
    let mut arguments = arguments.iter();
    while let Some(word) = arguments.next() {
        if !word.text.starts_with('-') {
            return Some(word);
        }
        if !word.text.contains('=') {
            arguments.next();
        }
    }
    None
}

fn range_of(command: &Command) -> Range<usize> {
    let mut words = command.words.iter().map(Word::range);
    let first = words.next().unwrap_or_default();
    first.start..words.next_back().unwrap_or(first.clone()).end.max(first.end)
}

fn judge(call: &BootstrapCall, name: &str, path: &Path, script: &str) -> Option<Problem> {
    let (here, words) = named_here();
    let Some(word) = &call.cluster else {
        let place = Place::Within(path.clone(), call.range.clone());
        let message = format!("`bootstrap.sh` is not told which cluster to join; pass `{name}`");
        return Some(Problem::error(CODE, place, message).with_related(here, words));
    };
    let is_variable = ["$CLUSTER_NAME", "${CLUSTER_NAME}"].contains(&word.text.as_str());
    let joins = match &call.variable {
        Variable::Sourced if is_variable => return None,
        Variable::Is(value) if is_variable => value.as_str(),
        Variable::Unset if is_variable => "",
        _ if word.expands => return None,
        _ => word.text.as_str(),
    };
    if joins == name || joins.contains('$') {
        return None;
    }
    let message = if joins.is_empty() {
        "`bootstrap.sh` is given `$CLUSTER_NAME`, which nothing sets before".to_owned()
    } else {
        format!(
            "`bootstrap.sh {}` joins cluster `{joins}`, but this cluster is `{name}`",
            word.text
        )
    };
    let fixed = script
        .get(..word.range().start)
        .zip(script.get(word.range().end..));
    let problem = Problem::error(CODE, Place::Within(path.clone(), word.range()), message)
        .with_help(format!("pass `{name}`"))
        .with_related(here, words);
    Some(match fixed {
        None => problem,
        Some((before, behind)) => {
            let value = format!("{before}{name}{behind}").into();
            problem.with_fix(Fix::safe(
                format!("Use {name}"),
                vec![Edit::Set {
                    path: path.clone(),
                    value,
                }],
            ))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(script: &str) -> Vec<(String, String)> {
        let path = Path::root();
        let calls = bootstrap_calls(script);
        calls
            .iter()
            .filter_map(|call| judge(call, "leaderboard-20", &path, script))
            .map(|problem| {
                let Place::Within(_, range) = problem.place else {
                    panic!("no range")
                };
                (script[range].to_owned(), problem.message)
            })
            .collect()
    }

    #[test]
    fn the_name_is_found_as_a_shell_would() {
        for script in [
            "/etc/eks/bootstrap.sh leaderboard-10",
            "sudo bash -c '/etc/eks/bootstrap.sh \"leaderboard-10\"'",
            "/etc/eks/bootstrap.sh --kubelet-extra-args '--a=b c' \\\n  leaderboard-10 --x y",
            "set -e; cd /etc/eks && ./bootstrap.sh leaderboard-10 || exit 1",
        ] {
            let said = say(script);
            assert_eq!(said.len(), 1, "{script}");
            assert_eq!(said[0].0, "leaderboard-10", "{script}");
            assert_eq!(
                said[0].1,
                "`bootstrap.sh leaderboard-10` joins cluster `leaderboard-10`, but this cluster is `leaderboard-20`"
            );
        }
    }

    #[test]
    fn variables_are_followed_as_far_as_they_can_be() {
        assert_eq!(
            say("CLUSTER_NAME=leaderboard-10\nbootstrap.sh $CLUSTER_NAME").len(),
            1
        );
        assert_eq!(say("bootstrap.sh ${CLUSTER_NAME}").len(), 1);
        for fine in [
            "CLUSTER_NAME=leaderboard-20\n/etc/eks/bootstrap.sh $CLUSTER_NAME",
            ". /etc/eksctl/kubelet.env; /etc/eks/bootstrap.sh ${CLUSTER_NAME}",
            "/etc/eks/bootstrap.sh $(cat /etc/name)",
            "# /etc/eks/bootstrap.sh leaderboard-10",
            "echo '/etc/eks/bootstrap.sh leaderboard-10'",
            "CLUSTER_NAME=$(cat /etc/name); /etc/eks/bootstrap.sh $CLUSTER_NAME",
        ] {
            assert_eq!(say(fine), [], "{fine}");
        }
    }

    #[test]
    fn no_name_at_all_is_said_at_the_call() {
        assert_eq!(
            say("sudo /etc/eks/bootstrap.sh --use-max-pods false")[0].0,
            "sudo /etc/eks/bootstrap.sh --use-max-pods false"
        );
    }
}
