use super::bench::*;
use crate::operations::ec2::*;

fn rule(protocol: &str, ports: Option<(i64, i64)>, cidr: &str) -> IpPermission {
    IpPermission {
        ip_protocol: protocol.into(),
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        ip_ranges: vec![IpRange {
            cidr_ip: cidr.into(),
            description: None,
        }],
        ..IpPermission::default()
    }
}

fn authorize(group: &str, permissions: Vec<IpPermission>) -> AuthorizeSecurityGroupIngress {
    AuthorizeSecurityGroupIngress {
        group_id: group.into(),
        ip_permissions: permissions,
        ..AuthorizeSecurityGroupIngress::default()
    }
}

fn rules_of(bench: &mut Bench, group: &str) -> Vec<SecurityGroupRule> {
    bench.wait(30);
    let filters = vec![Filter::new("group-id", group)];
    bench.go(DescribeSecurityGroupRules {
        filters,
        ..DescribeSecurityGroupRules::default()
    })
}

#[test]
fn behaviour_12_a_group_that_others_use_stays() {
    let mut bench = Bench::new(12);
    let vpc = bench.vpc();
    let (a, b) = (bench.group(&vpc, "a"), bench.group(&vpc, "b"));
    let peer = UserIdGroupPair {
        group_id: a.clone(),
        description: None,
    };
    let permission = IpPermission {
        ip_protocol: "-1".into(),
        user_id_group_pairs: vec![peer],
        ..IpPermission::default()
    };
    let rules = bench.go(authorize(&b, vec![permission.clone()]));
    assert_eq!(
        bench.refused(DeleteSecurityGroup { group_id: a.clone() }),
        "DependencyViolation"
    );
    bench.go(RevokeSecurityGroupIngress {
        group_id: b,
        security_group_rule_ids: vec![rules[0].security_group_rule_id.clone()],
        ip_permissions: Vec::new(),
    });
    // A rule that names its own group keeps nothing.
    bench.go(authorize(&a, vec![permission]));
    bench.go(DeleteSecurityGroup { group_id: a });
    let (_, default) = default_group(&mut bench);
    assert_eq!(
        bench.refused(DeleteSecurityGroup { group_id: default }),
        "CannotDelete"
    );
}

fn default_group(bench: &mut Bench) -> (usize, String) {
    let filters = vec![Filter::new("group-name", "default")];
    let found = bench.go(DescribeSecurityGroups {
        filters,
        ..DescribeSecurityGroups::default()
    });
    (found.len(), found[0].group_id.clone())
}

#[test]
fn behaviour_13_a_batch_with_one_duplicate_adds_nothing() {
    let mut bench = Bench::new(13);
    let vpc = bench.vpc();
    let group = bench.group(&vpc, "a");
    let ssh = rule("tcp", Some((22, 22)), "0.0.0.0/0");
    bench.go(authorize(&group, vec![ssh.clone()]));
    let before = rules_of(&mut bench, &group);
    let web = rule("tcp", Some((443, 443)), "0.0.0.0/0");
    let mut described = ssh;
    described.ip_ranges[0].description = Some("another description is no other rule".into());
    assert_eq!(
        bench.refused(authorize(&group, vec![web, described])),
        "InvalidPermission.Duplicate"
    );
    assert_eq!(rules_of(&mut bench, &group), before);
}

#[test]
fn behaviour_14_a_new_group_lets_everything_out() {
    let mut bench = Bench::new(14);
    let vpc = bench.vpc();
    let group = bench.group(&vpc, "a");
    let rules = rules_of(&mut bench, &group);
    assert_eq!(rules.len(), 1);
    assert!(rules[0].is_egress && rules[0].cidr_ipv4.as_deref() == Some("0.0.0.0/0"));
    let all = rule("-1", None, "0.0.0.0/0");
    let revoke = RevokeSecurityGroupEgress {
        group_id: group.clone(),
        ip_permissions: vec![all],
        ..RevokeSecurityGroupEgress::default()
    };
    bench.go(revoke.clone());
    assert!(rules_of(&mut bench, &group).is_empty());
    assert_eq!(bench.refused(revoke), "InvalidPermission.NotFound");
}

#[test]
fn behaviour_15_rules_for_all_protocols_lose_their_ports() {
    let mut bench = Bench::new(15);
    let vpc = bench.vpc();
    let group = bench.group(&vpc, "a");
    let made = bench.go(authorize(
        &group,
        vec![rule("-1", Some((0, 65535)), "10.0.0.1/8")],
    ));
    assert_eq!((made[0].from_port, made[0].to_port), (-1, -1));
    assert_eq!(made[0].cidr_ipv4.as_deref(), Some("10.0.0.0/8"));
    assert_eq!(
        bench.refused(authorize(&group, vec![rule("tcp", None, "10.0.0.0/8")])),
        "MissingParameter"
    );
}

#[test]
fn behaviour_16_the_61st_rule_is_one_too_many() {
    let mut bench = Bench::new(16);
    let vpc = bench.vpc();
    let group = bench.group(&vpc, "a");
    let port = |port: i64| rule("tcp", Some((port, port)), "0.0.0.0/0");
    bench.go(authorize(&group, (1..=60).map(port).collect()));
    assert_eq!(
        bench.refused(authorize(&group, vec![port(61)])),
        "RulesPerSecurityGroupLimitExceeded"
    );
}
