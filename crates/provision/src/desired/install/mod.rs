//! What the annotation `lb/install` asks for: the components that the Leaderboard's next chapters apply by hand; and
//! the device plugins that eksctl installs unasked: of Elastic Fabric Adapters and of Neuron, where nodes have such devices.
//!
//! Each is a handful of Kubernetes objects. All of them name one service account, [`MARKER`], in an annotation: so it is
//! made first and goes last, and where it is, [`crate::observe`] looks for the other kinds too.
//!
//! Manifests are JSON, not the structs of k8s-openapi: those take longer to build than the rest of the planning together,
//! and the page would carry them. A test reads every manifest into them, strictly, where the feature `aws` brings them.

mod manifests;

use super::{Build, efa};
use crate::{
    key::Key,
    objects::{Manifest, manifest::PART_OF},
    support,
    text::Text,
};
use lb_model::{
    catalog::{Component, Region, has_neuron},
    config::{
        ClusterConfig, ClusterIAM, ClusterIAMMeta, ClusterIAMServiceAccount, NodeGroupRef, WellKnownPolicies,
    },
    path::Path,
    settings::{INSTALL_ANNOTATION, INSTALLABLE, entries},
    suggest::suggest,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The namespace that components live in.
const NAMESPACE: &str = "kube-system";
/// The service account that tells that something was installed.
pub(crate) const MARKER: &str = "lb-install";

/// The component that makes Elastic Fabric Adapters a resource of nodes.
const EFA_PLUGIN: &str = "efa-device-plugin";
/// The component that makes Inferentia and Trainium a resource of nodes.
const NEURON_PLUGIN: &str = "neuron-device-plugin";

/// What a component's manifests depend on.
struct Site<'a> {
    cluster: &'a str,
    region: &'a str,
    /// The image with its tag.
    image: String,
    /// Instance types of the config that have the component's devices; GPUs, where it has none of its own.
    device_types: Vec<String>,
}

