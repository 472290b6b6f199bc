//! From a file that AWS no longer accepts to today's form of the same cluster: version, images, bootstrap, and what
//! the file names of components. Each step says what it does and why; none is applied without being asked for.

use crate::{
    catalog::{Catalog, Component, Support, UserData},
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
    path::Path,
    preset,
    problem::Edit,
    rename::texts,
    rules::Facts,
    shell,
};

/// The family that own GPU images are made from today.
const OWN_IMAGE_FAMILY: &str = "Ubuntu2404";
/// The family of stock images.
const STOCK_FAMILY: &str = "AmazonLinux2023";

/// One change on the way to today's form.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What changes, as a sentence without a full stop.
    pub what: String,
    /// Why.
    pub why: String,
    /// The changes themselves; empty where only a person can make them.
    pub edits: Vec<Edit>,
}

/// The steps from `config` to today's form, in an order in which they can be made; none if it is there already.
///
/// `image` is the operator's own image for the nodegroups that have one, made for the version that is chosen. Without
/// it the old id stays, and the last step says so.
pub fn modernize(config: &ClusterConfig, facts: &Facts<'_>, image: Option<&str>) -> Vec<Step> {
    let mut steps = Vec::new();
    let version = version(config, facts, &mut steps);
    let old: Vec<NodeGroupRef<'_>> = config
        .all_node_groups()
        .filter(|group| is_old(group, &version, facts.catalog))
        .collect();
    stock_images(&old, &mut steps);
    own_images(&old, image, &mut steps);
    bootstrap(config, facts.catalog, &mut steps);
    runtimes(config, &mut steps);
    if !steps.is_empty() {
        addons(config, &mut steps);
    }
    components(config, facts.catalog, &version, &mut steps);
    own_ids(&old, image, &version, &mut steps);
    steps
}

/// The version of today's form: the file's own while AWS accepts it at the usual price.
fn version(config: &ClusterConfig, facts: &Facts<'_>, steps: &mut Vec<Step>) -> String {
    let old = config.metadata.version.or_empty();
    let better = facts.catalog.recommended_version(facts.today);
    let why = match facts.catalog.support(old, facts.today) {
        Support::Gone { .. } => "AWS makes no cluster of the old version any more",
        Support::Extended { .. } => "the old version is in extended support, at six times the price",
        _ => {
            return crate::config::effective(config)
                .metadata
                .version
                .unwrap_or_default();
        }
    };
    let Some(better) = better else {
        return old.to_owned();
    };
    steps.push(Step {
        what: format!("Kubernetes {old} becomes {}", better.name),
        why: why.to_owned(),
        edits: vec![Edit::Set {
            path: Path::root().key("metadata").key("version"),
            value: better.name.into(),
        }],
    });
    better.name.to_owned()
}

/// Whether there is no image of the group's family for the version, or will be none.
fn is_old(group: &NodeGroupRef<'_>, version: &str, catalog: &Catalog) -> bool {
    let family = catalog.family(group.ami_family.or_empty());
    family.is_some_and(|family| family.last_minor.is_some() && !family.has_image_for(version))
}

fn is_own(group: &NodeGroupRef<'_>) -> bool {
    group.ami.or_empty().starts_with("ami-")
}

fn is_amazon_linux(group: &NodeGroupRef<'_>) -> bool {
    group.ami_family.or_empty().eq_ignore_ascii_case("AmazonLinux2")
}

