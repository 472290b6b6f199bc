//! Boot scripts that do not do what they are meant to.

use super::{Facts, Rule, lb003::scripts};
use crate::{
    catalog::UserData,
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
    shell::{self, Command, Word},
};
use std::{ops::Range, slice};

const CODE: Code = Code("LB038");

/// User data may have 16 KiB before base64, and eksctl's own files take up to 4 of it.
const MAX_PLAIN_BYTES: usize = 12 * 1024;
/// Where user data is compressed, as for AmazonLinux2 and Ubuntu, scripts shrink to a third or less.
const MAX_COMPRESSED_BYTES: usize = 3 * MAX_PLAIN_BYTES;

/// Folders that boot scripts write to; one letter off is taken for a slip.
const FOLDERS: &[&str] = &[
    "containerd",
    "docker",
    "eksctl",
    "kubernetes",
    "nvidia",
    "systemd",
    "X11",
];

/// Programs that write to all files named in their arguments, and those that write to the last one.
const WRITERS: &[&str] = &["tee", "mv", "mkdir", "touch"];
const COPIERS: &[&str] = &["cp", "install", "ln"];

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "boot script misses its purpose",
    doc: "\
Nobody sees a boot script fail: the instance runs, and the job that needs its GPU does not. Commands are read as a \
shell reads them, `bash -c` and here-documents included. Warnings:

`sudo echo ... > /etc/...` redirects as the user who calls sudo, not as root. A path under `/etc` whose folder is one \
letter off a common one (`/etc/conatinerd`) changes nothing. Settings of containerd that are written, or made by \
`nvidia-ctk`, but not followed by a restart of containerd are not read. An X server without `nvidia-xconfig` before it \
has no GPU to draw on. Scripts of more than 12 KiB leave no room for eksctl's own, for user data ends at 16 KiB; where \
eksctl compresses it (AmazonLinux2, Ubuntu) the warning begins at 36 KiB.",
    bad: "\
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    overrideBootstrapCommand: |
      /etc/eks/bootstrap.sh leaderboard-20
      cat /opt/config.toml > /etc/conatinerd/config.toml
      systemctl restart containerd
",
    good: "\
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    overrideBootstrapCommand: |
      /etc/eks/bootstrap.sh leaderboard-20
      cat /opt/config.toml > /etc/containerd/config.toml
      systemctl restart containerd
",
    check: Some(check),
};

/// A command of a nodegroup's scripts, with the script that it stands in.
struct Step<'a> {
    path: Path,
    script: &'a str,
    command: Command,
}

impl Step<'_> {
    fn warning(&self, range: Range<usize>, message: impl Into<String>) -> Problem {
        Problem::warning(CODE, Place::Within(self.path.clone(), range), message)
    }

    fn range(&self) -> Range<usize> {
        let words = || self.command.words.iter().map(Word::range);
        words().next().map_or(0, |first| first.start)..words().next_back().map_or(0, |last| last.end)
    }

    /// The files that it writes.
    fn written(&self) -> impl Iterator<Item = &Word> {
        let redirected = self
            .command
            .redirects
            .iter()
            .filter(|redirect| redirect.operator.contains('>'));
        let arguments = match self.command.program() {
            Some((program, arguments)) if WRITERS.contains(&program) => arguments,
            Some((program, [.., last])) if COPIERS.contains(&program) => slice::from_ref(last),
            Some(("sed", arguments)) if arguments.iter().any(edits_in_place) => arguments,
            _ => &[],
        };
        redirected.map(|redirect| &redirect.target).chain(arguments)
    }
}

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        problems.extend(too_long(&group, facts));
        let mut steps = Vec::new();
        for (path, script) in scripts(&group) {
            let commands = shell::commands(script).into_iter();
            steps.extend(commands.map(|command| Step {
                path: path.clone(),
                script,
                command,
            }));
        }
        // One of a kind in each script: its fix writes the whole script.
        for script in steps.chunk_by(|a, b| a.path == b.path) {
            problems.extend(script.iter().find_map(redirect_without_root));
            problems.extend(script.iter().find_map(misspelt_path));
        }
        problems.extend(containerd_without_restart(&steps));
        problems.extend(x_without_gpu(&steps));
    }
}