impl Build<'_> {
    pub(super) fn install(&mut self, config: &ClusterConfig, iam: &ClusterIAM) {
        let asked = config.metadata.annotations.get(INSTALL_ANNOTATION);
        let asked = asked.map(String::as_str).unwrap_or_default();
        let path = Path::root()
            .key("metadata")
            .key("annotations")
            .key(INSTALL_ANNOTATION);
        let mut wanted = BTreeSet::new();
        for word in entries(asked) {
            if INSTALLABLE.contains(&word) {
                wanted.insert(word);
                continue;
            }
            let help = suggest(word, INSTALLABLE.iter().copied()).map_or_else(
                || format!("choose out of `{}`", INSTALLABLE.join("`, `")),
                |near| format!("did you mean `{near}`"),
            );
            let message = format!("`{word}` is nothing that `lb` installs");
            self.refuse(support::NOT_PROVISIONED, path.clone(), message, &help);
        }
        let unasked = [EFA_PLUGIN, NEURON_PLUGIN].into_iter();
        wanted.extend(unasked.filter(|plugin| !self.device_types(config, plugin).is_empty()));
        if wanted.is_empty() {
            return;
        }
        let with_oidc = iam.with_oidc.unwrap_or(false);
        if let Some(word) = wanted
            .iter()
            .find(|word| account_of(word).is_some() && !with_oidc)
        {
            let message = format!("`{word}` calls AWS by a role, which needs the cluster's OIDC provider");
            self.refuse(
                support::NOT_PROVISIONED,
                path,
                message,
                "set `iam.withOIDC: true`",
            );
            return;
        }
        let components: Vec<Component> = self
            .catalog
            .components()
            .iter()
            .filter(|component| wanted.contains(component.key))
            .copied()
            .collect();
        self.add_manifest(json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": MARKER, "namespace": NAMESPACE},
        }), [Key::CONTROL_PLANE]);
        for component in components {
            self.component(config, iam, component);
        }
    }

    fn component(&mut self, config: &ClusterConfig, iam: &ClusterIAM, component: Component) {
        let Some(tag) = component.version(&self.version) else {
            return;
        };
        let (cluster, region) = (self.desired.cluster.clone(), self.desired.region.clone());
        let registry = self.catalog.region(&region).map(Region::eks_registry);
        let image = component.image.replace("{eks}", &registry.unwrap_or_default());
        let site = Site {
            cluster: &cluster,
            region: &region,
            image: format!("{image}:{tag}"),
            device_types: self.device_types(config, component.key),
        };
        let mut after = vec![Key::kubernetes(Some(NAMESPACE), "ServiceAccount", MARKER)];
        if let Some(name) = account_of(component.key) {
            let given = |account: &ClusterIAMServiceAccount| {
                account
                    .metadata
                    .as_ref()
                    .is_some_and(|meta| meta.name == name && meta.namespace.as_deref() == Some(NAMESPACE))
            };
            if !iam.service_accounts.iter().any(given) {
                self.service_account(&account(name, &cluster, &region, self.account()));
            }
            after.push(Key::kubernetes(Some(NAMESPACE), "ServiceAccount", name));
        }
        let manifests = match component.key {
            "device-plugin" => manifests::device_plugin(&site),
            "cluster-autoscaler" => manifests::cluster_autoscaler(&site),
            EFA_PLUGIN => manifests::efa_device_plugin(&site),
            NEURON_PLUGIN => manifests::neuron_device_plugin(&site),
            _ => manifests::log_shipping(&site),
        };
        for manifest in manifests {
            self.add_manifest(manifest, after.clone());
        }
    }

    /// The config's instance types that have a component's devices; GPUs, where it has none of its own.
    fn device_types(&self, config: &ClusterConfig, component: &str) -> Vec<String> {
        let groups = config.all_node_groups();
        match component {
            EFA_PLUGIN => types_of(groups.filter(efa::is_enabled), |_| true),
            NEURON_PLUGIN => types_of(groups, has_neuron),
            _ => types_of(groups, |name| {
                let known = self.catalog.instance(name);
                known.is_some_and(|instance| instance.gpu_count() > 0)
            }),
        }
    }

    /// The account, as far as it is known: a pattern of any where nobody was asked.
    fn account(&self) -> &str {
        self.facts.account.as_deref().unwrap_or("*")
    }

    /// Adds a manifest as an object; a part of an installed component says so.
    fn add_manifest(&mut self, manifest: Value, after: impl IntoIterator<Item = Key>) {
        let Value::Object(mut fields) = manifest else {
            return;
        };
        let metadata = fields.shift_remove("metadata").unwrap_or_default();
        let mut text = |field: &str| match fields.shift_remove(field) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let name = |field: &str| metadata.get(field).and_then(Value::as_str).map(str::to_owned);
        let marker = Key::kubernetes(Some(NAMESPACE), "ServiceAccount", MARKER);
        let key = Key::kubernetes(
            name("namespace").as_deref(),
            &kind,
            name("name").as_deref().unwrap_or_default(),
        );
        let annotations = if key == marker {
            BTreeMap::new()
        } else {
            BTreeMap::from([(PART_OF.to_owned(), Text::id(&marker))])
        };
        let labels = metadata.get("labels").and_then(Value::as_object);
        let labels = labels.into_iter().flatten();
        let object = Manifest {
            api_version,
            kind,
            name: name("name").unwrap_or_default(),
            namespace: name("namespace"),
            labels: labels
                .filter_map(|(label, value)| Some((label.clone(), Text::from(value.as_str()?))))
                .collect(),
            annotations,
            content: fields,
        };
        self.add_after(key, object, after);
    }
}

/// The instance types of nodegroups that are of a kind, in order.
fn types_of<'a>(
    groups: impl Iterator<Item = NodeGroupRef<'a>>,
    is_of_kind: impl Fn(&str) -> bool,
) -> Vec<String> {
    let types = groups.flat_map(|group| super::instance_types(&group));
    let types: BTreeSet<&str> = types.filter(|name| is_of_kind(name)).collect();
    types.into_iter().map(str::to_owned).collect()
}

/// The service account that a component runs as, by which it calls AWS.
fn account_of(component: &str) -> Option<&'static str> {
    match component {
        "cluster-autoscaler" => Some("cluster-autoscaler"),
        // The Leaderboard's name for it.
        "log-shipping" => Some("fluentd"),
        _ => None,
    }
}

