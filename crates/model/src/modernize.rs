//! From a file that AWS no longer accepts to today's form of the same cluster: version, images, bootstrap, and what
//! the file names of components. Each step says what it does and why; none is applied without being asked for.

mod boot;

use crate::{
    catalog::{Catalog, Component, Support, UserData},
    config::{ClusterConfig, NodeGroupRef, OrEmpty, effective},
    document::Document,
    edit::{EditError, Splice},
    path::Path,
    preset,
    problem::Edit,
    rename::texts,
    rules::Facts,
};
use boot::{only_boots, with_arguments};

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
    /// The changes themselves, of the file as the steps before have left it; empty where only a person can make them.
    pub edits: Vec<Edit>,
    /// Why they could not be made, if so. The file has not changed then.
    pub refused: Option<EditError>,
}

/// A file on the way to today's form.
#[derive(Clone, Debug)]
pub struct Modernized {
    /// The file after all steps that could be made.
    pub document: Document,
    /// The steps, in the order in which they were made; none if the file has today's form already.
    pub steps: Vec<Step>,
    /// What was changed, one after the other.
    pub splices: Vec<Splice>,
}

impl Modernized {
    /// Makes a step. The next one sees the file after it: what a list has lost, and texts that are new.
    fn make(&mut self, what: String, why: impl Into<String>, edits: Vec<Edit>) {
        let refused = match self.document.edit(&edits) {
            Ok(edited) => {
                self.document = edited.document;
                self.splices.extend(edited.splices);
                None
            }
            Err(error) => Some(error),
        };
        self.steps.push(Step {
            what,
            why: why.into(),
            edits,
            refused,
        });
    }

    fn config(&self) -> &ClusterConfig {
        self.document.config()
    }
}

/// Brings a file to today's form, step by step.
///
/// `image` is the operator's own image for the nodegroups that have one, made for the version that is chosen. Without
/// it the old id stays, and the last step says so.
pub fn modernize(document: &Document, facts: &Facts<'_>, image: Option<&str>) -> Modernized {
    let mut way = Modernized {
        document: document.clone(),
        steps: Vec::new(),
        splices: Vec::new(),
    };
    let version = version(&mut way, facts);
    let groups = document.config().all_node_groups();
    let old: Vec<NodeGroupRef<'_>> = groups
        .filter(|group| is_old(group, &version, facts.catalog))
        .collect();
    stock_images(&old, &mut way);
    own_images(&old, image, &mut way);
    bootstrap(&mut way, facts.catalog);
    docker(&mut way);
    runtimes(&mut way);
    if !way.steps.is_empty() {
        addons(&mut way);
    }
    components(&mut way, facts.catalog, &version);
    own_ids(&old, image, &version, &mut way);
    way
}

