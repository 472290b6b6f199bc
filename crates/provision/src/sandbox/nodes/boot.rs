//! What an instance's user data makes its kubelet do.
//!
//! The forms are those of `eksctl-behaviour.md` 2: cloud-config whose commands run `/etc/eks/bootstrap.sh`
//! (AmazonLinux2, Ubuntu), nodeadm's NodeConfig (AmazonLinux2023), Bottlerocket's settings. They are searched for
//! the lines that matter; nothing is executed.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{collections::BTreeMap, io::Read};

/// How a node knows its cluster's endpoint and certificate authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settings {
    /// From its user data.
    Given {
        /// With `https://`.
        endpoint: String,
        /// Base64.
        authority: String,
    },
    /// It asks EKS.
    Asked,
}

/// What the kubelet is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Boot {
    pub(super) cluster: String,
    pub(super) settings: Settings,
    labels: BTreeMap<String, String>,
    pub(super) taints: Vec<(String, String, String)>,
}

impl Boot {
    /// Reads user data as it stands in a launch template, for an image of a family (None: of someone's own).
    pub(super) fn read(user_data: &str, family: Option<&str>) -> Result<Self, String> {
        let text = decode(user_data)?;
        let of_family =
            |names: &[&str]| family.is_none_or(|family| names.iter().any(|name| family.starts_with(name)));
        if text.contains("node.eks.aws/") && of_family(&["AmazonLinux2023"]) {
            return Self::of_node_config(&text);
        }
        if text.contains("[settings.kubernetes]") && of_family(&["Bottlerocket"]) {
            return Self::of_settings(&text);
        }
        // `AmazonLinux2` begins `AmazonLinux2023` too, which has no bootstrap.sh.
        if of_family(&["AmazonLinux2", "Ubuntu"]) && family != Some("AmazonLinux2023") {
            return Self::of_bootstrap(&text);
        }
        Err(format!(
            "its user data starts no kubelet on an image of {}",
            family.unwrap_or("its own")
        ))
    }

    /// The labels of the node, where the machine's own are known.
    pub(super) fn labels_for(&self, instance: &str) -> BTreeMap<String, String> {
        let mut labels = self.labels.clone();
        for (key, value) in &mut labels {
            match (key.as_str(), value.as_str()) {
                ("alpha.eksctl.io/instance-id", _) => instance.clone_into(value),
                ("node-lifecycle", _) => "on-demand".clone_into(value),
                _ => {}
            }
        }
        labels
    }

    /// `/etc/eks/bootstrap.sh CLUSTER [options]`, called by a command or by a script that a command runs.
    fn of_bootstrap(text: &str) -> Result<Self, String> {
        let environment = environment(text);
        let call = call_of(text, "/etc/eks/bootstrap.sh")
            .ok_or("its user data does not run /etc/eks/bootstrap.sh")?;
        let words = words(&call);
        let resolve = |word: &str| expand(word, &environment);
        let option = |name: &str| {
            let place = words.iter().position(|word| word == name)?;
            words.get(place + 1).map(|value| resolve(value))
        };
        let cluster = words.first().map(|word| resolve(word)).unwrap_or_default();
        let settings = match (option("--apiserver-endpoint"), option("--b64-cluster-ca")) {
            (Some(endpoint), Some(authority)) => Settings::Given { endpoint, authority },
            _ => Settings::Asked,
        };
        let arguments = option("--kubelet-extra-args").unwrap_or_default();
        let given = |flag: &str| {
            let mut flags = arguments.split_whitespace();
            flags
                .find_map(|word| word.strip_prefix(flag)?.strip_prefix('='))
                .map(str::to_owned)
        };
        let mut labels = parse_labels(&given("--node-labels").unwrap_or_default());
        let mut taints = parse_taints(&given("--register-with-taints").unwrap_or_default());
        // eksctl's helper builds its arguments from these variables.
        if arguments.contains("KUBELET_EXTRA_ARGS") || arguments.contains("NODE_LABELS") {
            labels.extend(parse_labels(
                environment.get("NODE_LABELS").map_or("", String::as_str),
            ));
            labels.insert("node-lifecycle".into(), String::new());
            labels.insert("alpha.eksctl.io/instance-id".into(), String::new());
            taints.extend(parse_taints(
                environment.get("NODE_TAINTS").map_or("", String::as_str),
            ));
        }
        Ok(Self {
            cluster,
            settings,
            labels,
            taints,
        })
    }

