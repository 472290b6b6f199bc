//! What only managed nodegroups have, and what they do without.

use super::group::*;
use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK501");
const EXCLUDES: Code = Code("EK502");
const FORMAT: Code = Code("EK506");
const REFUSED: Code = Code("EK510");
const UPDATE: Code = Code("EK511");
const CUSTOM_IMAGE: Code = Code("EK512");
const CAPACITY_BLOCK: Code = Code("EK513");
pub(super) const BOTTLEROCKET: Code = Code("EK514");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "launch template without id",
        doc: "A launch template of your own is named by `launchTemplate.id`.",
        bad: "managedNodeGroups: [{name: worker, launchTemplate: {version: '1'}}]\n",
        good: "managedNodeGroups: [{name: worker, launchTemplate: {id: lt-0123456789abcdef0, version: '1'}}]\n",
        check: Some(|config, _, problems| {
            each(config, |at, group| {
                required(REQUIRED, REQUIRED_ROWS, at, &group, problems)
            });
        }),
    },
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
Instance types are given by `instanceType`, `instanceTypes` or `instanceSelector`. A launch template of your own says \
itself what the nodes are, so the fields that would shape eksctl's do not go together with it. An update takes away a \
number or a percentage of nodes at once.",
        bad: "managedNodeGroups: [{name: worker, instanceType: m5.large, instanceTypes: [m5.large, m5a.large]}]\n",
        good: "managedNodeGroups: [{name: worker, instanceTypes: [m5.large, m5a.large]}]\n",
        check: Some(excluded),
    },
    Rule {
        code: FORMAT,
        title: "not a version of a launch template",
        doc: "\
The version of a launch template is its number, from 1 on, in quotes. The names `$Latest` and `$Default` are not taken.",
        bad: "managedNodeGroups: [{name: worker, launchTemplate: {id: lt-0123456789abcdef0, version: $Latest}}]\n",
        good: "managedNodeGroups: [{name: worker, launchTemplate: {id: lt-0123456789abcdef0, version: '3'}}]\n",
        check: Some(template_version),
    },
    Rule {
        code: REFUSED,
        title: "not for managed nodegroups",
        doc: "\
EKS makes the instance profile and the security groups of a managed nodegroup, so `iam.instanceProfileARN`, \
`securityGroups.withLocal` and `securityGroups.withShared` cannot be set.",
        bad: "managedNodeGroups: [{name: worker, securityGroups: {withLocal: true}}]\n",
        good: "managedNodeGroups: [{name: worker, securityGroups: {attachIDs: [sg-0a]}}]\n",
        check: Some(refused),
    },
    Rule {
        code: UPDATE,
        title: "update takes away too many",
        doc: "\
`updateConfig` says how many nodes an update takes away at once, as a number or a percentage; not more than \
`maxSize`.",
        bad: "managedNodeGroups: [{name: worker, minSize: 1, maxSize: 3, updateConfig: {maxUnavailable: 4}}]\n",
        good: "managedNodeGroups: [{name: worker, minSize: 1, maxSize: 3, updateConfig: {maxUnavailable: 1}}]\n",
        check: Some(update),
    },
    Rule {
        code: CUSTOM_IMAGE,
        title: "not beside a custom image",
        doc: "\
With an image of your own eksctl does not write the bootstrap, so `maxPodsPerNode`, `ssh.enableSsm` and \
`releaseVersion` have no effect and are refused.",
        bad: "\
managedNodeGroups:
- name: worker
  ami: ami-0a1b2c3d4e5f67890
  amiFamily: AmazonLinux2023
  maxPodsPerNode: 20
",
        good: "\
managedNodeGroups:
- name: worker
  ami: ami-0a1b2c3d4e5f67890
  amiFamily: AmazonLinux2023
",
        check: Some(custom_image),
    },
    Rule {
        code: CAPACITY_BLOCK,
        title: "a capacity block has one type",
        doc: "A block of reserved capacity is of one instance type, so the nodegroup has one.",
        bad: "\
managedNodeGroups:
- name: worker
  instanceTypes: [p5.48xlarge, p5e.48xlarge]
  capacityReservation: {capacityReservationTarget: {capacityReservationID: cr-0123456789abcdef0}}
  instanceMarketOptions: {marketType: capacity-block}
",
        good: "\
managedNodeGroups:
- name: worker
  instanceTypes: [p5.48xlarge]
  capacityReservation: {capacityReservationTarget: {capacityReservationID: cr-0123456789abcdef0}}
  instanceMarketOptions: {marketType: capacity-block}
",
        check: Some(capacity_block),
    },
    Rule {
        code: BOTTLEROCKET,
        title: "Bottlerocket setting belongs to eksctl",
        doc: "\
How a Bottlerocket node finds its cluster, and its labels and taints, are set by eksctl. The admin container is switched \
on by `bottlerocket.enableAdminContainer` or in the settings, not in both.",
        bad: "\
managedNodeGroups:
- name: worker
  amiFamily: Bottlerocket
  bottlerocket: {settings: {kubernetes: {cluster-name: other}}}
",
        good: "\
managedNodeGroups:
- name: worker
  amiFamily: Bottlerocket
  bottlerocket: {settings: {motd: hello}}
",
        check: Some(bottlerocket),
    },
];

