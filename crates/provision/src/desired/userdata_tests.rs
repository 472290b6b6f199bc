//! User data of the recorded cases, part by part: keys, order, paths, modes, variables and the user's own lines. The
//! scripts inside are our own, and are run by the tests of `userdata`.

use super::{
    tests::{case_of, config_of, shared},
    *,
};
use crate::{
    objects::LaunchTemplate,
    support::refused_in,
    text::{Attribute, Text},
    userdata::through,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path as FilePath};

const CASES: [&str; 12] = [
    "leaderboard-1.0",
    "leaderboard-2.0",
    "seed-1.24",
    "config-map-auth",
    "modern",
    "families/1.29",
    "families/1.34",
    "families/1.36",
    "families/managed-1.32",
    "managed",
    "existing-vpc",
    "existing-vpc-sg",
];

/// Each text as YAML or, if it is Bottlerocket's, TOML, all in one call.
fn read_yaml(texts: &[String]) -> Vec<Value> {
    let program = "import json,sys,tomllib,yaml
read = lambda t: tomllib.loads(t) if '[settings' in t else yaml.safe_load(t)
print(json.dumps([read(t) for t in json.load(sys.stdin)]))";
    let read = through(
        "python3",
        &["-c", program],
        &serde_json::to_string(texts).unwrap(),
    )
    .unwrap();
    serde_json::from_str(&read).unwrap()
}

/// Without the groups that `lb` refuses.
fn provisioned(mut config: ClusterConfig) -> ClusterConfig {
    let alone = |group: &lb_model::config::NodeGroup| ClusterConfig {
        node_groups: vec![group.clone()],
        ..ClusterConfig::default()
    };
    config
        .node_groups
        .retain(|group| refused_in(&alone(group), Severity::Error).is_empty());
    let alone = |group: &lb_model::config::ManagedNodeGroup| ClusterConfig {
        managed_node_groups: vec![group.clone()],
        ..ClusterConfig::default()
    };
    config
        .managed_node_groups
        .retain(|group| refused_in(&alone(group), Severity::Error).is_empty());
    config
}

fn lines(text: &str) -> BTreeMap<String, Value> {
    let variable = |line: &str| {
        let (name, value) = line.split_once('=').unwrap();
        let value = if name == "NODE_LABELS" {
            labels(value)
        } else {
            json!(value)
        };
        (name.to_owned(), value)
    };
    text.lines().map(variable).collect()
}

/// Labels, whose order eksctl leaves to chance.
fn labels(text: &str) -> Value {
    let mut labels: Vec<&str> = text.split(',').collect();
    labels.sort_unstable();
    json!(labels)
}

/// What of a cloud-config is compared.
fn cloud_config(read: &Value) -> Value {
    let keys: Vec<&String> = read.as_object().unwrap().keys().collect();
    let keys: BTreeSet<_> = keys.into_iter().collect();
    let files = read["write_files"].as_array().unwrap().iter().map(|file| {
        let content = file["content"].as_str().unwrap();
        let path = file["path"].as_str().unwrap();
        let content = match path {
            "/etc/eksctl/kubelet.env" => json!(lines(content)),
            "/etc/eksctl/kubelet-extra.json" => serde_json::from_str(content).unwrap(),
            _ => Value::Null,
        };
        (
            path.to_owned(),
            json!([file["owner"], file["permissions"], content]),
        )
    });
    let files: BTreeMap<String, Value> = files.collect();
    json!({"keys": keys, "runcmd": read["runcmd"], "files": files})
}

/// The parts of a MIME archive as headers and content.
fn parts(archive: &str) -> Vec<(String, String)> {
    let boundary = archive.split("boundary=").nth(1).unwrap().lines().next().unwrap();
    let separator = format!("--{boundary}");
    let inner = archive
        .split(&separator)
        .skip(1)
        .filter(|part| !part.starts_with("--"));
    inner
        .map(|part| {
            let (headers, content) = part.trim_start_matches("\r\n").split_once("\r\n\r\n").unwrap();
            (
                headers.to_owned(),
                content.strip_suffix("\r\n").unwrap().to_owned(),
            )
        })
        .collect()
}