/// The version of today's form: the file's own while AWS accepts it at the usual price.
fn version(way: &mut Modernized, facts: &Facts<'_>) -> String {
    let old = way.config().metadata.version.clone().unwrap_or_default();
    let better = facts.catalog.recommended_version(facts.today);
    let why = match facts.catalog.support(&old, facts.today) {
        Support::Gone { .. } => "AWS makes no cluster of the old version any more",
        Support::Extended { .. } => "the old version is in extended support, at six times the price",
        _ => return effective(way.config()).metadata.version.unwrap_or_default(),
    };
    let Some(better) = better else { return old };
    let edits = vec![set(&Path::root().key("metadata").key("version"), better.name)];
    way.make(format!("Kubernetes {old} becomes {}", better.name), why, edits);
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

/// AmazonLinux2 becomes AmazonLinux2023, whose nodes boot by themselves: nodeadm takes no script.
fn stock_images(old: &[NodeGroupRef<'_>], way: &mut Modernized) {
    let does_more = |group: &NodeGroupRef<'_>| {
        let script = group.override_bootstrap_command.as_deref();
        script.is_some_and(|script| !only_boots(script))
    };
    let moves = |group: &NodeGroupRef<'_>| is_amazon_linux(group) && !does_more(group);
    let stays = |group: &NodeGroupRef<'_>| is_amazon_linux(group) && does_more(group);
    let mut edits = Vec::new();
    for group in old.iter().filter(|group| moves(group)) {
        let path = group.path();
        edits.push(set(&path.key("amiFamily"), STOCK_FAMILY));
        if is_own(group) {
            edits.push(remove(&path.key("ami")));
        }
        if group.override_bootstrap_command.is_some() {
            edits.push(remove(&path.key("overrideBootstrapCommand")));
        }
    }
    if !edits.is_empty() {
        let what = format!("AmazonLinux2 becomes {STOCK_FAMILY} in {}", names(old, moves));
        let why = "AmazonLinux2 has no image from 1.33 on, and gets no updates";
        way.make(what, why, edits);
    }
    if old.iter().any(stays) {
        let why = format!(
            "its boot script does more than boot, and {STOCK_FAMILY} takes none; move that into `preBootstrapCommands`, \
             remove the script, and go on"
        );
        let what = format!("AmazonLinux2 stays in {}", names(old, stays));
        way.make(what, why, Vec::new());
    }
}

/// Ubuntu2004 becomes Ubuntu2404.
fn own_images(old: &[NodeGroupRef<'_>], image: Option<&str>, way: &mut Modernized) {
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
        let what = format!("Ubuntu 20.04 becomes 24.04 in {}", names(old, is_ubuntu));
        way.make(what, "images of Ubuntu 20.04 end with Kubernetes 1.29", edits);
    }
}

/// Scripts that drop what eksctl hands to the kubelet get the current one; scripts that do more than boot keep
/// everything but the call.
fn bootstrap(way: &mut Modernized, catalog: &Catalog) {
    let (mut whole, mut calls) = (Vec::new(), Vec::new());
    let groups = way.config().all_node_groups();
    for group in groups.filter(|group| !is_amazon_linux(group)) {
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
    let nodegroups = |edits: &[Edit]| match edits.len() {
        1 => "1 nodegroup".to_owned(),
        count => format!("{count} nodegroups"),
    };
    if !whole.is_empty() {
        let what = format!(
            "the boot script becomes the current one in {}",
            nodegroups(&whole)
        );
        let why = format!("{why}; containerd's settings are left to NVIDIA's own tool");
        way.make(what, why, whole);
    }
    if !calls.is_empty() {
        let what = format!(
            "`bootstrap.sh` is given eksctl's arguments in {}",
            nodegroups(&calls)
        );
        way.make(what, why, calls);
    }
}

/// Settings of a runtime that nodes no longer have.
fn docker(way: &mut Modernized) {
    let mut edits = Vec::new();
    for group in way.config().all_node_groups() {
        let list = group.path().key("preBootstrapCommands");
        let commands = group.pre_bootstrap_commands.as_deref().unwrap_or_default();
        let commands = commands.iter().enumerate().rev();
        let old = commands.filter(|(_, command)| command.contains("/etc/docker/"));
        edits.extend(old.map(|(index, _)| remove(&list.index(index))));
    }
    if !edits.is_empty() {
        let why = "nodes run containerd since Kubernetes 1.24";
        way.make("settings of Docker are removed".to_owned(), why, edits);
    }
}

fn runtimes(way: &mut Modernized) {
    let groups = way.config().all_node_groups();
    let groups = groups.filter_map(|group| group.as_self_managed().map(|own| (group.path(), own)));
    let old = groups.filter(|(_, own)| !["", "containerd"].contains(&own.container_runtime.or_empty()));
    let edits: Vec<Edit> = old
        .map(|(path, _)| remove(&path.key("containerRuntime")))
        .collect();
    if !edits.is_empty() {
        let why = "nodes run containerd only since Kubernetes 1.24";
        way.make("`containerRuntime` is removed".to_owned(), why, edits);
    }
}

/// Versions of add-ons are for one version of Kubernetes.
fn addons(way: &mut Modernized) {
    let list = Path::root().key("addons");
    let pinned = |version: &str| !["", "latest"].contains(&version);
    let addons = way.config().addons.iter().enumerate();
    let edits: Vec<Edit> = addons
        .filter(|(_, addon)| pinned(addon.version.or_empty()))
        .map(|(index, _)| remove(&list.index(index).key("version")))
        .collect();
    if !edits.is_empty() {
        let why = "the old ones are for the old version of Kubernetes";
        way.make("versions of add-ons are left to EKS".to_owned(), why, edits);
    }
}

/// Images and manifests of the autoscaler and of the device plugin, wherever the file names them with a version.
fn components(way: &mut Modernized, catalog: &Catalog, version: &str) {
    for component in catalog.components() {
        let Some(current) = component.version(version) else {
            continue;
        };
        let edits: Vec<Edit> = texts(way.config())
            .iter()
            .filter_map(|(path, text)| Some(set(path, &with_version(component, text, &current)?)))
            .collect();
        if !edits.is_empty() {
            let why = if component.key == "cluster-autoscaler" {
                "the autoscaler's version follows that of Kubernetes".to_owned()
            } else {
                format!("it is the version known to work since {}", component.known_since)
            };
            way.make(
                format!("{} becomes {current}", component.short_name()),
                why,
                edits,
            );
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
fn own_ids(old: &[NodeGroupRef<'_>], image: Option<&str>, version: &str, way: &mut Modernized) {
    let stays = |group: &NodeGroupRef<'_>| is_own(group) && !is_amazon_linux(group);
    if image.is_none() && old.iter().any(stays) {
        let why = format!("only you know your image for {version}; name it with `--image`");
        way.make(
            format!("`ami` stays as it is in {}", names(old, stays)),
            why,
            Vec::new(),
        );
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
        let modern = modernize(&Document::parse(text), &facts, Some(IMAGE));
        let text = modern.document.text().to_owned();
        let again = modernize(&modern.document, &facts, Some(IMAGE)).steps;
        assert!(again.iter().all(|step| step.edits.is_empty()), "{text}");
        let steps = modern.steps.into_iter();
        let whats = steps.map(|step| {
            assert_eq!(step.refused, None, "{text}");
            step.what
        });
        let whats = whats.collect();
        (text, whats)
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
    fn a_step_sees_what_those_before_it_have_changed() {
        let (text, _) = modern(
            "metadata: {name: leaderboard-20, region: us-west-2, version: '1.24'}\nnodeGroups:\n  - name: a\n    \
             amiFamily: Ubuntu2004\n    preBootstrapCommands:\n      - echo > /etc/docker/daemon.json\n      \
             - pull cluster-autoscaler:v1.22.2\n    overrideBootstrapCommand: |\n      mount /data\n      \
             bootstrap.sh leaderboard-20\n      pull cluster-autoscaler:v1.22.2\n",
        );
        assert!(
            text.contains("Commands:\n      - pull cluster-autoscaler:v1.35.0\n    override"),
            "{text}"
        );
        assert!(text.contains("--kubelet-extra-args"), "{text}");
    }

    #[test]
    fn a_boot_script_that_does_more_keeps_its_image() {
        let script = |script: &str| {
            modern(&format!(
                "metadata: {{name: lb, region: us-west-2, version: '1.35'}}\nnodeGroups:\n- name: a\n  amiFamily: \
                 AmazonLinux2\n  ami: ami-0fedcba9876543210\n  overrideBootstrapCommand: {script}\n"
            ))
        };
        let (text, steps) = script("mount /data && /etc/eks/bootstrap.sh lb");
        assert!(text.contains("AmazonLinux2\n"), "{text}");
        assert_eq!(steps, ["AmazonLinux2 stays in `a`"]);
        let (text, _) = script("/etc/eks/bootstrap.sh lb");
        assert!(text.ends_with("  amiFamily: AmazonLinux2023\n"), "{text}");
    }

    #[test]
    fn a_step_that_cannot_be_made_leaves_the_others() {
        let facts = Facts::on(date(2026, 11, 23));
        let document = Document::parse(
            "metadata: {name: lb, region: us-west-2, version: &v '1.29'}\nnodeGroups:\n\
             - {name: a, amiFamily: AmazonLinux2, labels: {v: *v}}\n",
        );
        let modern = modernize(&document, &facts, None);
        let refused = modern.steps.iter().map(|step| step.refused.is_some());
        assert_eq!(refused.collect::<Vec<_>>(), [true, false]);
        assert!(modern.document.text().contains("version: &v '1.29'"));
        assert!(modern.document.text().contains("AmazonLinux2023"));
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