/// Every managed nodegroup with its path.
fn each<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a ManagedNodeGroup)) {
    for (index, group) in config.managed_node_groups.iter().enumerate() {
        check(&Path::root().key("managedNodeGroups").index(index), group);
    }
}

const REQUIRED_ROWS: &[Required<ManagedNodeGroup>] = &[Required {
    path: "launchTemplate.id",
    missing: |g| {
        g.launch_template
            .as_ref()
            .is_some_and(|template| template.id.is_empty())
    },
    help: "give the id of the launch template, such as `lt-0123456789abcdef0`",
}];

type Row = (&'static str, Given<ManagedNodeGroup>);

const INSTANCE_TYPE: Row = ("instanceType", |g| g.instance_type.is_given());

const EXCLUDES_ROWS: &[Excludes<ManagedNodeGroup>] = &[
    Excludes {
        a: INSTANCE_TYPE,
        b: ("instanceTypes", |g| g.instance_types.is_given()),
        help: "put all of them into `instanceTypes`",
    },
    Excludes {
        a: INSTANCE_TYPE,
        b: ("instanceSelector", |g| selects(g.instance_selector.as_ref())),
        help: "either name the type or let it be selected",
    },
    Excludes {
        a: ("updateConfig.maxUnavailable", |g| {
            g.update_config
                .as_ref()
                .is_some_and(|update| update.max_unavailable.is_some())
        }),
        b: ("updateConfig.maxUnavailablePercentage", |g| {
            g.update_config
                .as_ref()
                .is_some_and(|update| update.max_unavailable_percentage.is_some())
        }),
        help: "keep the number or the percentage",
    },
];

fn ssh(group: &ManagedNodeGroup, is: impl Fn(&NodeGroupSSH) -> bool) -> bool {
    group.ssh.as_ref().is_some_and(is)
}

/// Whether SSH is allowed: asked for, or a key is given and it is not refused.
fn allows_ssh(ssh: &NodeGroupSSH) -> bool {
    let has_key =
        ssh.public_key.is_given() || ssh.public_key_path.is_given() || ssh.public_key_name.is_given();
    ssh.allow.unwrap_or(has_key)
}

/// Fields that shape eksctl's own launch template.
const SHAPE_OF_TEMPLATE: &[Row] = &[
    INSTANCE_TYPE,
    ("ami", |g| g.ami.is_given()),
    ("ssh.allow", |g| ssh(g, allows_ssh)),
    ("ssh.enableSsm", |g| ssh(g, |ssh| ssh.enable_ssm.is_some())),
    ("ssh.sourceSecurityGroupIds", |g| {
        ssh(g, |ssh| ssh.source_security_group_ids.is_given())
    }),
    ("securityGroups.attachIDs", |g| {
        g.security_groups
            .as_ref()
            .is_some_and(|groups| groups.attach_ids.is_given())
    }),
    ("volumeSize", |g| g.volume_size.is_some()),
    ("instanceName", |g| g.instance_name.is_given()),
    ("instancePrefix", |g| g.instance_prefix.is_given()),
    ("maxPodsPerNode", |g| {
        g.max_pods_per_node.is_some_and(|pods| pods != 0)
    }),
    ("disableIMDSv1", |g| no(g.disable_imdsv1)),
    ("disablePodIMDS", |g| yes(g.disable_pod_imds)),
    ("preBootstrapCommands", |g| {
        g.pre_bootstrap_commands.as_ref().is_some_and(Vec::is_given)
    }),
    ("overrideBootstrapCommand", |g| {
        g.override_bootstrap_command.is_some()
    }),
    ("placement", |g| g.placement.is_some()),
];

fn excluded(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        excludes(EXCLUDES, EXCLUDES_ROWS, at, &group, problems);
        for field in SHAPE_OF_TEMPLATE {
            let a: Row = ("launchTemplate", |g| g.launch_template.is_some());
            let help = "remove it, and put it into the launch template";
            excludes(
                EXCLUDES,
                &[Excludes::<ManagedNodeGroup> { a, b: *field, help }],
                at,
                &group,
                problems,
            );
        }
    });
}

fn template_version(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        let version = group
            .launch_template
            .as_ref()
            .and_then(|template| template.version.as_deref());
        if let Some(version) = version.filter(|version| !version.parse().is_ok_and(|number: i64| number >= 1))
        {
            let place = Place::Value(below(at, "launchTemplate.version"));
            let problem = Problem::error(
                FORMAT,
                place,
                format!("`{version}` is not the number of a version"),
            );
            problems
                .push(problem.with_help("write the number in quotes, or remove it for the default version"));
        }
    });
}