/// A NodeConfig without what says nothing.
fn node_config(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries
                .iter()
                .map(|(key, value)| (key.clone(), node_config(value)));
            Value::Object(kept.filter(|(_, value)| *value != json!({})).collect())
        }
        Value::Array(items) => items.iter().map(node_config).collect(),
        Value::String(text) => match text.strip_prefix("--node-labels=") {
            Some(text) => labels(text),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

/// The parts of a group's user data: headers (none for cloud-config) and content.
fn taken_apart(data: &str) -> Vec<(String, String)> {
    if data.starts_with("MIME") {
        parts(data)
    } else if data.is_empty() {
        Vec::new()
    } else {
        vec![(String::new(), data.to_owned())]
    }
}

fn is_script(headers: &str) -> bool {
    headers.contains("shellscript")
}

/// Parts in comparable form; `read` yields the YAML of each that is no script.
fn compared(parts: &[(String, String)], read: &mut impl Iterator<Item = Value>) -> Value {
    let each = parts.iter().map(|(headers, content)| match headers.as_str() {
        "" => match read.next().unwrap() {
            settings if settings.get("settings").is_some() => node_config(&settings),
            read => cloud_config(&read),
        },
        // The script that raises the most pods is our own, and run by a test.
        headers if is_script(headers) && content.contains("--max-pods=") => json!([headers, "max-pods"]),
        headers if is_script(headers) => json!([headers, content]),
        headers => json!([headers, node_config(&read.next().unwrap())]),
    });
    each.collect()
}

/// Our user data with the recorded cluster's answers in it.
fn filled(template: &LaunchTemplate, recorded: &str) -> String {
    let after = |names: [&str; 3]| {
        let found = names.iter().find_map(|name| recorded.split(name).nth(1));
        let line = found.unwrap().lines().next().unwrap().trim();
        line.trim_matches('"').to_owned()
    };
    let value = |attribute| match attribute {
        Attribute::Endpoint => after(["API_SERVER_URL=", "apiServerEndpoint: ", "api-server = "]),
        Attribute::CertificateAuthorityData => after([
            "B64_CLUSTER_CA=",
            "certificateAuthority: ",
            "cluster-certificate = ",
        ]),
        Attribute::ClusterDns => crate::facts::cluster_dns("10.100.0.0/16").unwrap(),
        _ => "10.100.0.0/16".to_owned(),
    };
    let text: Text = template
        .launch_template_data
        .user_data
        .text
        .filled(&|hole| Some(value(hole.attribute)));
    text.as_literal().unwrap().to_owned()
}

#[test]
fn user_data_is_eksctls_part_by_part() {
    let Some(shared) = shared() else { return };
    // Group, recorded parts, ours.
    let mut groups = Vec::new();
    for name in CASES {
        let folder = shared.join("conformance/eksctl").join(name);
        let config = provisioned(config_of(&folder, &shared));
        let desired = case_of(&config, &shared).unwrap();
        for group in config.all_node_groups() {
            let managed = group.as_managed();
            if managed.is_some_and(|own| own.launch_template.is_some()) {
                continue;
            }
            let raw: &FilePath = &folder.join("userdata").join(format!("{}.raw", group.name));
            // A managed group without a file has no user data.
            let recorded = match managed {
                Some(_) => fs::read_to_string(raw).unwrap_or_default(),
                None => fs::read_to_string(raw).unwrap(),
            };
            let part = if managed.is_some() {
                "LaunchTemplate"
            } else {
                "NodeGroupLaunchTemplate"
            };
            let key = Key::nodegroup(group.name, part);
            let Spec::LaunchTemplate(template) = &desired.objects[&key].spec else {
                panic!()
            };
            let ours = filled(template, &recorded);
            groups.push((
                format!("{name}: {}", group.name),
                taken_apart(&recorded),
                taken_apart(&ours),
            ));
        }
    }
    let all = groups
        .iter()
        .flat_map(|(_, recorded, ours)| recorded.iter().chain(ours));
    let yaml: Vec<String> = all
        .filter(|(headers, _)| !is_script(headers))
        .map(|(_, content)| content.clone())
        .collect();
    let mut read = read_yaml(&yaml).into_iter();
    for (name, recorded, ours) in &groups {
        let recorded = compared(recorded, &mut read);
        assert_eq!(compared(ours, &mut read), recorded, "{name}");
    }
    println!("{} groups compared", groups.len());
    assert!(groups.len() >= 40);
}
