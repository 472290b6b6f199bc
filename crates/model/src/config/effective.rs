//! The config that eksctl works with: its defaults filled in where a field is absent. What only an account can
//! say, such as zones, image ids and the instance types of a selector, stays absent.

use super::*;
use crate::{
    catalog::Catalog,
    format::{Cidr, LooseVersion},
    schema::Map,
};

/// The Kubernetes version of a cluster whose file names none.
pub const DEFAULT_VERSION: &str = "1.34";

/// The AMI family of a nodegroup whose file names neither family nor image.
pub const DEFAULT_FAMILY: &str = "AmazonLinux2023";

/// Labels that eksctl puts on every node, whatever the file says of them.
const CLUSTER_LABEL: &str = "alpha.eksctl.io/cluster-name";
const NODE_GROUP_LABEL: &str = "alpha.eksctl.io/nodegroup-name";

/// `config` with eksctl's defaults.
pub fn effective(config: &ClusterConfig) -> ClusterConfig {
    let mut config = config.clone();
    if matches!(config.metadata.version.or_empty(), "" | "auto") {
        config.metadata.version = Some(DEFAULT_VERSION.to_owned());
    }
    cluster(&mut config);
    network(&mut config);
    let on_outposts = config.outpost.is_some();
    let version = config.metadata.version.or_empty().to_owned();
    let labels = |group: &str| {
        [
            (CLUSTER_LABEL, config.metadata.name.clone()),
            (NODE_GROUP_LABEL, group.to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
    };
    let own_labels: Vec<_> = config
        .node_groups
        .iter()
        .map(|group| labels(&group.name))
        .collect();
    let managed_labels: Vec<_> = config
        .managed_node_groups
        .iter()
        .map(|group| labels(&group.name))
        .collect();
    for (group, labels) in config.node_groups.iter_mut().zip(own_labels) {
        group.labels.extend(labels);
        self_managed(group, &version, on_outposts);
    }
    for (group, labels) in config.managed_node_groups.iter_mut().zip(managed_labels) {
        group.labels.extend(labels);
        managed(group, on_outposts);
    }
    config
}

/// Fills a field in that is absent.
fn fill<T>(field: &mut Option<T>, default: T) {
    field.get_or_insert(default);
}

/// Fills a text in that is absent or empty.
fn fill_text(field: &mut Option<String>, default: &str) {
    if field.or_empty().is_empty() {
        *field = Some(default.to_owned());
    }
}

fn cluster(config: &mut ClusterConfig) {
    let outpost = config.outpost.as_ref();
    let has_etcd = outpost.is_none_or(|outpost| !outpost.etcd_instance_type.or_empty().is_empty());
    let access = config.access_config.get_or_insert_default();
    let mode = if has_etcd {
        "API_AND_CONFIG_MAP"
    } else {
        "CONFIG_MAP"
    };
    fill_text(&mut access.authentication_mode, mode);
    let iam = config.iam.get_or_insert_default();
    fill(&mut iam.with_oidc, false);
    fill(&mut iam.vpc_resource_controller_policy, true);
    for account in &mut iam.service_accounts {
        let metadata = account.metadata.get_or_insert_default();
        fill_text(&mut metadata.namespace, "default");
    }
    if let Some(logging) = config
        .cloud_watch
        .as_mut()
        .and_then(|watch| watch.cluster_logging.as_mut())
    {
        drop_zero(&mut logging.log_retention_in_days);
        let mut kinds = logging.enable_types.iter();
        if kinds.any(|kind| kind == "*" || kind == "all") {
            let all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
            logging.enable_types = all.map(str::to_owned).into();
        }
    }
    let private = config.private_cluster.get_or_insert_default();
    fill(&mut private.enabled, false);
    fill(&mut private.skip_endpoint_creation, false);
    if let Some(auto) = config
        .auto_mode_config
        .as_mut()
        .filter(|auto| auto.enabled == Some(true))
    {
        fill(
            &mut auto.node_pools,
            vec!["general-purpose".to_owned(), "system".to_owned()],
        );
    }
    if let Some(karpenter) = &mut config.karpenter {
        fill(&mut karpenter.create_service_account, false);
    }
    if let Some(remote) = &mut config.remote_network_config {
        fill(&mut remote.iam.get_or_insert_default().provider, "ssm".to_owned());
    }
}

fn network(config: &mut ClusterConfig) {
    let family = config
        .kubernetes_network_config
        .as_ref()
        .map_or("", |network| network.ip_family.or_empty());
    let is_ipv6 = family.eq_ignore_ascii_case("IPv6");
    let on_outposts = config.outpost.is_some();
    let is_private = config
        .private_cluster
        .as_ref()
        .is_some_and(|private| private.enabled == Some(true));
    if config.vpc.is_none() {
        config.vpc = Some(ClusterVPC {
            cidr: Some("192.168.0.0/16".to_owned()),
            auto_allocate_ipv6: Some(false),
            ..ClusterVPC::default()
        });
    }
    let Some(vpc) = &mut config.vpc else { return };
    fill(&mut vpc.manage_shared_node_security_group_rules, true);
    if !is_ipv6 {
        fill_text(&mut vpc.nat.get_or_insert_default().gateway, "Single");
    }
    let endpoints = vpc.cluster_endpoints.get_or_insert_default();
    fill(&mut endpoints.private_access, on_outposts || is_private);
    fill(&mut endpoints.public_access, !on_outposts);
    for list in [
        &mut vpc.extra_cidrs,
        &mut vpc.extra_ipv6_cidrs,
        &mut vpc.public_access_cidrs,
    ] {
        for range in list {
            if let Ok(parsed) = range.parse::<Cidr>() {
                *range = parsed.network().to_string();
            }
        }
    }
    rewrite_range(&mut vpc.cidr);
    for list in vpc
        .subnets
        .iter_mut()
        .flat_map(|subnets| [&mut subnets.private, &mut subnets.public])
    {
        complete_subnets(list);
    }
}

/// A subnet without zone is in the one that it is named after.
fn complete_subnets(subnets: &mut Map<AZSubnetSpec>) {
    for (key, subnet) in subnets {
        fill_text(&mut subnet.az, key);
        rewrite_range(&mut subnet.cidr);
    }
}

/// A range in the one way to write it, its address as given.
fn rewrite_range(range: &mut Option<String>) {
    if let Some(parsed) = range.as_ref().and_then(|range| range.parse::<Cidr>().ok()) {
        *range = Some(parsed.to_string());
    }
}

/// The number 0 is to eksctl, in these fields, a field that is not there.
fn drop_zero(number: &mut Option<i64>) {
    if *number == Some(0) {
        *number = None;
    }
}

fn self_managed(group: &mut NodeGroup, version: &str, on_outposts: bool) {
    fill_text(&mut group.ami_family, DEFAULT_FAMILY);
    canonical(&mut group.ami_family);
    let family = group.ami_family.or_empty();
    if group.container_runtime.is_none() {
        // To eksctl, what it cannot read as a version is an old one.
        let has_dockershim = version != "latest"
            && !LooseVersion::parse(version).is_some_and(|version| version.is_at_least(&[1, 24]));
        let runtime = match family {
            DEFAULT_FAMILY => "containerd",
            _ if !has_dockershim => "containerd",
            family if family.starts_with("Windows") => "docker",
            _ => "dockerd",
        };
        group.container_runtime = Some(runtime.to_owned());
    }
    group.taints.is_map = false;
    let groups = group.security_groups.get_or_insert_default();
    fill(&mut groups.with_shared, true);
    fill(&mut groups.with_local, true);
    let mut group = group.shared_mut();
    shared(&mut group);
    fill(group.volume_size, DEFAULT_VOLUME_GIB);
    volumes(&mut group, on_outposts);
}

fn managed(group: &mut ManagedNodeGroup, on_outposts: bool) {
    if group.ami.or_empty().is_empty() {
        fill_text(&mut group.ami_family, DEFAULT_FAMILY);
    }
    canonical(&mut group.ami_family);
    let tags = [
        (NODE_GROUP_LABEL, group.name.as_str()),
        ("alpha.eksctl.io/nodegroup-type", "managed"),
    ];
    group
        .tags
        .extend(tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let (min, max) = bounds(group.min_size, group.max_size, group.desired_capacity, 1);
    (group.min_size, group.max_size) = (Some(min), Some(max));
    fill(&mut group.desired_capacity, min);
    let has_template = group.launch_template.is_some();
    let mut group = group.shared_mut();
    shared(&mut group);
    // A given template has the size, and eksctl completes the rest all the same.
    if !has_template {
        fill(group.volume_size, DEFAULT_VOLUME_GIB);
    }
    volumes(&mut group, on_outposts);
}

/// The fewest and the most nodes of a group, defaults filled in. `least_max` is 1 for managed nodegroups, whose
/// default maximum is never 0, and 0 for self-managed ones.
pub(crate) fn bounds(min: Option<i64>, max: Option<i64>, desired: Option<i64>, least_max: i64) -> (i64, i64) {
    let min = min.or(desired).unwrap_or(2);
    let default_max = match desired.unwrap_or(min) {
        0 => least_max,
        count => count,
    };
    (min, max.unwrap_or(default_max))
}

/// The family in the case of letters that eksctl has for it.
fn canonical(family: &mut Option<String>) {
    if let Some(known) = Catalog::builtin().family(family.or_empty()) {
        *family = Some(known.name.to_owned());
    }
}

/// What both kinds of nodegroup have by default.
fn shared(group: &mut NodeGroupMut<'_>) {
    let ssh = group.ssh.get_or_insert_default();
    let keys = [&ssh.public_key, &ssh.public_key_name, &ssh.public_key_path];
    let has_key = keys.iter().any(|key| !key.or_empty().is_empty());
    let allow = *ssh.allow.get_or_insert(has_key);
    if allow && !has_key {
        ssh.public_key_path = Some("~/.ssh/id_rsa.pub".to_owned());
    }
    if group.ami_family.or_empty().starts_with("Bottlerocket") {
        let bottlerocket = group.bottlerocket.get_or_insert_default();
        fill(&mut bottlerocket.settings, AnyMap::new());
        if allow {
            fill(&mut bottlerocket.enable_admin_container, true);
        }
    }
    drop_zero(group.max_pods_per_node);
    if let Some(selector) = group.instance_selector {
        drop_zero(&mut selector.vcpus);
    }
    fill(group.disable_imdsv1, true);
    fill(group.disable_pod_imds, false);
    fill(group.private_networking, false);
    let policies = group
        .iam
        .get_or_insert_default()
        .with_addon_policies
        .get_or_insert_default();
    for flag in [
        &mut policies.image_builder,
        &mut policies.auto_scaler,
        &mut policies.external_dns,
        &mut policies.cert_manager,
        &mut policies.ebs,
        &mut policies.fsx,
        &mut policies.efs,
        &mut policies.aws_load_balancer_controller,
        &mut policies.alb_ingress,
        &mut policies.x_ray,
        &mut policies.cloud_watch,
    ] {
        fill(flag, false);
    }
}

/// The root volume and further ones.
fn volumes(group: &mut NodeGroupMut<'_>, on_outposts: bool) {
    performance(
        group.volume_type,
        group.volume_iops,
        group.volume_throughput,
        on_outposts,
    );
    if group.ami_family.or_empty().starts_with("Bottlerocket") {
        // The root device holds the system only; this one has the containers.
        fill(group.volume_name, "/dev/xvdb".to_owned());
    }
    for volume in group.additional_volumes.iter_mut() {
        fill(&mut volume.volume_size, DEFAULT_VOLUME_GIB);
        performance(
            &mut volume.volume_type,
            &mut volume.volume_iops,
            &mut volume.volume_throughput,
            on_outposts,
        );
    }
}

/// Size of a volume whose file names none, in GiB.
const DEFAULT_VOLUME_GIB: i64 = 80;

/// The kind of a volume, and what goes with it.
fn performance(
    kind: &mut Option<String>,
    iops: &mut Option<i64>,
    throughput: &mut Option<i64>,
    on_outposts: bool,
) {
    let default = if on_outposts { "gp2" } else { "gp3" };
    match kind.get_or_insert_with(|| default.to_owned()).as_str() {
        "gp3" => {
            fill(iops, 3000);
            fill(throughput, 125);
        }
        "io1" | "io2" => fill(iops, 100),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_file_says_stays() {
        let config: ClusterConfig = serde_yaml::from_str(
            "metadata: {name: a, version: '1.31'}
vpc: {nat: {gateway: Disable}, extraCIDRs: [10.1.2.3/16]}
nodeGroups: [{name: worker, minSize: 0, volumeType: io2, ssh: {allow: true}}]
managedNodeGroups: [{name: managed, minSize: 0, labels: {alpha.eksctl.io/nodegroup-name: other}}]
",
        )
        .unwrap();
        let effective = effective(&config);
        assert_eq!(effective.metadata.version.as_deref(), Some("1.31"));
        let vpc = effective.vpc.unwrap();
        assert_eq!(vpc.nat.unwrap().gateway.as_deref(), Some("Disable"));
        assert_eq!(vpc.extra_cidrs, ["10.1.0.0/16"]);
        let worker = &effective.node_groups[0];
        assert_eq!((worker.min_size, worker.max_size), (Some(0), None));
        assert_eq!((worker.volume_iops, worker.volume_throughput), (Some(100), None));
        assert_eq!(
            worker.ssh.as_ref().unwrap().public_key_path.as_deref(),
            Some("~/.ssh/id_rsa.pub")
        );
        let managed = &effective.managed_node_groups[0];
        assert_eq!(
            (managed.min_size, managed.max_size, managed.desired_capacity),
            (Some(0), Some(1), Some(0))
        );
        assert_eq!(managed.labels["alpha.eksctl.io/nodegroup-name"], "managed");
    }

    #[test]
    fn odd_values_become_what_eksctl_makes_of_them() {
        let config: ClusterConfig = serde_yaml::from_str(
            "metadata: {name: a, version: v}
vpc: {cidr: '10.0.0.1/08', publicAccessCIDRs: ['::ffff:10.1.0.0/104']}
cloudWatch: {clusterLogging: {logRetentionInDays: 0}}
nodeGroups: [{name: worker, amiFamily: AmazonLinux2, maxPodsPerNode: 0}]
managedNodeGroups: [{name: managed, minSize: -1}]
",
        )
        .unwrap();
        let effective = effective(&config);
        let vpc = effective.vpc.unwrap();
        assert_eq!(vpc.cidr.as_deref(), Some("10.0.0.1/8"));
        assert_eq!(vpc.public_access_cidrs, ["10.0.0.0/8"]);
        let logging = effective.cloud_watch.unwrap().cluster_logging.unwrap();
        assert_eq!(logging.log_retention_in_days, None);
        let worker = &effective.node_groups[0];
        assert_eq!(worker.container_runtime.as_deref(), Some("dockerd"));
        assert_eq!(worker.max_pods_per_node, None);
        assert_eq!(effective.managed_node_groups[0].max_size, Some(-1));
    }

    #[test]
    fn filling_in_twice_changes_nothing_more() {
        let config: ClusterConfig =
            serde_yaml::from_str("metadata: {name: a}\nnodeGroups: [{name: b}]\n").unwrap();
        let once = effective(&config);
        assert_eq!(effective(&once), once);
    }
}