    /// nodeadm: `cluster: {name, apiServerEndpoint, certificateAuthority}` and the kubelet's flags.
    fn of_node_config(text: &str) -> Result<Self, String> {
        // YAML, or JSON, which is YAML too: keys may be quoted, and a comma may follow.
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let rest = line
                    .trim()
                    .trim_start_matches(['-', ' ', '"'])
                    .strip_prefix(name)?;
                let value = rest.strip_prefix('"').unwrap_or(rest).strip_prefix(':')?;
                let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
                Some(value.to_owned()).filter(|value| !value.is_empty())
            })
        };
        let missing = |name: &str| format!("its NodeConfig has no `{name}`");
        let endpoint = field("apiServerEndpoint").ok_or_else(|| missing("apiServerEndpoint"))?;
        let authority = field("certificateAuthority").ok_or_else(|| missing("certificateAuthority"))?;
        field("cidr").ok_or_else(|| missing("cidr"))?;
        let flag = |name: &str| {
            let start = text.find(name)? + name.len();
            let rest = text.get(start..)?;
            rest.split(['"', '\'', '\n', ' ']).next().map(str::to_owned)
        };
        Ok(Self {
            cluster: field("name").ok_or_else(|| missing("name"))?,
            settings: Settings::Given { endpoint, authority },
            labels: parse_labels(&flag("--node-labels=").unwrap_or_default()),
            taints: parse_taints(&flag("--register-with-taints=").unwrap_or_default()),
        })
    }

    /// Bottlerocket: keys below `[settings.kubernetes]`, labels and taints in tables of their own.
    fn of_settings(text: &str) -> Result<Self, String> {
        let (mut table, mut keys) = (String::new(), BTreeMap::new());
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                name.clone_into(&mut table);
            } else if let Some((key, value)) = line.split_once('=') {
                let unquoted = |text: &str| text.trim().trim_matches('"').to_owned();
                keys.insert((table.clone(), unquoted(key)), unquoted(value));
            }
        }
        let field = |name: &str| {
            let found = keys
                .get(&("settings.kubernetes".to_owned(), name.to_owned()))
                .cloned();
            found.ok_or_else(|| format!("its settings have no `{name}`"))
        };
        let labels = keys
            .iter()
            .filter(|((table, _), _)| table.ends_with("node-labels"));
        let taints = keys
            .iter()
            .filter(|((table, _), _)| table.ends_with("node-taints"));
        let taint = |((_, key), value): (&(String, String), &String)| {
            let value = value.trim_matches(['[', ']', '"']);
            let (value, effect) = value.split_once(':').unwrap_or(("", value));
            (key.clone(), value.to_owned(), effect.to_owned())
        };
        Ok(Self {
            cluster: field("cluster-name")?,
            settings: Settings::Given {
                endpoint: field("api-server")?,
                authority: field("cluster-certificate")?,
            },
            labels: labels
                .map(|((_, key), value)| (key.clone(), value.clone()))
                .collect(),
            taints: taints.map(taint).collect(),
        })
    }
}

/// User data is base64, and may be compressed with gzip inside it.
fn decode(user_data: &str) -> Result<String, String> {
    let bytes = STANDARD
        .decode(user_data)
        .map_err(|_| "its user data is not base64")?;
    let mut plain = Vec::new();
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .take(1 << 20)
            .read_to_end(&mut plain)
            .map_err(|_| "its user data is not gzip")?;
        plain
    } else {
        bytes
    };
    String::from_utf8(bytes).map_err(|_| "its user data is not text".into())
}