/// AmazonLinux2 becomes AmazonLinux2023, whose nodes boot by themselves.
fn stock_images(old: &[NodeGroupRef<'_>], steps: &mut Vec<Step>) {
    let mut edits = Vec::new();
    for group in old.iter().filter(|group| is_amazon_linux(group)) {
        let path = group.path();
        edits.push(set(&path.key("amiFamily"), STOCK_FAMILY));
        if is_own(group) {
            edits.push(remove(&path.key("ami")));
        }
        // nodeadm takes no script, and needs none.
        if only_boots_by(group) {
            edits.push(remove(&path.key("overrideBootstrapCommand")));
        }
    }
    if !edits.is_empty() {
        steps.push(Step {
            what: format!(
                "AmazonLinux2 becomes {STOCK_FAMILY} in {}",
                names(old, is_amazon_linux)
            ),
            why: "AmazonLinux2 has no image from 1.33 on, and gets no updates".to_owned(),
            edits,
        });
    }
}

fn only_boots_by(group: &NodeGroupRef<'_>) -> bool {
    group
        .override_bootstrap_command
        .as_deref()
        .is_some_and(only_boots)
}

/// Ubuntu2004 becomes Ubuntu2404.
fn own_images(old: &[NodeGroupRef<'_>], image: Option<&str>, steps: &mut Vec<Step>) {
    let is_ubuntu = |group: &NodeGroupRef<'_>| !is_amazon_linux(group);
    let mut edits = Vec::new();
    for group in old.iter().filter(|group| is_ubuntu(group)) {
        let pro = group.ami_family.or_empty().to_ascii_lowercase().contains("pro");
        let family = if pro { "UbuntuPro2404" } else { OWN_IMAGE_FAMILY };
        edits.push(set(&group.path().key("amiFamily"), family));
        if let Some(image) = image.filter(|_| is_own(group)) {
            edits.push(set(&group.path().key("ami"), image));
        }
    }
    if !edits.is_empty() {
        steps.push(Step {
            what: format!("Ubuntu 20.04 becomes 24.04 in {}", names(old, is_ubuntu)),
            why: "images of Ubuntu 20.04 end with Kubernetes 1.29".to_owned(),
            edits,
        });
    }
}

/// Scripts that drop what eksctl hands to the kubelet get the current one; scripts that do more than boot keep
/// everything but the call.
fn bootstrap(config: &ClusterConfig, catalog: &Catalog, steps: &mut Vec<Step>) {
    let (mut whole, mut calls) = (Vec::new(), Vec::new());
    for group in config.all_node_groups().filter(|group| !is_amazon_linux(group)) {
        let by_script = catalog
            .family(group.ami_family.or_empty())
            .is_some_and(|family| family.user_data == UserData::CloudConfig);
        let path = group.path().key("overrideBootstrapCommand");
        let Some(script) = group.override_bootstrap_command.as_deref().filter(|_| by_script) else {
            // An own image boots by a script of its own only.
            if by_script && is_own(&group) {
                whole.push(set(&path, &preset::current_boot_script()));
            }
            continue;
        };
        match with_arguments(script) {
            Some(_) if only_boots(script) => whole.push(set(&path, &preset::current_boot_script())),
            Some(better) => calls.push(set(&path, &better)),
            None => {}
        }
    }
    let why = "the old call drops eksctl's arguments, so labels and taints never reach the nodes";
    if !whole.is_empty() {
        steps.push(Step {
            what: format!(
                "the boot script becomes the current one in {} nodegroups",
                whole.len()
            ),
            why: format!("{why}; containerd's settings are left to NVIDIA's own tool"),
            edits: whole,
        });
    }
    if !calls.is_empty() {
        steps.push(Step {
            what: format!(
                "`bootstrap.sh` is given eksctl's arguments in {} nodegroups",
                calls.len()
            ),
            why: why.to_owned(),
            edits: calls,
        });
    }
    let mut docker = Vec::new();
    for group in config.all_node_groups() {
        let list = group.path().key("preBootstrapCommands");
        let commands = group.pre_bootstrap_commands.as_deref().unwrap_or_default();
        let commands = commands.iter().enumerate().rev();
        let old = commands.filter(|(_, command)| command.contains("/etc/docker/"));
        docker.extend(old.map(|(index, _)| remove(&list.index(index))));
    }
    if !docker.is_empty() {
        steps.push(Step {
            what: "settings of Docker are removed".to_owned(),
            why: "nodes run containerd since Kubernetes 1.24".to_owned(),
            edits: docker,
        });
    }
}

/// The script with eksctl's arguments in its call of `bootstrap.sh`; `None` if they are there, or there is no call on a
/// line of its own.
fn with_arguments(script: &str) -> Option<String> {
    const ARGUMENTS: &str = " --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"";
    const SOURCE: &str = "source /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh\n";
    let commands = shell::commands(script);
    let call = commands
        .iter()
        .find(|command| command.program().is_some_and(|(name, _)| name == "bootstrap.sh"))
        // A script inside has its own quoting, which more quotes cannot be put into blindly.
        .filter(|call| !call.is_inner)?;
    let words: Vec<&shell::Word> = call.words.iter().collect();
    if words.iter().any(|word| word.text == "--kubelet-extra-args") {
        return None;
    }
    let (first, last) = (words.first()?.range(), words.last()?.range());
    let line = script.get(..first.start)?.rfind('\n').map_or(0, |end| end + 1);
    let leads = script.get(line..first.start)?.trim().is_empty();
    let behind = script.get(last.end..)?;
    let ends = behind.is_empty() || behind.starts_with(['\n', ' ', ';', '&', '|']);
    (leads && ends).then(|| {
        let (before, call) = (
            script.get(..line).unwrap_or_default(),
            script.get(line..last.end).unwrap_or_default(),
        );
        [before, SOURCE, call, ARGUMENTS, behind].concat()
    })
}

/// Whether a script does nothing but join the cluster and make NVIDIA's runtime the default.
fn only_boots(script: &str) -> bool {
    shell::commands(script).iter().all(|command| {
        let settings = |text: &str| text.contains("containerd/config.toml");
        match command.program() {
            None => true,
            Some(("bootstrap.sh" | "nvidia-ctk" | "set", _)) => true,
            Some(("source" | ".", [file, ..])) => file.text.contains("eksctl"),
            Some(("sh" | "bash", arguments)) => arguments.iter().any(|word| settings(&word.text)),
            Some(("systemctl", arguments)) => arguments.iter().all(|word| {
                ["restart", "containerd", "containerd.service", "daemon-reload"].contains(&word.text.as_str())
            }),
            Some(("echo" | "cat" | "printf" | "tee", arguments)) => {
                let targets = command.redirects.iter().map(|redirect| &redirect.target);
                targets.chain(arguments).any(|word| settings(&word.text))
            }
            Some(_) => false,
        }
    })
}

fn runtimes(config: &ClusterConfig, steps: &mut Vec<Step>) {
    let groups = config
        .all_node_groups()
        .filter_map(|group| group.as_self_managed().map(|own| (group.path(), own)));
    let old = groups.filter(|(_, own)| !["", "containerd"].contains(&own.container_runtime.or_empty()));
    let edits: Vec<Edit> = old
        .map(|(path, _)| remove(&path.key("containerRuntime")))
        .collect();
    if !edits.is_empty() {
        steps.push(Step {
            what: "`containerRuntime` is removed".to_owned(),
            why: "nodes run containerd only since Kubernetes 1.24".to_owned(),
            edits,
        });
    }
}

/// Versions of add-ons are for one version of Kubernetes.
fn addons(config: &ClusterConfig, steps: &mut Vec<Step>) {
    let list = Path::root().key("addons");
    let pinned = |version: &str| !["", "latest"].contains(&version);
    let edits: Vec<Edit> = config
        .addons
        .iter()
        .enumerate()
        .filter(|(_, addon)| pinned(addon.version.or_empty()))
        .map(|(index, _)| remove(&list.index(index).key("version")))
        .collect();
    if !edits.is_empty() {
        steps.push(Step {
            what: "versions of add-ons are left to EKS".to_owned(),
            why: "the old ones are for the old version of Kubernetes".to_owned(),
            edits,
        });
    }
}

/// Images and manifests of the autoscaler and of the device plugin, wherever the file names them with a version.
fn components(config: &ClusterConfig, catalog: &Catalog, version: &str, steps: &mut Vec<Step>) {
    for component in catalog.components() {
        let Some(current) = component.version(version) else {
            continue;
        };
        let edits: Vec<Edit> = texts(config)
            .iter()
            .filter_map(|(path, text)| Some(set(path, &with_version(component, text, &current)?)))
            .collect();
        if !edits.is_empty() {
            steps.push(Step {
                what: format!("{} becomes {current}", component.short_name()),
                why: if component.key == "cluster-autoscaler" {
                    "the autoscaler's version follows that of Kubernetes".to_owned()
                } else {
                    format!("it is the version known to work since {}", component.known_since)
                },
                edits,
            });
        }
    }
}

/// The text with another version behind the component's name; `None` if it names none, or this one.
fn with_version(component: &Component, text: &str, current: &str) -> Option<String> {
    let name = component.short_name();
    let mut written = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(name) {
        let behind = at + name.len();
        let Some(old) = text.get(behind..).and_then(|rest| rest.strip_prefix([':', '/'])) else {
            continue;
        };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let old = old.split(|c| !is_part(c)).next().unwrap_or_default();
        let is_version = old
            .strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !is_version || old == current {
            continue;
        }
        written.push_str(text.get(done..=behind)?);
        written.push_str(current);
        done = behind + 1 + old.len();
    }
    (done > 0).then(|| written + text.get(done..).unwrap_or_default())
}

/// What only the operator can do.
fn own_ids(old: &[NodeGroupRef<'_>], image: Option<&str>, version: &str, steps: &mut Vec<Step>) {
    let stays = |group: &NodeGroupRef<'_>| is_own(group) && !is_amazon_linux(group);
    if image.is_none() && old.iter().any(stays) {
        steps.push(Step {
            what: format!("`ami` stays as it is in {}", names(old, stays)),
            why: format!("only you know your image for {version}; name it with `--image`"),
            edits: Vec::new(),
        });
    }
}

/// `basic-worker`, or how many.
fn names(groups: &[NodeGroupRef<'_>], wanted: impl Fn(&NodeGroupRef<'_>) -> bool) -> String {
    let names: Vec<&str> = groups
        .iter()
        .filter(|group| wanted(group))
        .map(|group| group.name.as_str())
        .collect();
    match names.as_slice() {
        [one] => format!("`{one}`"),
        several => format!("{} nodegroups", several.len()),
    }
}

fn set(path: &Path, value: &str) -> Edit {
    Edit::Set {
        path: path.clone(),
        value: value.into(),
    }
}

fn remove(path: &Path) -> Edit {
    Edit::Remove { path: path.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{document::Document, leaderboard::Edition, preset::Preset, problem::Severity};
    use jiff::civil::date;

    const IMAGE: &str = "ami-0123456789abcdef0";

    fn modern(text: &str) -> (String, Vec<String>) {
        let facts = Facts::on(date(2026, 11, 23));
        let document = Document::parse(text);
        let steps = modernize(document.config(), &facts, Some(IMAGE));
        let edits: Vec<Edit> = steps.iter().flat_map(|step| step.edits.clone()).collect();
        let text = crate::testing::edited(text, &edits);
        let config = Document::parse(&text).config().clone();
        assert_eq!(modernize(&config, &facts, Some(IMAGE)), [], "{text}");
        (text, steps.into_iter().map(|step| step.what).collect())
    }

    fn errors(text: &str) -> Vec<String> {
        let problems = Document::parse(text).problems(&Facts::on(date(2026, 11, 23)));
        let errors = problems
            .into_iter()
            .filter(|found| found.problem.severity == Severity::Error);
        errors
            .map(|found| format!("{} {}", found.problem.code, found.problem.message))
            .collect()
    }

    #[test]
    fn upstream_s_form_becomes_today_s() {
        for edition in Edition::ALL {
            let old = Preset::upstream(edition, "111122223333", "ami-00254c198912bd2a1", "ssh-rsa AAAA")
                .yaml()
                .unwrap();
            let (text, steps) = modern(&old);
            assert_eq!(
                steps,
                [
                    "Kubernetes 1.29 becomes 1.35",
                    "AmazonLinux2 becomes AmazonLinux2023 in 2 nodegroups",
                    "Ubuntu 20.04 becomes 24.04 in 4 nodegroups",
                    "the boot script becomes the current one in 4 nodegroups",
                ]
            );
            assert_eq!(errors(&text), [""; 0]);
            assert!(!text.contains("config.toml"));
        }
    }

    #[test]
    fn versions_of_1_24_and_all_of_the_history_come_along() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/leaderboard/history"
        );
        let Ok(files) = std::fs::read_dir(folder) else {
            println!("skipped: no {folder}");
            return;
        };
        for file in files {
            let file = file.unwrap().path();
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            let document = Document::parse(&text);
            if !document.is_yaml() || document.config().metadata.version.is_none() {
                continue;
            }
            let (text, _) = modern(&text);
            // What other rules say of the old file, they say of the new one.
            let age = errors(&text)
                .into_iter()
                .filter(|error| ["LB020", "EK3"].iter().any(|code| error.starts_with(code)));
            assert_eq!(age.collect::<Vec<_>>(), [""; 0], "{}", file.display());
        }
    }

    #[test]
    fn scripts_that_do_more_keep_everything_but_the_call() {
        let more = "#!/bin/bash\nmount /dev/nvme1n1 /data\n/etc/eks/bootstrap.sh leaderboard-20\nsystemctl restart x\n";
        assert!(!only_boots(more));
        assert_eq!(
            with_arguments(more).unwrap(),
            "#!/bin/bash\nmount /dev/nvme1n1 /data\nsource /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh\n\
             /etc/eks/bootstrap.sh leaderboard-20 --kubelet-extra-args \"${KUBELET_EXTRA_ARGS}\"\nsystemctl restart x\n"
        );
        assert_eq!(with_arguments("bootstrap.sh a --kubelet-extra-args --x"), None);
        assert_eq!(with_arguments("sudo bash -c \"bootstrap.sh a\""), None);
    }

    #[test]
    fn components_follow_the_cluster() {
        let autoscaler = Catalog::builtin()
            .components()
            .iter()
            .find(|c| c.key == "cluster-autoscaler")
            .unwrap();
        let new = |text| with_version(autoscaler, text, &autoscaler.version("1.35").unwrap());
        assert_eq!(
            new("ctr pull registry.k8s.io/autoscaling/cluster-autoscaler:v1.22.2 && true").as_deref(),
            Some("ctr pull registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0 && true")
        );
        assert_eq!(new("k8s.io/cluster-autoscaler/leaderboard-20"), None);
        assert_eq!(new("k8s.io/cluster-autoscaler/vision"), None);
    }
}
