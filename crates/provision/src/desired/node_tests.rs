//! What nodegroups are made of, as far as the account decides it.

use super::{tests::config, *};
use crate::{facts::GivenProfile, text::Text};
use serde_json::{Value, json};

/// A config with these nodegroups and whatever else.
fn with_groups(rest: &str) -> ClusterConfig {
    config(&format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: lb, region: us-west-2, version: '1.34'}}\n{rest}"
    ))
}

fn assumed() -> AccountFacts {
    AccountFacts::assumed(Catalog::builtin(), "us-west-2")
}

/// What an account says whose profiles are these.
fn answered(profiles: &[(&str, Option<&str>)]) -> AccountFacts {
    let held = |role: &Option<&str>| GivenProfile {
        role: role.map(str::to_owned),
    };
    AccountFacts {
        profiles: profiles
            .iter()
            .map(|(arn, role)| ((*arn).to_owned(), held(role)))
            .collect(),
        images: config_images(),
        addons: BTreeMap::new(),
        assumed: false,
        ..assumed()
    }
}

/// Whatever image is asked for.
fn config_images() -> BTreeMap<String, String> {
    let groups = with_groups("nodeGroups: [{name: a, instanceType: t3.large}]\n");
    let questions = crate::facts::Questions::of(&groups, Catalog::builtin());
    let images = questions.parameters.into_iter();
    images.map(|name| (name, "ami-1".to_owned())).collect()
}

fn said(config: &ClusterConfig, facts: &AccountFacts) -> Vec<String> {
    let problems = desired(config, facts, Catalog::builtin()).unwrap_err();
    let line = |problem: &Problem| {
        let path = problem.place.path().unwrap();
        format!("{} {path}: {}", problem.code, problem.message)
    };
    problems.iter().map(line).collect()
}

/// The properties of an object, holes shown.
fn properties(desired: &Desired, key: &Key) -> Value {
    let wanted = desired.objects.get(key).unwrap_or_else(|| panic!("no {key}"));
    wanted
        .spec
        .mapped(&|text| Text::from(text.to_string()))
        .properties()
}

const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/nodes";

#[test]
fn a_given_profile_is_used_and_its_role_is_let_in() {
    let none = "addonsConfig: {disableDefaultAddons: true}\n";
    let group = |iam: &str| {
        with_groups(&format!(
            "{none}nodeGroups: [{{name: a, instanceType: t3.large, iam: {{instanceProfileARN: '{PROFILE}'{iam}}}}}]\n"
        ))
    };
    let held = "arn:aws:iam::111122223333:role/team/worker";
    let plain = ", instanceRoleARN: 'arn:aws:iam::111122223333:role/worker'";
    let cases = [
        // By convention the role has the profile's name.
        (group(""), assumed(), "arn:aws:iam::111122223333:role/nodes"),
        (group(plain), assumed(), "arn:aws:iam::111122223333:role/worker"),
        (group(""), answered(&[(PROFILE, Some(held))]), held),
        // As `aws-auth` names roles: without path. The entry needs the whole name.
        (group(plain), answered(&[(PROFILE, Some(held))]), held),
    ];
    for (config, facts, role) in cases {
        let desired = desired(&config, &facts, Catalog::builtin()).unwrap();
        let keys: Vec<&str> = desired.objects.keys().map(Key::as_str).collect();
        assert!(keys.iter().all(|key| !key.contains("NodeInstance")), "{keys:?}");
        let template = properties(&desired, &Key::nodegroup("a", "NodeGroupLaunchTemplate"));
        assert_eq!(
            template.pointer("/LaunchTemplateData/IamInstanceProfile"),
            Some(&json!({"Arn": PROFILE}))
        );
        let entry = properties(&desired, &Key::access_entry(role));
        assert_eq!(entry["Type"], "EC2_LINUX");
        assert_eq!(entry["PrincipalArn"], role);
    }
}

#[test]
fn a_profile_must_be_there_and_hold_the_role_that_is_named() {
    let group = |iam: &str| {
        with_groups(&format!(
            "addonsConfig: {{disableDefaultAddons: true}}\nnodeGroups: [{{name: a, instanceType: t3.large, iam: {{{iam}}}}}]\n"
        ))
    };
    let alone = group(&format!("instanceProfileARN: '{PROFILE}'"));
    let absent =
        format!("AC009 nodeGroups[0].iam.instanceProfileARN: there is no instance profile `{PROFILE}`");
    assert_eq!(said(&alone, &answered(&[])), [absent]);
    assert_eq!(
        said(&group("instanceProfileARN: nodes"), &assumed()),
        ["AC009 nodeGroups[0].iam.instanceProfileARN: there is no instance profile `nodes`"]
    );
    assert_eq!(
        said(&alone, &answered(&[(PROFILE, None)])),
        [format!(
            "AC009 nodeGroups[0].iam.instanceProfileARN: instance profile `{PROFILE}` holds no role, so no node would start"
        )]
    );
    let both = group(&format!(
        "instanceProfileARN: '{PROFILE}', instanceRoleARN: 'arn:aws:iam::111122223333:role/other'"
    ));
    let held = "arn:aws:iam::111122223333:role/worker";
    assert_eq!(
        said(&both, &answered(&[(PROFILE, Some(held))])),
        [format!(
            "AC009 nodeGroups[0].iam.instanceRoleARN: instance profile `{PROFILE}` holds role `{held}`, so \
             `arn:aws:iam::111122223333:role/other` is not the nodes' role"
        )]
    );
}
