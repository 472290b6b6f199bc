//! The map of principals in the cluster, where it is all there is: entries of others stay.

use crate::home::{Home, emulator, facts_of};
use lb_tests::server::{Act, Server};

const CONFIG: &str = "\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: mapped, region: us-west-2, version: \"1.35\"}
accessConfig: {authenticationMode: CONFIG_MAP}
iamIdentityMappings:
- arn: arn:aws:iam::111122223333:role/operators
  username: operators
  groups: [\"system:masters\"]
nodeGroups:
- {name: cpu, instanceType: t3.large, minSize: 0, desiredCapacity: 0}
";

/// What somebody else writes into the map beside ours.
const THEIRS: &str = r#"{"data":{"mapUsers":"- userarn: arn:aws:iam::111122223333:user/them\n"}}"#;

#[test]
fn entries_of_others_stay_in_aws_auth() {
    let Some(emulator) = emulator("ministack", "entries_of_others_stay_in_aws_auth") else {
        return;
    };
    let backend = emulator.start(facts_of(CONFIG), "us-west-2", &[]).unwrap();
    let home = Home::emulator(backend.environment());
    let aws_auth = |first: &'static str, last: [&'static str; 4]| {
        let middle = [first, "configmap", "aws-auth", "--namespace", "kube-system"];
        home.kubectl(&emulator.programs, middle.into_iter().chain(last))
    };
    let map = || aws_auth("get", ["--output", "yaml", "--request-timeout", "30s"]);

    home.apply(CONFIG);
    let made = map();
    assert!(
        made.contains("role/operators") && made.contains("system:node"),
        "{made}"
    );

    aws_auth("patch", ["--type", "merge", "--patch", THEIRS]);
    home.apply(&CONFIG.replace("role/operators", "role/drivers"));
    let kept = map();
    assert!(kept.contains("user/them"), "{kept}");
    assert!(
        kept.contains("role/drivers") && !kept.contains("role/operators"),
        "{kept}"
    );
    proxies_are_kept_to(&home);
    home.destroy();
}

/// What asks the cluster's API goes through the proxy of the environment, unless `NO_PROXY` names the host.
fn proxies_are_kept_to(home: &Home) {
    for (direct, goes_through) in [("", true), ("127.0.0.1", false)] {
        let proxy = Server::start(|_| Act::Tunnel).unwrap();
        let mut command = home.lb.command(["status", "cluster.yaml"]);
        command.env("HTTPS_PROXY", &proxy.url).env("NO_PROXY", direct);
        let answer = home.lb.finish("status cluster.yaml", command).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
        let asked = proxy.requests();
        let tunnels = asked.iter().all(|request| request.line.starts_with("CONNECT "));
        assert!(tunnels && asked.is_empty() != goes_through, "{asked:?}");
    }
}
