//! The manifests of the components, as far as they are the same for everyone. Quantities and defaults are written as the
//! API server writes them, so that what comes back is what was sent.

use super::{Fields, NAMESPACE, Site};
use serde_json::{Value, json};

/// NVIDIA's device plugin: makes GPUs a resource that pods ask for.
pub(super) fn device_plugin(site: &Site<'_>) -> Vec<Value> {
    const NAME: &str = "nvidia-device-plugin";
    let mut pod = json!({
        "priorityClassName": "system-node-critical",
        // GPU pools are tainted to keep other pods away.
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "containers": [{
            "name": NAME,
            "image": site.image,
            "env": [{"name": "FAIL_ON_INIT_ERROR", "value": "false"}],
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
            "volumeMounts": [{"name": "device-plugins", "mountPath": "/var/lib/kubelet/device-plugins"}],
        }],
        "volumes": [{"name": "device-plugins", "hostPath": {"path": "/var/lib/kubelet/device-plugins"}}],
    });
    place(&mut pod, "In", &site.device_types);
    vec![daemon_set(NAME, &pod)]
}

/// AWS's device plugin for Elastic Fabric Adapters: makes them a resource that pods ask for, `vpc.amazonaws.com/efa`.
pub(super) fn efa_device_plugin(site: &Site<'_>) -> Vec<Value> {
    const NAME: &str = "aws-efa-k8s-device-plugin";
    let mut pod = json!({
        "priorityClassName": "system-node-critical",
        "hostNetwork": true,
        "tolerations": tolerated("aws.amazon.com/efa"),
        "containers": [{
            "name": NAME,
            "image": site.image,
            "resources": {"requests": {"cpu": "10m", "memory": "20Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": false,
            },
            "volumeMounts": [
                {"name": "device-plugin", "mountPath": "/var/lib/kubelet/device-plugins"},
                {"name": "infiniband-volume", "mountPath": "/dev/infiniband/"},
            ],
        }],
        "volumes": [
            {"name": "device-plugin", "hostPath": {"path": "/var/lib/kubelet/device-plugins"}},
            {"name": "infiniband-volume", "hostPath": {"path": "/dev/infiniband/"}},
        ],
    });
    place(&mut pod, "In", &site.device_types);
    vec![daemon_set(NAME, &pod)]
}

/// AWS's device plugin for Inferentia and Trainium: makes them a resource that pods ask for, `aws.amazon.com/neuron`.
pub(super) fn neuron_device_plugin(site: &Site<'_>) -> Vec<Value> {
    const NAME: &str = super::NEURON_PLUGIN;
    let mut pod = json!({
        "priorityClassName": "system-node-critical",
        "serviceAccountName": NAME,
        "tolerations": tolerated("aws.amazon.com/neuron"),
        "containers": [{
            "name": NAME,
            "image": site.image,
            "env": [
                {"name": "KUBECONFIG", "value": "/etc/kubernetes/kubelet.conf"},
                {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}},
            ],
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
            "volumeMounts": [
                {"name": "device-plugin", "mountPath": "/var/lib/kubelet/device-plugins"},
                {"name": "infa-map", "mountPath": "/run"},
            ],
        }],
        "volumes": [
            {"name": "device-plugin", "hostPath": {"path": "/var/lib/kubelet/device-plugins"}},
            {"name": "infa-map", "hostPath": {"path": "/run"}},
        ],
    });
    place(&mut pod, "In", &site.device_types);
    let rules = [
        rule("", &["nodes"], &["get", "list", "watch"]),
        rule("", &["events"], &["create", "patch"]),
        rule("", &["pods"], &["update", "patch", "get", "list", "watch"]),
        rule("", &["nodes/status"], &["patch", "update"]),
    ];
    let account = json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": NAMESPACE},
    });
    vec![
        account,
        cluster_role(NAME, &rules),
        binding("ClusterRoleBinding", "ClusterRole", NAME, NAME),
        daemon_set(NAME, &pod),
    ]
}

