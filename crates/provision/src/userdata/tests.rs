use super::*;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

#[test]
fn what_is_written_is_read_back() {
    for gzip in [false, true] {
        let data = UserData {
            text: Text::from("#cloud-config\nä: ${X}\n"),
            gzip,
        };
        let encoded = data.encoded().unwrap();
        assert_eq!(data.encoded(), Some(encoded.clone()));
        assert_eq!(UserData::decode(&encoded), Some(data));
    }
    assert_eq!(UserData::decode("H4sIAAAA"), None);
    assert_eq!(UserData::decode("not base64!"), None);
}

fn node<'a>() -> Node<'a> {
    Node {
        cluster: "leaderboard-10",
        labels: vec![
            ("role", "worker"),
            ("alpha.eksctl.io/cluster-name", "leaderboard-10"),
        ],
        taints: vec![
            ("nvidia.com/gpu", "true", "NoSchedule"),
            ("dedicated", "", "NoExecute"),
        ],
        max_pods: Some(20),
        cluster_dns: None,
        kubelet: None,
        before: &[],
        instead: None,
        settings: None,
        admin_container: None,
        starter: Starter::Ours,
    }
}

fn filled(text: &Text) -> String {
    let value = |attribute| match attribute {
        Attribute::Endpoint => "https://api.example",
        Attribute::CertificateAuthorityData => "Q0E=",
        Attribute::ClusterDns => "10.100.0.10",
        _ => "10.100.0.0/16",
    };
    text.filled(&|hole| Some(value(hole.attribute).to_owned()))
        .as_literal()
        .unwrap()
        .to_owned()
}

