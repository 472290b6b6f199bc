//! What is desired of a config, against what eksctl makes of it.

use super::*;
use crate::{
    facts::{AddonVersions, GivenNetwork, GivenSubnet, GivenTemplate, Image},
    inventory::Inventory,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path as FilePath, PathBuf},
    process::Command,
};

/// The folder of facts and recorded cases, where it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let shared = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.is_dir() {
        return Some(shared);
    }
    println!("skipped: {} is not there", shared.display());
    None
}

/// A config.
pub(crate) fn config(text: &str) -> ClusterConfig {
    lb_model::document::Document::parse(text).config().clone()
}

fn image(root_device: &str) -> Image {
    Image {
        root_device: root_device.to_owned(),
        encrypted: false,
        root_gib: 8,
        architecture: "x86_64".to_owned(),
        state: "available".to_owned(),
        deprecated: None,
    }
}

/// What the recorded account answered (`facts.json` of the cases).
fn recorded_facts(facts: &Value, version: &str, region: &str) -> AccountFacts {
    let strings = |value: &Value| -> Vec<String> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item.as_str().unwrap().replace("{v}", version))
            .collect()
    };
    let field = |prefix: &str| {
        facts
            .as_object()
            .unwrap()
            .iter()
            .find(|(key, _)| key.starts_with(prefix))
            .unwrap()
            .1
    };
    let addons = field("addonVersions")
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, versions)| {
            let versions = strings(versions);
            let default = versions.last().cloned();
            (
                name.clone(),
                AddonVersions {
                    versions,
                    default,
                    identities: Vec::new(),
                },
            )
        });
    let images = field("images").as_object().unwrap();
    let own = field("ownImages").as_object().unwrap();
    let own = own
        .iter()
        .map(|(id, device)| (id.clone(), image(device.as_str().unwrap())));
    let templates = field("launchTemplates").as_object().unwrap().iter();
    AccountFacts {
        templates: templates
            .map(|(id, about)| {
                let data = &about["data"];
                let template = GivenTemplate {
                    has_image: data["imageId"].is_string(),
                    instance_type: data["instanceType"].as_str().map(str::to_owned),
                };
                (id.clone(), template)
            })
            .collect(),
        network: recorded_network(field("existing VPC")),
        account: Some(facts["account"].as_str().unwrap().to_owned()),
        zones: ["a", "b", "c"].map(|letter| format!("{region}{letter}")).to_vec(),
        images: images
            .iter()
            .map(|(name, id)| (name.clone(), id.as_str().unwrap().to_owned()))
            .collect(),
        image_details: own.collect(),
        addons: addons.collect(),
        ..AccountFacts::default()
    }
}

fn recorded_network(existing: &Value) -> Option<GivenNetwork> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (vpc, about) = existing["vpcs"].as_object().unwrap().iter().next()?;
    let subnets = existing["subnets"].as_object().unwrap().iter();
    Some(GivenNetwork {
        vpc: vpc.clone(),
        cidr: text(&about["cidr"]),
        subnets: subnets
            .map(|(id, about)| GivenSubnet {
                id: id.clone(),
                zone: text(&about["az"]),
                cidr: text(&about["cidr"]),
            })
            .collect(),
    })
}

/// The config of a recorded case.
pub(crate) fn config_of(folder: &FilePath, shared: &FilePath) -> ClusterConfig {
    let file = match fs::read_to_string(folder.join("config.txt")) {
        Ok(name) => shared.join(name.trim()),
        Err(_) => folder.join("config.yaml"),
    };
    config(&fs::read_to_string(file).unwrap())
}

/// What is desired of a config in the recorded account.
pub(crate) fn case_of(config: &ClusterConfig, shared: &FilePath) -> Result<Desired, Vec<Problem>> {
    let facts = fs::read_to_string(shared.join("conformance/eksctl/facts.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let catalog = Catalog::builtin();
    let facts = recorded_facts(&facts, &version(config, catalog), &config.metadata.region);
    desired(config, &facts, catalog)
}

fn case(folder: &FilePath, shared: &FilePath) -> Result<Desired, Vec<Problem>> {
    case_of(&config_of(folder, shared), shared)
}

#[test]
fn desired_state_has_parity_with_eksctl() {
    let Some(shared) = shared() else { return };
    let allow = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity.tsv");
    for name in [
        "leaderboard-1.0",
        "leaderboard-2.0",
        "seed-1.24",
        "modern",
        "existing-vpc-sg",
        "existing-vpc",
        "managed",
        "config-map-auth",
    ] {
        let folder = shared.join("conformance/eksctl").join(name);
        let desired = match case(&folder, &shared) {
            Ok(desired) => desired,
            Err(problems) => {
                let places: Vec<_> = problems.iter().map(|problem| &problem.place).collect();
                assert!(name == "config-map-auth", "{name} is refused: {places:?}");
                println!("{name} is refused: {places:?}");
                continue;
            }
        };
        let actual = std::env::temp_dir().join(format!("lb-parity-{}-{name}.json", std::process::id()));
        fs::write(
            &actual,
            serde_json::to_string(&Inventory::of_desired(&desired)).unwrap(),
        )
        .unwrap();
        let output = Command::new("python3")
            .arg(shared.join("tools/parity.py"))
            .arg(folder.join("inventory.json"))
            .arg(&actual)
            .arg("--allow")
            .arg(&allow)
            .output()
            .unwrap();
        fs::remove_file(&actual).unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        println!("{name}: {}", said.lines().last().unwrap_or_default());
        assert!(
            output.status.success(),
            "{name}:\n{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_same_config_gives_the_same_bytes() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("conformance/eksctl/leaderboard-1.0");
    let once = || serde_json::to_string(&case(&folder, &shared).unwrap()).unwrap();
    assert_eq!(once(), once());
}

#[test]
fn every_hole_reads_an_object_that_is_made() {
    let Some(shared) = shared() else { return };
    let desired = case(&shared.join("conformance/eksctl/leaderboard-2.0"), &shared).unwrap();
    for key in desired.objects.keys() {
        for needed in desired.needs(key) {
            assert!(desired.objects.contains_key(&needed), "{key} needs {needed}");
        }
    }
    assert_eq!(json!(desired.cluster), json!("leaderboard-20"));
}

#[test]
fn the_examples_are_provisioned() {
    let catalog = Catalog::builtin();
    let examples = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for file in ["leaderboard-1.0.yaml", "leaderboard-2.0.yaml"] {
        let config = config(&fs::read_to_string(examples.join(file)).unwrap());
        let facts = AccountFacts::assumed(catalog, &config.metadata.region);
        let desired = desired(&config, &facts, catalog).unwrap();
        assert!(desired.objects.len() > 80, "{file}: {}", desired.objects.len());
    }
}
