//! The cluster that nodes join.

use super::{Facts, Rule, is_plain_name};
use crate::{
    config::{ClusterConfig, NodeGroupRef},
    leaderboard::named_here,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
    shell::{self, Command, Redirect, Word},
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

Commands are read as a shell reads them, `sudo`, `bash -c` and `$(...)` included: the first argument of \
`bootstrap.sh` that is no option must be `metadata.name`. A variable is right if the script sets it to the name, and \
`$CLUSTER_NAME` if it reads eksctl's `bootstrap.helper.sh` or `kubelet.env` before. What cannot be followed, such as \
`$(cat /etc/name)`, is trusted.",
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
    for (index, command) in group.pre_bootstrap_commands.iter().flatten().enumerate() {
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
    /// What the variables in its arguments are set to in the script, as far as it says.
    pub(super) values: Vec<String>,
    /// Where the call stands in the script.
    range: Range<usize>,
    /// What the argument is when the script has come to the call; `None` where that cannot be followed.
    joins: Option<String>,
}

/// The variables of a script, as far as it sets them to fixed values.
#[derive(Default)]
struct Variables {
    values: Vec<(String, String)>,
    /// Whether eksctl's files have been read, which set `CLUSTER_NAME`.
    sourced: bool,
}

impl Variables {
    fn note(&mut self, command: &Command) {
        let assigned = command.assignments();
        self.values
            .extend(assigned.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let program = command.program();
        if let Some(("read" | "for" | "mapfile" | "printf", arguments)) = program {
            // What these set is known to nobody before.
            let unknown = arguments.iter().map(|word| (word.text.clone(), "$".to_owned()));
            self.values.extend(unknown);
        }
        let sourced = match program {
            Some(("source" | ".", [file, ..])) => sets_the_name(file),
            _ => command
                .words
                .iter()
                .any(|word| word.expands && sets_the_name(word)),
        };
        let read = |redirect: &Redirect| redirect.operator == "<" && sets_the_name(&redirect.target);
        self.sourced |= sourced || command.redirects.iter().any(read);
    }

    /// The values of all variables that words name, in other text too.
    fn mentioned(&self, words: &[Word]) -> Vec<String> {
        let names = |word: &Word, name: &str| {
            let forms = [format!("${name}"), format!("${{{name}")];
            let mut found = forms
                .iter()
                .flat_map(|form| word.text.match_indices(form.as_str()));
            word.expands
                && found.any(|(at, form)| {
                    let next = word.text.get(at + form.len()..).unwrap_or_default();
                    !next.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                })
        };
        let used = |name: &str| words.iter().any(|word| names(word, name));
        let known = self.values.iter().filter(|(name, _)| used(name));
        known.map(|(_, value)| value.clone()).collect()
    }

    /// What a word is then; empty for a variable that nothing sets.
    fn value(&self, word: &Word) -> Option<String> {
        if !word.expands {
            return Some(word.text.clone());
        }
        let inside = word.text.strip_prefix('$')?;
        let inside = inside
            .strip_prefix('{')
            .and_then(|inside| inside.strip_suffix('}'))
            .unwrap_or(inside);
        let (name, otherwise) = inside.split_once(":-").unwrap_or((inside, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || !name.chars().all(plain) {
            return None;
        }
        let is_eksctls = name == "CLUSTER_NAME";
        let mut known = self.values.iter().rev();
        match known.find(|(known, _)| known == name) {
            Some((_, value)) if value.contains(['$', '`']) => None,
            Some((_, value)) => Some(value.clone()),
            None if is_eksctls && self.sourced => None,
            None if is_eksctls || inside != name => {
                (!otherwise.contains(['$', '`'])).then(|| otherwise.to_owned())
            }
            // From a file or a program that is not here.
            None => None,
        }
    }
}

/// Whether a word names a file of eksctl's that sets `CLUSTER_NAME`.
fn sets_the_name(word: &Word) -> bool {
    SOURCES.iter().any(|name| word.text.contains(name))
}

/// The calls of `bootstrap.sh` in a script.
pub(super) fn bootstrap_calls(script: &str) -> Vec<BootstrapCall> {
    let mut variables = Variables::default();
    let mut calls = Vec::new();
    for command in shell::commands(script) {
        variables.note(&command);
        let arguments = match command.program() {
            Some(("bootstrap.sh", arguments)) => arguments,
            Some(("source" | ".", [file, arguments @ ..])) if file.text.ends_with("/bootstrap.sh") => {
                arguments
            }
            _ => continue,
        };
        let cluster = positional(arguments).cloned();
        calls.push(BootstrapCall {
            joins: cluster.as_ref().and_then(|word| variables.value(word)),
            cluster,
            values: variables.mentioned(arguments),
            arguments: arguments.to_vec(),
            range: range_of(&command),
        });
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
    let joins = call.joins.as_deref()?;
    if joins == name {
        return None;
    }
    let message = if joins.is_empty() {
        format!(
            "`bootstrap.sh` is given `{}`, which nothing sets before",
            word.text
        )
    } else {
        format!(
            "`bootstrap.sh {}` joins cluster `{joins}`, but this cluster is `{name}`",
            word.text
        )
    };
    // A name that is none yet would be other words there.
    let around = script
        .get(..word.range().start)
        .zip(script.get(word.range().end..));
    let fixed = around.filter(|_| is_plain_name(name));
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
    fn a_name_that_is_none_yet_is_not_put_into_a_script() {
        let fix = |name: &str| {
            let script = "/etc/eks/bootstrap.sh lb-10";
            let calls = bootstrap_calls(script);
            judge(&calls[0], name, &Path::root(), script).unwrap().fix
        };
        assert!(fix("lb-20").is_some());
        assert!(fix("lb 20").is_none());
    }

    #[test]
    fn the_name_is_found_as_a_shell_would() {
        for script in [
            "/etc/eks/bootstrap.sh leaderboard-10",
            "sudo bash -c '/etc/eks/bootstrap.sh \"leaderboard-10\"'",
            "/etc/eks/bootstrap.sh --kubelet-extra-args '--a=b c' \\\n  leaderboard-10 --x y",
            "set -e; cd /etc/eks && ./bootstrap.sh leaderboard-10 || exit 1",
            "bash -x /etc/eks/bootstrap.sh leaderboard-10",
            ". /etc/eks/bootstrap.sh leaderboard-10",
            "bash -euo pipefail -c '/etc/eks/bootstrap.sh \"leaderboard-10\"'",
            "/usr/bin/env bash -c '/etc/eks/bootstrap.sh \"leaderboard-10\"'",
            "bash <<'END'\n/etc/eks/bootstrap.sh \"leaderboard-10\"\nEND",
            "su - root -c '/etc/eks/bootstrap.sh \"leaderboard-10\"'",
            "function join { /etc/eks/bootstrap.sh \"leaderboard-10\"; }\njoin",
            "log=$(/etc/eks/bootstrap.sh \"leaderboard-10\" 2>&1)",
            "eval /etc/eks/bootstrap.sh leaderboard-10",
            "(( tries = 1 << 3 ))\n/etc/eks/bootstrap.sh $'leaderboard-10'",
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
        assert_eq!(say("readonly N=leaderboard-10\nbootstrap.sh \"${N}\"").len(), 1);
        assert_eq!(say("bootstrap.sh ${CLUSTER_NAME:-leaderboard-10}").len(), 1);
        for fine in [
            "CLUSTER_NAME=leaderboard-20\n/etc/eks/bootstrap.sh $CLUSTER_NAME",
            ". /etc/eksctl/kubelet.env; /etc/eks/bootstrap.sh ${CLUSTER_NAME}",
            "/etc/eks/bootstrap.sh $(cat /etc/name)",
            "# /etc/eks/bootstrap.sh leaderboard-10",
            "echo '/etc/eks/bootstrap.sh leaderboard-10'",
            "CLUSTER_NAME=$(cat /etc/name); /etc/eks/bootstrap.sh $CLUSTER_NAME",
            "N=leaderboard-20; /etc/eks/bootstrap.sh $N",
            "N=leaderboard-10; read N; /etc/eks/bootstrap.sh $N",
            "/etc/eks/bootstrap.sh $NAME_OF_THE_IMAGE",
            "export $(cat /etc/eksctl/kubelet.env | xargs); /etc/eks/bootstrap.sh $CLUSTER_NAME",
            "while read l; do export $l; done < /etc/eksctl/kubelet.env; /etc/eks/bootstrap.sh $CLUSTER_NAME",
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