/// The taints that a device plugin of AWS's tolerates: the one that keeps others off its devices, and that of critical
/// add-ons.
fn tolerated(taint: &str) -> Value {
    json!([
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        {"key": taint, "operator": "Exists", "effect": "NoSchedule"},
    ])
}

/// The cluster autoscaler, which finds its groups by their tags and runs where no GPU is kept alive by it.
pub(super) fn cluster_autoscaler(site: &Site<'_>) -> Vec<Value> {
    const NAME: &str = "cluster-autoscaler";
    let groups = format!(
        "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{}",
        site.cluster
    );
    let mut pod = json!({
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": NAME,
        "securityContext": {"runAsNonRoot": true, "runAsUser": 65534, "fsGroup": 65534},
        "containers": [{
            "name": NAME,
            "image": site.image,
            "command": [
                "./cluster-autoscaler", "--v=4", "--stderrthreshold=info", "--cloud-provider=aws",
                "--skip-nodes-with-local-storage=false", "--expander=least-waste", groups,
            ],
            "env": [{"name": "AWS_REGION", "value": site.region}],
            "resources": {
                "limits": {"cpu": "100m", "memory": "600Mi"},
                "requests": {"cpu": "100m", "memory": "600Mi"},
            },
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        }],
    });
    place(&mut pod, "NotIn", &site.device_types);
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": app(NAME)},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": app(NAME)},
            "template": {"metadata": {"labels": app(NAME)}, "spec": pod},
        },
    });
    let role = json!({
        "apiVersion": RBAC, "kind": "Role",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "rules": [
            rule("", &["configmaps"], &["create", "list", "watch"]),
            of_these(
                rule("", &["configmaps"], &["delete", "get", "update", "watch"]),
                &["cluster-autoscaler-status", "cluster-autoscaler-priority-expander"],
            ),
        ],
    });
    vec![
        cluster_role(NAME, &autoscaler_rules()),
        role,
        binding("ClusterRoleBinding", "ClusterRole", NAME, NAME),
        binding("RoleBinding", "Role", NAME, NAME),
        deployment,
    ]
}

/// What the autoscaler reads to foresee where pods fit, and the little that it writes.
fn autoscaler_rules() -> Vec<Value> {
    const LOOK: [&str; 3] = ["watch", "list", "get"];
    let core = [
        "namespaces",
        "pods",
        "services",
        "replicationcontrollers",
        "persistentvolumeclaims",
        "persistentvolumes",
    ];
    let storage = [
        "storageclasses",
        "csinodes",
        "csidrivers",
        "csistoragecapacities",
        "volumeattachments",
    ];
    let mine = ["cluster-autoscaler"];
    vec![
        rule("", &["events", "endpoints"], &["create", "patch"]),
        rule("", &["pods/eviction"], &["create"]),
        rule("", &["pods/status"], &["update"]),
        of_these(rule("", &["endpoints"], &["get", "update"]), &mine),
        rule("", &["nodes"], &["watch", "list", "get", "update"]),
        rule("", &core, &LOOK),
        rule("apps", &["statefulsets", "replicasets", "daemonsets"], &LOOK),
        rule("batch", &["jobs"], &["get", "list", "watch", "patch"]),
        rule("policy", &["poddisruptionbudgets"], &["watch", "list"]),
        rule("storage.k8s.io", &storage, &LOOK),
        rule(
            "resource.k8s.io",
            &["deviceclasses", "resourceclaims", "resourceslices"],
            &LOOK,
        ),
        rule("coordination.k8s.io", &["leases"], &["create"]),
        of_these(
            rule("coordination.k8s.io", &["leases"], &["get", "update"]),
            &mine,
        ),
    ]
}

