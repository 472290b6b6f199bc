//! What `lb` makes in the sandbox, or on an emulator of AWS, beside what eksctl makes from the same file.
//!
//! A case is a folder with an `inventory.json` and a config: `config.yaml`, or the file that `config.txt` names
//! relative to `../shared`.

use crate::{Lb, emulators::backend::Emulator, root};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use lb_model::{
    catalog::Catalog,
    config::{ClusterConfig, OrEmpty as _},
    document::Document,
    problem::Edit,
};
use lb_provision::{
    given, preflight,
    sandbox::{AddonFacts, Facts, GivenSubnet, GivenTemplate, GivenVpc, ImageFacts, store::Store},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How a case came out.
#[derive(Debug)]
pub enum Verdict {
    /// The same objects with the same properties, but for the differences on purpose.
    Equal(Report),
    /// Something else.
    Differs(Report),
    /// `lb` does not provision something that the cluster itself has: each by path and reason.
    Refused(Vec<String>),
    /// The config names by its id what no call can make before `lb` does.
    NotHere(String),
}

/// What the comparison said.
#[derive(Debug, Default)]
pub struct Report {
    /// Its last line.
    pub summary: String,
    /// One line a difference.
    pub differences: Vec<String>,
    /// Allowances of `tests/parity.tsv` that this case does not need.
    pub unused: BTreeSet<String>,
    /// What `lb` does not provision of nodegroups, which are left out on both sides: each by path and reason.
    pub left_out: Vec<String>,
}

/// The folders at or below `folders` that are cases, in order.
///
/// # Errors
/// A folder cannot be read.
pub fn cases(folders: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut cases = Vec::new();
    let mut left: Vec<PathBuf> = folders.to_vec();
    while let Some(folder) = left.pop() {
        if folder.join("inventory.json").exists() {
            cases.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        left.extend(
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.is_dir()),
        );
    }
    cases.sort();
    Ok(cases)
}

/// Applies the case's config to an account like the recorded one, in the sandbox or on an emulator, and compares the
/// inventories.
///
/// # Errors
/// The case is incomplete, or `lb` fails where it should not.
pub fn compare(case: &Path, emulator: Option<&Emulator>) -> Result<Verdict, String> {
    let whole = Document::parse(read(&config(case)?)?);
    let day = day(whole.config().metadata.version.or_empty())?;
    let mut lb = Lb::new()?;
    let refusals = refusals(&lb, &whole, day)?;
    let left_out: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let groups = refusals.iter().map(Refusal::group);
    let Some(groups) = groups.collect::<Option<BTreeSet<_>>>() else {
        return Ok(Verdict::Refused(left_out));
    };
    let recorded = recorded_without(case, &names(&whole, &groups)?)?;
    let document = without(&whole, &groups)?;
    let facts = facts(case, &document, day)?;
    let text = here(&document, &facts.account)?;
    let compared = if let Some(emulator) = emulator {
        if let Some(group) = facts.later_security_groups.first() {
            return Ok(Verdict::NotHere(format!("security group `{group}`")));
        }
        let region = document.config().metadata.region.clone();
        let backend = emulator.start(facts, &region, &[])?;
        lb = lb.environment(backend.environment());
        let [text, recorded] = [&text, &recorded].map(|text| backend.with_ids_of_here(text));
        let files = written(&lb, &text, &recorded)?;
        made(&lb, &files, day, ("", "")).map_err(|why| format!("{why}\n{}", backend.said()))
    } else {
        Store::new(lb.account())
            .create(|| facts)
            .map_err(|error| error.to_string())?;
        let files = written(&lb, &text, &recorded)?;
        made(&lb, &files, day, ("--sandbox", "--speed max"))
    };
    let (is_equal, mut report) = compared?;
    report.left_out = left_out;
    Ok(if is_equal {
        Verdict::Equal(report)
    } else {
        Verdict::Differs(report)
    })
}

/// The names of nodegroups, by list and index.
fn names(document: &Document, groups: &BTreeSet<(&str, usize)>) -> Result<Vec<String>, String> {
    let all = document.value();
    let name = |&(list, index): &(&str, usize)| {
        let name = all
            .pointer(&format!("/{list}/{index}/name"))
            .and_then(Value::as_str);
        name.map(str::to_owned)
            .ok_or_else(|| format!("`{list}[{index}]` has no name"))
    };
    groups.iter().map(name).collect()
}

/// The config without these nodegroups.
fn without(document: &Document, groups: &BTreeSet<(&str, usize)>) -> Result<Document, String> {
    // From the last on, so that the indexes of those before stay right.
    let removals: Vec<Edit> = groups
        .iter()
        .rev()
        .map(|&(list, index)| Edit::Remove {
            path: lb_model::path::Path::root().key(list).index(index),
        })
        .collect();
    let edited = document.edit(&removals).map_err(|error| error.to_string())?;
    Ok(edited.document)
}

/// The recorded inventory without what belongs to nodegroups of these names.
fn recorded_without(case: &Path, names: &[String]) -> Result<String, String> {
    let text = read(&case.join("inventory.json"))?;
    let mut inventory: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let of_group = |object: &Value| {
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        names.iter().any(|name| id.contains(&format!("ng:{name}/")))
    };
    if let Some(objects) = inventory.get_mut("objects").and_then(Value::as_array_mut) {
        objects.retain(|object| !of_group(object));
    }
    Ok(inventory.to_string())
}

/// The files of the config and of the recorded inventory.
fn written(lb: &Lb, config: &str, recorded: &str) -> Result<(PathBuf, PathBuf), String> {
    let file = |name: &str, text: &str| lb.write(name, text).map_err(|error| error.to_string());
    Ok((file("config.yaml", config)?, file("recorded.json", recorded)?))
}

/// Makes the cluster of a file with these flags, of every command and of those that write, and tells whether it is the
/// recorded one, and what is not.
fn made(
    lb: &Lb,
    (file, recorded): &(PathBuf, PathBuf),
    day: Date,
    (every, writing): (&str, &str),
) -> Result<(bool, Report), String> {
    let file = file.display();
    let answer = lb
        .run(&format!("apply {file} {every} {writing} --yes --today {day}"))
        .map_err(|e| e.to_string())?;
    if answer.code != Some(0) {
        // What it did before is long; why it ended stands at the end.
        let said = format!("{}{}", answer.stdout, answer.stderr);
        let lines: Vec<&str> = said.lines().collect();
        let end = lines.len().saturating_sub(12);
        return Err(lines.get(end..).unwrap_or_default().join("\n"));
    }
    let answer = lb
        .run(&format!("inventory {file} {every} --format json"))
        .map_err(|e| e.to_string())?;
    let actual = lb
        .write("inventory.json", &answer.stdout)
        .map_err(|error| error.to_string())?;
    by_tool(recorded, &actual)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn config(case: &Path) -> Result<PathBuf, String> {
    let own = case.join("config.yaml");
    if own.exists() {
        return Ok(own);
    }
    let named = read(&case.join("config.txt"))?;
    Ok(root().join("../shared").join(named.trim()))
}

/// The config; if the recorded account is another one than it names, it says that this is on purpose.
fn here(document: &Document, account: &str) -> Result<String, String> {
    let Some(problem) = preflight::other_account(document, account) else {
        return Ok(document.text().to_owned());
    };
    let edited = document.allow(&document.locate(problem));
    let edited = edited.map_err(|error| error.to_string())?;
    Ok(edited.document.text().to_owned())
}

/// A day on which EKS gave standard support to the version.
fn day(version: &str) -> Result<Date, String> {
    let known = Catalog::builtin().version(version);
    let version = known.ok_or_else(|| format!("the catalog does not know Kubernetes `{version}`"))?;
    version
        .released
        .checked_add(60.days())
        .map_err(|error| error.to_string())
}

/// What `lb` does not provision of a config.
#[derive(Deserialize)]
struct Refusal {
    path: String,
    message: String,
}

impl Refusal {
    /// The list and the index of the nodegroup that it is about, if it is about one.
    fn group(&self) -> Option<(&str, usize)> {
        let (list, rest) = self.path.split_once('[')?;
        let (index, _) = rest.split_once(']')?;
        let is_group = ["nodeGroups", "managedNodeGroups"].contains(&list);
        Some((list, index.parse().ok()?)).filter(|_| is_group)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

fn refusals(lb: &Lb, document: &Document, day: Date) -> Result<Vec<Refusal>, String> {
    lb.write("config.yaml", document.text())
        .map_err(|error| error.to_string())?;
    let line = format!("validate config.yaml --select NP --format json --today {day}");
    let answer = lb.run(&line).map_err(|error| error.to_string())?.json()?;
    let problems = answer.pointer("/files/0/problems").cloned().unwrap_or_default();
    serde_json::from_value(problems).map_err(|error| error.to_string())
}

/// The recorded account: what the config takes for given, and what the nearest `facts.json` says.
fn facts(case: &Path, document: &Document, day: Date) -> Result<Facts, String> {
    let start: Timestamp = day
        .at(12, 0, 0, 0)
        .to_zoned_datetime(TimeZone::UTC)
        .map_err(|error| error.to_string())?
        .timestamp();
    let mut facts = given::facts(document.config(), start);
    facts.every_type_everywhere = true;
    let Some(path) = case
        .ancestors()
        .map(|folder| folder.join("facts.json"))
        .find(|path| path.exists())
    else {
        return Ok(facts);
    };
    let recorded: Value =
        serde_json::from_str(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    if let Some(account) = recorded.get("account").and_then(Value::as_str) {
        account.clone_into(&mut facts.account);
    }
    if let Some(caller) = recorded.get("caller").and_then(Value::as_str) {
        caller.clone_into(&mut facts.caller);
    }
    for (id, device) in texts(section(&recorded, "ownImages")) {
        facts.images.insert(
            id,
            ImageFacts {
                root_device: device,
                ..ImageFacts::default()
            },
        );
    }
    facts.templates.extend(templates(&recorded));
    facts.parameters.extend(texts(section(&recorded, "images")));
    facts.addons.extend(addons(&recorded));
    let region = &document.config().metadata.region;
    let zones = ["a", "b", "c"].map(|letter| format!("{region}{letter}"));
    facts.zones.insert(region.clone(), zones.to_vec());
    let vpcs = vpcs(section(&recorded, "existing VPC"), region, &facts.vpcs);
    if facts.vpcs.is_empty() {
        // The recorder's groups exist; of a VPC that the cluster makes they can only be made by somebody meanwhile.
        facts.later_security_groups = attached(document.config()).collect();
    } else {
        facts.vpcs = vpcs;
    }
    Ok(facts)
}

/// Ids of the security groups that nodegroups bring along.
fn attached(config: &ClusterConfig) -> impl Iterator<Item = String> {
    let groups = config
        .all_node_groups()
        .filter_map(|group| group.security_groups.clone());
    groups.flat_map(|groups| groups.attach_ids)
}

/// The value of the key that begins with `name`; the recorder puts remarks behind it.
fn section<'a>(recorded: &'a Value, name: &str) -> &'a Value {
    let entries = recorded.as_object().into_iter().flatten();
    entries
        .filter(|(key, _)| key.split(" (").next() == Some(name))
        .map(|(_, value)| value)
        .next()
        .unwrap_or(&Value::Null)
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The recorded launch templates.
fn templates(recorded: &Value) -> BTreeMap<String, GivenTemplate> {
    let entries = section(recorded, "launchTemplates")
        .as_object()
        .into_iter()
        .flatten();
    let word = |value: &Value, place: &str| value.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let template = |(id, value): (&String, &Value)| {
        let template = GivenTemplate {
            versions: value.get("version").and_then(Value::as_i64).unwrap_or(1),
            instance_type: word(value, "/data/instanceType"),
            image: word(value, "/data/imageId"),
        };
        (id.clone(), template)
    };
    entries.map(template).collect()
}

/// Add-ons with their versions, newest first; the recorder flagged the last as the default.
fn addons(recorded: &Value) -> BTreeMap<String, AddonFacts> {
    let needing = section(recorded, "addonsFlaggedAsNeedingIam");
    let entries = section(recorded, "addonVersions")
        .as_object()
        .into_iter()
        .flatten();
    entries
        .map(|(name, versions)| {
            let versions: Vec<String> = versions
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|v| Some(v.as_str()?.to_owned()))
                .collect();
            let default_version = versions.last().cloned().unwrap_or_default();
            let requires_iam = needing.get(name).is_some();
            (
                name.clone(),
                AddonFacts {
                    versions,
                    default_version,
                    requires_iam,
                },
            )
        })
        .collect()
}

/// The recorded VPCs; their security groups are those that the config names.
fn vpcs(recorded: &Value, region: &str, named: &[GivenVpc]) -> Vec<GivenVpc> {
    let word = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let all = recorded.get("subnets").and_then(Value::as_object);
    let security_groups: Vec<String> = named.iter().flat_map(|vpc| vpc.security_groups.clone()).collect();
    let vpcs = recorded
        .get("vpcs")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    vpcs.map(|(id, vpc)| GivenVpc {
        id: id.clone(),
        region: region.to_owned(),
        cidr: word(vpc, "cidr"),
        subnets: all
            .into_iter()
            .flatten()
            .filter(|(_, subnet)| word(subnet, "vpc") == *id)
            .map(|(subnet_id, subnet)| GivenSubnet {
                id: subnet_id.clone(),
                zone: word(subnet, "az"),
                cidr: word(subnet, "cidr"),
                public: subnet.get("public").and_then(Value::as_bool).unwrap_or_default(),
            })
            .collect(),
        security_groups: security_groups.clone(),
    })
    .collect()
}

fn by_tool(expected: &Path, actual: &Path) -> Result<(bool, Report), String> {
    let output = Command::new("python3")
        .arg(root().join("../shared/tools/parity.py"))
        .args([expected, actual])
        .arg("--allow")
        .arg(root().join("tests/parity.tsv"))
        .output()
        .map_err(|error| format!("python3, which compares, does not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut report = Report::default();
    for line in said.lines() {
        if line.starts_with("allowed but not there") {
            report.unused.insert(line.to_owned());
        } else if line.ends_with(" allowed") {
            line.clone_into(&mut report.summary);
        } else {
            report.differences.push(line.to_owned());
        }
    }
    if report.summary.is_empty() {
        return Err(format!(
            "the comparison failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok((output.status.success(), report))
}