/// `NAME=value` lines, wherever they stand.
fn environment(text: &str) -> BTreeMap<String, String> {
    let variable = |line: &str| {
        let (name, value) = line.trim().split_once('=')?;
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let plain = !value.contains("$(") && !value.contains("${");
        (is_name && plain).then(|| (name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
    };
    // The first assignment is the file of settings; scripts only pass it on.
    text.lines()
        .filter_map(variable)
        .fold(BTreeMap::new(), |mut all, (name, value)| {
            all.entry(name).or_insert(value);
            all
        })
}

/// The arguments of a script's call, lines that end with a backslash joined.
fn call_of(text: &str, script: &str) -> Option<String> {
    let mut lines = text.lines();
    loop {
        let line = lines.next()?.trim();
        let Some(start) = line
            .find(script)
            .filter(|_| !line.starts_with('#') && !line.starts_with("echo"))
        else {
            continue;
        };
        let mut call = line.get(start + script.len()..)?.to_owned();
        while call.trim_end().ends_with('\\') {
            call = format!(
                "{} {}",
                call.trim_end().trim_end_matches('\\'),
                lines.next().unwrap_or("").trim()
            );
        }
        if !call.trim().is_empty() {
            return Some(call);
        }
    }
}

/// A command's words, quotes taken off.
fn words(call: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in call.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => (quote, begun) = (Some(c), true),
            (None, c) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (None, ';' | '&' | '|') => break,
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// A word with `$NAME` and `${NAME}` of the environment filled in.
fn expand(word: &str, environment: &BTreeMap<String, String>) -> String {
    let name = word.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
    name.and_then(|name| environment.get(name))
        .cloned()
        .unwrap_or_else(|| word.to_owned())
}

fn parse_labels(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// `key=value:effect`, comma-separated.
fn parse_taints(text: &str) -> Vec<(String, String, String)> {
    let taint = |item: &str| {
        let (rest, effect) = item.trim().rsplit_once(':')?;
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        Some((key.to_owned(), value.to_owned(), effect.to_owned()))
    };
    text.split(',').filter_map(taint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        STANDARD.encode(text)
    }

    const CLOUD_CONFIG: &str = r#"#cloud-config
runcmd:
- - /var/lib/cloud/scripts/eksctl/bootstrap.al2.sh
write_files:
- content: |-
    CLUSTER_NAME=lb
    API_SERVER_URL=https://A.eks
    B64_CLUSTER_CA=Q0E=
    NODE_LABELS=role=basic,team=a
    NODE_TAINTS=gpu=true:NoSchedule
  path: /etc/eksctl/kubelet.env
- content: |
    # runs /etc/eks/bootstrap.sh
    echo "calling /etc/eks/bootstrap.sh"
    API_SERVER_URL="${API_SERVER_URL}"
    /etc/eks/bootstrap.sh "${CLUSTER_NAME}" \
      --apiserver-endpoint "${API_SERVER_URL}" \
      --b64-cluster-ca "${B64_CLUSTER_CA}" \
      --kubelet-extra-args "${KUBELET_EXTRA_ARGS}"
"#;

    #[test]
    fn a_cloud_config_gives_cluster_labels_and_taints() {
        let boot = Boot::read(&encoded(CLOUD_CONFIG), Some("AmazonLinux2")).unwrap();
        assert_eq!(boot.cluster, "lb");
        let given = Settings::Given {
            endpoint: "https://A.eks".into(),
            authority: "Q0E=".into(),
        };
        assert_eq!(boot.settings, given);
        let labels = boot.labels_for("i-1");
        assert_eq!(labels.get("role").map(String::as_str), Some("basic"));
        assert_eq!(
            labels.get("alpha.eksctl.io/instance-id").map(String::as_str),
            Some("i-1")
        );
        assert_eq!(boot.taints, [("gpu".into(), "true".into(), "NoSchedule".into())]);
    }

    #[test]
    fn an_overriding_command_without_arguments_gives_a_bare_node() {
        let text = "#cloud-config\nruncmd:\n- - /bin/bash\n  - -c\n  - |\n    #!/bin/bash\n    /etc/eks/bootstrap.sh leaderboard-10\n    sudo systemctl restart containerd\nNODE_LABELS=role=x\n";
        let boot = Boot::read(&encoded(text), None).unwrap();
        assert_eq!(
            (boot.cluster.as_str(), &boot.settings),
            ("leaderboard-10", &Settings::Asked)
        );
        assert!(boot.labels_for("i-1").is_empty());
    }

    #[test]
    fn literal_kubelet_arguments() {
        let text = "/etc/eks/bootstrap.sh lb --kubelet-extra-args '--node-labels=a=b,c=d --register-with-taints=k=v:NoExecute'";
        let boot = Boot::read(&encoded(text), None).unwrap();
        assert_eq!(boot.labels_for("i").len(), 2);
        assert_eq!(boot.taints.len(), 1);
    }

    #[test]
    fn a_node_config() {
        let text = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    apiServerEndpoint: https://A\n    certificateAuthority: Q0E=\n    cidr: 10.100.0.0/16\n    name: lb\n  kubelet:\n    flags:\n    - --node-labels=a=b\n    - --register-with-taints=k=v:NoSchedule\n";
        let boot = Boot::read(&encoded(text), Some("AmazonLinux2023")).unwrap();
        assert_eq!(
            (
                boot.cluster.as_str(),
                boot.labels_for("i").len(),
                boot.taints.len()
            ),
            ("lb", 1, 1)
        );
        assert!(Boot::read(&encoded(text), Some("AmazonLinux2")).is_err());
        assert!(Boot::read(&encoded(CLOUD_CONFIG), Some("AmazonLinux2023")).is_err());
    }

    #[test]
    fn settings_of_bottlerocket() {
        let text = "[settings.kubernetes]\napi-server = \"https://A\"\ncluster-certificate = \"Q0E=\"\ncluster-name = \"lb\"\n[settings.kubernetes.node-labels]\n\"a\" = \"b\"\n[settings.kubernetes.node-taints]\nk = \"v:NoSchedule\"\n";
        let boot = Boot::read(&encoded(text), Some("Bottlerocket")).unwrap();
        assert_eq!((boot.cluster.as_str(), boot.labels_for("i").len()), ("lb", 1));
        assert_eq!(boot.taints, [("k".into(), "v".into(), "NoSchedule".into())]);
    }

    /// The user data that eksctl was recorded to make, by case and nodegroup; empty where the recordings are absent.
    fn recorded() -> Vec<(String, String)> {
        let shared =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/eksctl");
        let mut found = Vec::new();
        for case in [
            "leaderboard-1.0",
            "leaderboard-2.0",
            "seed-1.24",
            "modern",
            "families/1.29",
            "families/1.34",
        ] {
            for file in std::fs::read_dir(shared.join(case).join("userdata"))
                .into_iter()
                .flatten()
            {
                let path = file.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "raw") {
                    let pool = path.file_stem().unwrap().to_string_lossy().into_owned();
                    found.push((
                        format!("{case}/{pool}"),
                        STANDARD.encode(std::fs::read(path).unwrap()),
                    ));
                }
            }
        }
        found
    }

    #[test]
    fn nodes_of_eksctls_user_data_join() {
        let recorded = recorded();
        if recorded.is_empty() {
            println!("skipped: ../shared is absent");
        }
        for (name, user_data) in recorded {
            let boot = Boot::read(&user_data, None);
            if name.contains("/win") {
                assert!(boot.is_err(), "{name}");
                continue;
            }
            let boot = boot.unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
            assert!(
                !boot.cluster.is_empty() && !boot.cluster.contains('$'),
                "{name}: {}",
                boot.cluster
            );
            let labels = boot.labels_for("i-1");
            let pool = name.rsplit('/').next().unwrap();
            if name.starts_with("leaderboard") && name.contains("submission") {
                // Upstream's own command calls the bootstrap with the cluster's name only.
                assert!(labels.is_empty() && boot.settings == Settings::Asked, "{name}");
            } else if !name.contains("override") && !name.contains("gpu") && !name.contains("custom") {
                let named = labels.get("alpha.eksctl.io/nodegroup-name").map(String::as_str);
                assert!(
                    named == Some(pool) || name.starts_with("seed-1.24/submission"),
                    "{name}: {labels:?}"
                );
            }
        }
    }

    #[test]
    fn what_starts_no_kubelet() {
        for text in ["", "#!/bin/bash\necho hi\n", "# /etc/eks/bootstrap.sh lb"] {
            assert!(Boot::read(&encoded(text), None).is_err(), "{text}");
        }
        assert!(Boot::read("not base64", None).is_err());
    }
}