/// The account of a component that the file does not have, with what the component needs of AWS.
fn account(name: &str, cluster: &str, region: &str, account: &str) -> ClusterIAMServiceAccount {
    let mut made = ClusterIAMServiceAccount {
        metadata: Some(ClusterIAMMeta {
            name: name.to_owned(),
            namespace: Some(NAMESPACE.to_owned()),
            ..ClusterIAMMeta::default()
        }),
        ..ClusterIAMServiceAccount::default()
    };
    if name == "cluster-autoscaler" {
        made.well_known_policies = Some(WellKnownPolicies {
            auto_scaler: Some(true),
            ..WellKnownPolicies::default()
        });
        return made;
    }
    let group = format!("arn:aws:logs:{region}:{account}:log-group:{cluster}");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [
                    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
                ],
                "Resource": [group, format!("{group}:*")],
            },
        ],
    });
    made.attach_policy = serde_json::from_value(policy).ok();
    made
}

/// Fields of a manifest.
type Fields = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desired::tests::config, facts::AccountFacts};
    use lb_model::catalog::Catalog;

    fn installing(what: &str, rest: &str) -> ClusterConfig {
        config(&format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: lb\n  region: us-west-2\n  version: '1.35'\n  \
             annotations: {{lb/install: '{what}'}}\nnodeGroups: [{{name: gpu, instanceType: g5.xlarge}}, {{name: cpu, \
             instanceType: t3.large}}]\n{rest}"
        ))
    }

    fn desired(config: &ClusterConfig) -> Result<crate::desired::Desired, Vec<lb_model::problem::Problem>> {
        let catalog = Catalog::builtin();
        crate::desired::desired(config, &AccountFacts::assumed(catalog, "us-west-2"), catalog)
    }

    fn installed(config: &ClusterConfig) -> BTreeMap<Key, Manifest> {
        let objects = desired(config).unwrap().objects.into_iter();
        let manifests = objects.filter_map(|(key, wanted)| match wanted.spec {
            crate::objects::Spec::Manifest(manifest) => Some((key, manifest)),
            _ => None,
        });
        manifests.collect()
    }

    #[test]
    fn everything_that_can_be_installed_is() {
        let all = installed(&installing(
            "device-plugin,cluster-autoscaler, log-shipping",
            "iam: {withOIDC: true}\n",
        ));
        let keys: Vec<&str> = all.keys().map(Key::as_str).collect();
        assert_eq!(
            keys,
            [
                "k8s:-/ClusterRole/cluster-autoscaler",
                "k8s:-/ClusterRole/fluentd",
                "k8s:-/ClusterRoleBinding/cluster-autoscaler",
                "k8s:-/ClusterRoleBinding/fluentd",
                "k8s:kube-system/ConfigMap/fluentd-config",
                "k8s:kube-system/DaemonSet/fluentd",
                "k8s:kube-system/DaemonSet/nvidia-device-plugin",
                "k8s:kube-system/Deployment/cluster-autoscaler",
                "k8s:kube-system/Role/cluster-autoscaler",
                "k8s:kube-system/RoleBinding/cluster-autoscaler",
                "k8s:kube-system/ServiceAccount/cluster-autoscaler",
                "k8s:kube-system/ServiceAccount/fluentd",
                "k8s:kube-system/ServiceAccount/lb-install",
            ]
        );
        let shown = serde_json::to_string(&all).unwrap();
        for part in [
            "cluster-autoscaler:v1.35.",
            "k8s-device-plugin:v",
            "k8s.io/cluster-autoscaler/lb\"",
            "g5.xlarge",
        ] {
            assert!(shown.contains(part), "{part}");
        }
        assert!(!shown.contains("t3.large"));
    }

    #[test]
    fn adapters_bring_their_device_plugin() {
        let mut config = installing("", "");
        config.node_groups[0].efa_enabled = Some(true);
        config.node_groups[0].instance_type = Some("g5.8xlarge".to_owned());
        let all = installed(&config);
        let keys: Vec<&str> = all.keys().map(Key::as_str).collect();
        assert_eq!(
            keys,
            [
                "k8s:kube-system/DaemonSet/aws-efa-k8s-device-plugin",
                "k8s:kube-system/ServiceAccount/lb-install",
            ]
        );
        let shown = serde_json::to_string(&all).unwrap();
        let image = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v";
        assert!(shown.contains(image) && shown.contains("g5.8xlarge"), "{shown}");
        assert!(!shown.contains("t3.large"));
    }

    #[test]
    fn accelerators_bring_their_device_plugin() {
        let mut config = installing("", "");
        config.node_groups[0].instance_type = Some("inf2.xlarge".to_owned());
        let all = installed(&config);
        let keys: Vec<&str> = all.keys().map(Key::as_str).collect();
        assert_eq!(
            keys,
            [
                "k8s:-/ClusterRole/neuron-device-plugin",
                "k8s:-/ClusterRoleBinding/neuron-device-plugin",
                "k8s:kube-system/DaemonSet/neuron-device-plugin",
                "k8s:kube-system/ServiceAccount/lb-install",
                "k8s:kube-system/ServiceAccount/neuron-device-plugin",
            ]
        );
        let shown = serde_json::to_string(&all).unwrap();
        assert!(
            shown.contains("inf2.xlarge") && !shown.contains("t3.large"),
            "{shown}"
        );
    }

    #[test]
    fn the_file_s_own_account_is_used_and_what_is_not_asked_for_is_not_there() {
        let own = "iam: {withOIDC: true, serviceAccounts: [{metadata: {name: cluster-autoscaler, namespace: kube-system}, \
                   attachPolicyARNs: ['arn:aws:iam::aws:policy/AutoScalingFullAccess']}]}\n";
        let config = installing("cluster-autoscaler", own);
        let objects = desired(&config).unwrap().objects;
        let role = Key::irsa(NAMESPACE, "cluster-autoscaler", "Role1");
        let role = serde_json::to_string(&objects.get(&role).unwrap().spec).unwrap();
        assert!(role.contains("AutoScalingFullAccess"), "{role}");
        assert!(
            installed(&config)
                .keys()
                .all(|key| !key.as_str().contains("fluentd"))
        );
        assert_eq!(installed(&installing("", "")).len(), 0);
    }

    #[test]
    fn what_cannot_be_installed_is_refused_with_a_suggestion() {
        let refused = |what: &str, rest: &str| {
            let problems = desired(&installing(what, rest)).unwrap_err();
            let said = problems
                .iter()
                .map(|problem| format!("{}; {}", problem.message, problem.help.as_deref().unwrap()));
            said.collect::<Vec<_>>()
        };
        assert_eq!(
            refused("device-plugn", ""),
            ["`device-plugn` is nothing that `lb` installs; did you mean `device-plugin`"]
        );
        assert_eq!(
            refused("cluster-autoscaler", ""),
            [
                "`cluster-autoscaler` calls AWS by a role, which needs the cluster's OIDC provider; set `iam.withOIDC: true`"
            ]
        );
    }

    /// Every field is one that Kubernetes knows, of the right type: read into its own types, nothing is lost.
    #[cfg(feature = "aws")]
    #[test]
    fn manifests_are_those_of_kubernetes() {
        use k8s_openapi::api::{
            apps::v1::{DaemonSet, Deployment},
            core::v1::{ConfigMap, ServiceAccount},
            rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
        };
        fn read<T: serde::de::DeserializeOwned + serde::Serialize>(manifest: &Value) -> Value {
            serde_json::to_value(serde_json::from_value::<T>(manifest.clone()).unwrap()).unwrap()
        }
        let mut config = installing(
            "device-plugin,cluster-autoscaler,log-shipping",
            "iam: {withOIDC: true}\n",
        );
        config.node_groups[0].efa_enabled = Some(true);
        config.node_groups[0].instance_type = Some("g5.8xlarge".to_owned());
        config.node_groups[1].instance_type = Some("inf2.xlarge".to_owned());
        let all = installed(&config);
        for manifest in all.values() {
            let sent = manifest.manifest();
            let known = match manifest.kind.as_str() {
                "DaemonSet" => read::<DaemonSet>(&sent),
                "Deployment" => read::<Deployment>(&sent),
                "ConfigMap" => read::<ConfigMap>(&sent),
                "ServiceAccount" => read::<ServiceAccount>(&sent),
                "ClusterRole" => read::<ClusterRole>(&sent),
                "ClusterRoleBinding" => read::<ClusterRoleBinding>(&sent),
                "Role" => read::<Role>(&sent),
                "RoleBinding" => read::<RoleBinding>(&sent),
                other => panic!("{other}"),
            };
            assert_eq!(known, sent);
        }
    }
}