fn refused(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        let groups = group.security_groups.as_ref();
        let rows = [
            (
                "iam.instanceProfileARN",
                group
                    .iam
                    .as_ref()
                    .is_some_and(|iam| iam.instance_profile_arn.is_given()),
                "remove it, and use `iam.instanceRoleARN`",
            ),
            (
                "securityGroups.withLocal",
                groups.is_some_and(|groups| yes(groups.with_local)),
                "remove it: use `attachIDs` for groups of your own",
            ),
            (
                "securityGroups.withShared",
                groups.is_some_and(|groups| yes(groups.with_shared)),
                "remove it: use `attachIDs` for groups of your own",
            ),
        ];
        for (path, _, help) in rows.into_iter().filter(|(_, is_set, _)| *is_set) {
            let message = format!("a managed nodegroup takes no `{path}`");
            problems.push(Problem::error(REFUSED, Place::Value(below(at, path)), message).with_help(help));
        }
    });
}

fn update(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let Some(update) = group
            .as_managed()
            .and_then(|managed| managed.update_config.as_ref())
        else {
            continue;
        };
        let at = group.path().key("updateConfig");
        let (_, max) = node_bounds(&group);
        match (update.max_unavailable, update.max_unavailable_percentage) {
            (None, None) => {
                let message = "`updateConfig` says neither how many nodes nor what share";
                let problem = Problem::error(UPDATE, Place::Value(at), message);
                problems.push(problem.with_help("set `maxUnavailable` or `maxUnavailablePercentage`"));
            }
            (Some(nodes), _) if nodes > max => {
                let message = format!("{nodes} nodes cannot be unavailable if there are at most {max}");
                let problem = Problem::error(UPDATE, Place::Value(at.key("maxUnavailable")), message);
                problems.push(problem.with_help(format!("choose {max} or fewer")));
            }
            _ => {}
        }
    }
}

fn custom_image(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        if !group.ami.is_given() {
            return;
        }
        let rows = [
            (
                "maxPodsPerNode",
                group.max_pods_per_node.is_some_and(|pods| pods != 0),
            ),
            ("ssh.enableSsm", ssh(group, |ssh| yes(ssh.enable_ssm))),
            ("releaseVersion", group.release_version.is_given()),
        ];
        for (path, _) in rows.into_iter().filter(|(_, is_set)| *is_set) {
            let message = format!("`{path}` has no effect beside an image of your own");
            let problem = Problem::error(CUSTOM_IMAGE, Place::Value(below(at, path)), message);
            problems.push(problem.with_help("remove it, and set the image up so"));
        }
    });
}

fn capacity_block(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each(config, |at, group| {
        let options = group.instance_market_options.as_ref();
        let is_block = options.is_some_and(|options| options.market_type.or_empty() == "capacity-block");
        if is_block && group.instance_types.len() > 1 {
            let message = "a capacity block is of one instance type";
            let problem = Problem::error(CAPACITY_BLOCK, Place::Value(at.key("instanceTypes")), message);
            problems.push(problem.with_help("keep the type of the block"));
        }
    });
}

fn bottlerocket(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    const OWNED: [&str; 6] = [
        "cluster-certificate",
        "api-server",
        "cluster-name",
        "cluster-dns-ip",
        "node-labels",
        "node-taints",
    ];
    for group in config
        .all_node_groups()
        .filter(|group| group.as_managed().is_some())
    {
        let is_bottlerocket = family(&group, facts.catalog).is_some_and(is_bottlerocket);
        let Some(bottlerocket) = group.bottlerocket.as_ref().filter(|_| is_bottlerocket) else {
            continue;
        };
        let settings = |keys: &[&str]| {
            let root = bottlerocket
                .settings
                .as_ref()
                .and_then(|settings| settings.get(*keys.first()?));
            keys.iter().skip(1).try_fold(root?, |value, key| value.get(key))
        };
        let at = below(&group.path(), "bottlerocket.settings");
        for key in OWNED
            .iter()
            .filter(|key| settings(&["kubernetes", key]).is_some())
        {
            let message = format!("`{key}` is set by eksctl");
            let problem = Problem::error(BOTTLEROCKET, Place::Key(at.key("kubernetes").key(*key)), message);
            problems.push(problem.with_help("remove it"));
        }
        let admin = ["host-containers", "admin", "enabled"];
        if bottlerocket.enable_admin_container.is_some() && settings(&admin).is_some() {
            let place = Place::Value(admin.iter().fold(at, |at, key| at.key(*key)));
            let message = "the admin container is switched in two places";
            let problem = Problem::error(BOTTLEROCKET, place, message);
            problems
                .push(problem.with_help("remove one of them: this, or `bottlerocket.enableAdminContainer`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(REQUIRED_ROWS);
        assert_fields(EXCLUDES_ROWS);
        for (path, _) in SHAPE_OF_TEMPLATE {
            assert_path(ManagedNodeGroup::schema(), path);
        }
    }
}