/// What a program prints for `input`; `None` where the program is not installed.
pub(crate) fn through(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    use std::{io::Write, process::Stdio};
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} refuses\n{input}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A cloud-config as cloud-init's own reader sees it; `None` where there is no Python with PyYAML.
fn read_yaml(text: &str) -> Option<Value> {
    let probe = Command::new("python3").args(["-c", "import yaml"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 with PyYAML is not installed");
        return None;
    }
    let program = "import json,sys,yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read().decode())))";
    serde_json::from_str(&through("python3", &["-c", program], text)?).ok()
}

#[test]
fn the_users_lines_arrive_byte_for_byte() {
    let before: Vec<String> = [
        "sudo X :0&",
        "  leading\nspaces",
        "\n\nempty lines first",
        "trailing \nspaces  \n",
        "many\nends\n\n\n",
        "\n",
        "",
        "tab\tand\r\ncarriage",
        "quotes \" ' \\ \\n # : - {} [] & * ! | > % @ `",
        "bell \u{7} nul \0 del \u{7f} next \u{85} sep \u{2028} bom \u{feff} smile \u{1f600} ä",
        "---\n...\n# comment\nkey: value",
        "${VPC} $(x) `y`",
    ]
    .map(str::to_owned)
    .to_vec();
    for format in [Format::AmazonLinux2, Format::Ubuntu] {
        let data = Node {
            before: &before,
            instead: Some("#!/bin/bash\necho \"a\n  b\"\n"),
            ..node()
        }
        .user_data(format);
        let Some(read) = read_yaml(&filled(&data.text)) else {
            return;
        };
        let commands: Vec<&str> = read["runcmd"]
            .as_array()
            .unwrap()
            .iter()
            .map(|command| command.as_array().unwrap().last().unwrap().as_str().unwrap())
            .collect();
        assert_eq!(commands[..before.len()], before);
        assert_eq!(commands[before.len()], "#!/bin/bash\necho \"a\n  b\"\n");
    }
}

/// Runs one of our scripts with its paths moved into `root` and everything it calls replaced.
fn run_script(root: &Path, format: Format, script: &str) -> Output {
    let data = node().user_data(format);
    let read = read_yaml(&filled(&data.text)).unwrap();
    let write = |path: &str, mode: u32, content: &str| {
        let path = root.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let moved = |content: &str| {
        let to = |path: &str| format!("{}{path}", root.display());
        ["/etc/", "/var/lib/cloud/", "/tmp/kubelet"]
            .iter()
            .fold(content.to_owned(), |text, path| text.replace(path, &to(path)))
    };
    for file in read["write_files"].as_array().unwrap() {
        let mode = u32::from_str_radix(file["permissions"].as_str().unwrap(), 8).unwrap();
        write(
            file["path"].as_str().unwrap(),
            mode,
            &moved(file["content"].as_str().unwrap()),
        );
    }
    let record = format!(
        "#!/bin/bash\nprintf '%s\\n' \"$@\" >> {}/$(basename $0).called\n",
        root.display()
    );
    write("/etc/eks/bootstrap.sh", 0o755, &record);
    write(
        "/etc/kubernetes/kubelet/kubelet-config.json",
        0o644,
        r#"{"maxPods":1,"kept":true}"#,
    );
    write("/tmp/x", 0o644, "");
    let curl = "#!/bin/bash\ncase \"$*\" in *api/token*) echo token;; *'token: token'*instance-id) echo i-1;; *'token: token'*instance-life-cycle) echo spot;; *) exit 22;; esac\n";
    write("/bin/curl", 0o755, curl);
    for program in ["systemctl", "snap"] {
        write(&format!("/bin/{program}"), 0o755, &record);
    }
    let path = format!("{}/bin:{}", root.display(), std::env::var("PATH").unwrap());
    Command::new("bash")
        .arg(root.join(script.trim_start_matches('/')))
        .env("PATH", path)
        .output()
        .unwrap()
}

#[test]
fn scripts_call_the_images_bootstrap_as_eksctls_do() {
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !has("bash") || !has("jq") || read_yaml("a: 1").is_none() {
        println!("skipped: bash and jq are not installed");
        return;
    }
    let kubelet = "--node-labels=role=worker,alpha.eksctl.io/cluster-name=leaderboard-10,node-lifecycle=spot,\
                   alpha.eksctl.io/instance-id=i-1 \
                   --register-with-taints=nvidia.com/gpu=true:NoSchedule,dedicated=:NoExecute --max-pods=20";
    let dns = ["--dns-cluster-ip", "10.100.0.10", "--kubelet-extra-args", kubelet];
    let endpoint = [
        "--apiserver-endpoint",
        "https://api.example",
        "--b64-cluster-ca",
        "Q0E=",
    ];
    let al2 = [
        &["leaderboard-10"][..],
        &endpoint,
        &dns,
        &["--container-runtime", "containerd"],
    ]
    .concat();
    let ubuntu = [&["leaderboard-10"][..], &dns].concat();
    let cases = [
        (
            Format::AmazonLinux2,
            "bootstrap.al2.sh",
            al2,
            "systemctl",
            "daemon-reload\nrestart\nkubelet\n",
        ),
        (
            Format::Ubuntu,
            "bootstrap.ubuntu.sh",
            ubuntu,
            "snap",
            "restart\nkubelet-eks\n",
        ),
    ];
    for (format, script, arguments, restart, restarted) in cases {
        let root = std::env::temp_dir().join(format!("lb-userdata-{}-{script}", std::process::id()));
        let output = run_script(&root, format, &format!("/var/lib/cloud/scripts/eksctl/{script}"));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
        assert_eq!(read("bootstrap.sh.called").lines().collect::<Vec<_>>(), arguments);
        assert_eq!(read(&format!("{restart}.called")), restarted);
        let merged: Value =
            serde_json::from_str(&read("etc/kubernetes/kubelet/kubelet-config.json")).unwrap();
        assert_eq!(merged, serde_json::json!({"maxPods": 1, "kept": true}));
        fs::remove_dir_all(&root).unwrap();
    }
}

/// EKS's own bootstrap after our script has changed it: the kubelet gets one more argument.
#[test]
fn nodes_that_eks_starts_with_amazon_linux_2_get_their_most_pods() {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("bootstrap.sh");
    fs::write(
        &bootstrap,
        "KUBELET_EXTRA_ARGS=$2\necho \"$KUBELET_EXTRA_ARGS\"\n",
    )
    .unwrap();
    let node = Node {
        starter: Starter::Eks,
        ..node()
    };
    let text = node.user_data(Format::AmazonLinux2).text;
    let archive = text.as_literal().unwrap();
    let (_, script) = archive.split_once("#!/bin/sh").unwrap();
    let (script, _) = script.split_once("\r\n--").unwrap();
    let script = script.replace("/etc/eks/bootstrap.sh", bootstrap.to_str().unwrap());
    through("sh", &["-s"], &script).unwrap();
    let output = Command::new("sh")
        .args([bootstrap.to_str().unwrap(), "x", "--node-labels=a=b"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "--node-labels=a=b --max-pods=20"
    );
}