fn too_long(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let family = facts.catalog.family(group.ami_family.or_empty());
    let compressed = family.is_some_and(|family| family.user_data == UserData::CloudConfig);
    let most = if compressed {
        MAX_COMPRESSED_BYTES
    } else {
        MAX_PLAIN_BYTES
    };
    let before: usize = group
        .pre_bootstrap_commands
        .iter()
        .flatten()
        .map(String::len)
        .sum();
    let bytes = before + group.override_bootstrap_command.or_empty().len();
    let message = format!(
        "the scripts of `{}` have {bytes} bytes, and user data ends at 16384",
        group.name
    );
    (bytes > most).then(|| {
        Problem::warning(CODE, Place::Key(group.path()), message)
            .with_help("put them into the image, or fetch them when the node starts")
    })
}

/// `sudo echo x > /etc/file`: the shell opens the file before sudo is anything.
fn redirect_without_root(step: &Step<'_>) -> Option<Problem> {
    step.command.words.first().filter(|word| word.text == "sudo")?;
    let target =
        step.command.redirects.iter().find(|redirect| {
            redirect.operator.starts_with('>') && redirect.target.text.starts_with("/etc/")
        })?;
    let message = format!(
        "sudo does not help to write `{}`: the shell opens it before",
        target.target.text
    );
    Some(
        step.warning(target.target.range(), message)
            .with_help("write `sudo bash -c \"... > file\"` or `| sudo tee file`"),
    )
}

fn misspelt_path(step: &Step<'_>) -> Option<Problem> {
    step.written().find_map(|word| {
        let rest = word.text.strip_prefix("/etc/")?;
        let (folder, _) = rest.split_once('/')?;
        let meant = FOLDERS.iter().find(|known| is_slip(folder, known))?;
        let start = "/etc/".len();
        let range = word.part(start..start + folder.len());
        let fixed = step.script.get(..range.start).zip(step.script.get(range.end..));
        let problem = step
            .warning(range, format!("`/etc/{folder}` looks misspelt"))
            .with_help(format!("write `/etc/{meant}`"));
        Some(match fixed {
            None => problem,
            Some((before, behind)) => {
                let value = format!("{before}{meant}{behind}").into();
                let edits = vec![Edit::Set {
                    path: step.path.clone(),
                    value,
                }];
                problem.with_fix(Fix::safe(format!("Use /etc/{meant}"), edits))
            }
        })
    })
}

/// Whether `text` is `meant` with two neighbours swapped, or one letter missing, added or changed.
fn is_slip(text: &str, meant: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (text.chars().collect(), meant.chars().collect());
    if a == b || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = |text: &[char], from: usize| text.get(from..).unwrap_or_default().to_vec();
    let swapped = a.get(same) == b.get(same + 1) && a.get(same + 1) == b.get(same);
    rest(&a, same + 1) == rest(&b, same + 1)
        || rest(&a, same) == rest(&b, same + 1)
        || rest(&a, same + 1) == rest(&b, same)
        || (swapped && rest(&a, same + 2) == rest(&b, same + 2))
}

fn containerd_without_restart(steps: &[Step<'_>]) -> Option<Problem> {
    let changes = |step: &Step<'_>| {
        let by_tool = matches!(step.command.program(), Some(("nvidia-ctk", arguments))
            if arguments.iter().any(|word| word.text == "--runtime=containerd" || word.text == "containerd"));
        by_tool
            || step
                .written()
                .any(|word| word.text == "/etc/containerd/config.toml")
    };
    let last = steps.iter().rposition(changes)?;
    // What is stopped before, reads its settings when it starts.
    let stops = steps.iter().any(|step| tells_containerd(step, &["stop"]));
    let verbs: &[&str] = if stops {
        &["restart", "reload-or-restart", "start"]
    } else {
        &["restart", "reload-or-restart"]
    };
    let restarts = |step: &Step<'_>| {
        let is_reboot = step
            .command
            .program()
            .is_some_and(|(program, _)| program == "reboot");
        is_reboot || tells_containerd(step, verbs)
    };
    // `bash -c` stands before what it runs, so a restart inside it comes behind.
    if steps.iter().skip(last).any(restarts) {
        return None;
    }
    let step = steps.get(last)?;
    Some(
        step.warning(
            step.range(),
            "containerd is not restarted after its settings change, so it does not read them",
        )
        .with_help("add `systemctl restart containerd` behind it"),
    )
}