/// fluentd on every node, which writes the logs of the Leaderboard's containers into the environment's log group.
pub(super) fn log_shipping(site: &Site<'_>) -> Vec<Value> {
    const NAME: &str = "fluentd";
    const CONFIG: &str = "fluentd-config";
    let pod = json!({
        "serviceAccountName": NAME,
        // Whatever keeps other pods from a node, its logs are wanted.
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 30,
        "containers": [{
            "name": NAME,
            "image": site.image,
            "env": [
                {"name": "K8S_NODE_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}},
                {"name": "AWS_REGION", "value": site.region},
                {"name": "LOG_GROUP_NAME", "value": site.cluster},
            ],
            "resources": {"limits": {"memory": "200Mi"}, "requests": {"cpu": "100m", "memory": "200Mi"}},
            "volumeMounts": [
                {"name": "varlog", "mountPath": "/var/log"},
                {"name": CONFIG, "mountPath": "/fluentd/etc"},
            ],
        }],
        "volumes": [
            {"name": "varlog", "hostPath": {"path": "/var/log"}},
            {"name": CONFIG, "configMap": {"name": CONFIG}},
        ],
    });
    let config = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": CONFIG, "namespace": NAMESPACE},
        "data": {"fluent.conf": FLUENTD},
    });
    let rules = [rule(
        "",
        &["namespaces", "pods", "nodes"],
        &["get", "list", "watch"],
    )];
    vec![
        cluster_role(NAME, &rules),
        binding("ClusterRoleBinding", "ClusterRole", NAME, NAME),
        config,
        daemon_set(NAME, &pod),
    ]
}

/// The containers are those of the Leaderboard's jobs (`leaderboard.md` 4.3), their logs in the container runtime
/// interface's form.
const FLUENTD: &str = r##"<source>
  @type tail
  path "/var/log/containers/*simulator*.log,/var/log/containers/*agent*.log,/var/log/containers/*uploader*.log,/var/log/containers/*monitor*.log,/var/log/containers/*private-contents*.log"
  pos_file "/var/log/lb-fluentd.pos"
  tag "kubernetes.*"
  read_from_head true
  <parse>
    @type cri
  </parse>
</source>
<filter kubernetes.**>
  @type kubernetes_metadata
</filter>
<match kubernetes.**>
  @type cloudwatch_logs
  region "#{ENV['AWS_REGION']}"
  log_group_name "#{ENV['LOG_GROUP_NAME']}"
  use_tag_as_stream true
  auto_create_stream true
  log_rejected_request true
</match>
"##;

const RBAC: &str = "rbac.authorization.k8s.io/v1";

fn app(name: &str) -> Value {
    json!({"app.kubernetes.io/name": name})
}

fn daemon_set(name: &str, pod: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": app(name)},
        "spec": {
            "selector": {"matchLabels": app(name)},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {"metadata": {"labels": app(name)}, "spec": pod},
        },
    })
}

/// Lets a pod run only on nodes of these instance types, or on none of them.
fn place(pod: &mut Value, operator: &str, types: &[String]) {
    let affinity = json!({
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{
            "matchExpressions": [{"key": "node.kubernetes.io/instance-type", "operator": operator, "values": types}],
        }]}},
    });
    let fields: Option<&mut Fields> = pod.as_object_mut();
    if let Some(fields) = fields.filter(|_| !types.is_empty()) {
        fields.insert("affinity".to_owned(), affinity);
    }
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

/// The rule, for objects of these names only.
fn of_these(mut rule: Value, names: &[&str]) -> Value {
    if let Some(fields) = rule.as_object_mut() {
        fields.insert("resourceNames".to_owned(), json!(names));
    }
    rule
}

fn cluster_role(name: &str, rules: &[Value]) -> Value {
    json!({"apiVersion": RBAC, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
}

/// Gives a role to a service account.
fn binding(kind: &str, role: &str, name: &str, account: &str) -> Value {
    let mut metadata = json!({ "name": name });
    if let (Some(fields), "RoleBinding") = (metadata.as_object_mut(), kind) {
        fields.insert("namespace".to_owned(), NAMESPACE.into());
    }
    json!({
        "apiVersion": RBAC, "kind": kind, "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}],
    })
}