/// Whether it asks systemd to do one of these to containerd.
fn tells_containerd(step: &Step<'_>, verbs: &[&str]) -> bool {
    let Some(("systemctl" | "service", arguments)) = step.command.program() else {
        return false;
    };
    let mut words = arguments
        .iter()
        .map(|word| word.text.trim_end_matches(".service"));
    words.clone().any(|word| word == "containerd") && words.any(|word| verbs.contains(&word))
}

/// `-i`, `-i.bak`, `--in-place`, `-Ei`.
fn edits_in_place(word: &Word) -> bool {
    let flags = word
        .text
        .strip_prefix('-')
        .filter(|flags| !flags.starts_with('-'));
    word.text.starts_with("--in-place") || flags.is_some_and(|flags| flags.contains('i'))
}

fn x_without_gpu(steps: &[Step<'_>]) -> Option<Problem> {
    let runs = |step: &Step<'_>, names: &[&str]| {
        step.command
            .program()
            .is_some_and(|(name, _)| names.contains(&name))
    };
    let at = steps
        .iter()
        .position(|step| runs(step, &["X", "Xorg", "startx"]))?;
    let before = steps.get(..at)?;
    if before.iter().any(|step| runs(step, &["nvidia-xconfig"])) {
        return None;
    }
    let step = steps.get(at)?;
    Some(
        step.warning(
            step.range(),
            "the X server is not set up for NVIDIA's GPUs before it starts",
        )
        .with_help("run `nvidia-xconfig --preserve-busid -a` before it"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn say(script: &str) -> Vec<String> {
        let mut config = ClusterConfig::default();
        config.node_groups.push(Default::default());
        config.node_groups[0].override_bootstrap_command = Some(script.to_owned());
        let mut problems = Vec::new();
        check(&config, &Facts::on(date(2026, 11, 23)), &mut problems);
        problems
            .into_iter()
            .map(|problem| match problem.place {
                Place::Within(_, range) => script[range].to_owned(),
                _ => problem.message,
            })
            .collect()
    }

    #[test]
    fn each_slip_is_said_where_it_is() {
        assert_eq!(say("sudo echo x > /etc/profile"), ["/etc/profile"]);
        assert_eq!(
            say("sudo bash -c 'echo x > /etc/conatinerd/config.toml'"),
            ["conatinerd"]
        );
        assert_eq!(
            say("echo x | sudo tee /etc/kubernets/a >/dev/null"),
            ["kubernets"]
        );
        assert_eq!(
            say("nvidia-ctk runtime configure --runtime=containerd"),
            ["nvidia-ctk runtime configure --runtime=containerd"]
        );
        assert_eq!(
            say("sed -Ei s/a/b/ /etc/containerd/config.toml; systemctl start containerd"),
            ["sed -Ei s/a/b/ /etc/containerd/config.toml"]
        );
        assert_eq!(say("X :0 &\nnvidia-xconfig -a"), ["X :0"]);
        assert_eq!(say(&"x".repeat(13000)).len(), 1);
    }

    #[test]
    fn what_works_is_left_alone() {
        for script in [
            "sudo bash -c \"echo x > /etc/containerd/config.toml\"\nsudo systemctl restart containerd",
            "nvidia-ctk runtime configure --runtime=containerd && systemctl restart containerd.service",
            "nvidia-xconfig -a; X :0&",
            "cp /etc/containerd/config.toml /tmp/before",
            "sed -n 1,3p /etc/containerd/config.toml",
            "systemctl stop containerd; cp /opt/a /etc/containerd/config.toml; systemctl start containerd",
            "echo x > /etc/contained-data/a",
            "sudo cat /etc/conatinerd/a > /tmp/b",
        ] {
            assert_eq!(say(script), Vec::<String>::new(), "{script}");
        }
    }
}
