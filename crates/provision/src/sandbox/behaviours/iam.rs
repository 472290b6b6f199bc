use super::bench::*;
use crate::operations::{eks, iam::*};

#[test]
fn behaviour_17_role_names_clash_without_case() {
    let mut bench = Bench::new(17);
    bench.go(Bench::create_role("Nodes", "ec2.amazonaws.com"));
    assert_eq!(
        bench.refused(Bench::create_role("nodes", "ec2.amazonaws.com")),
        "EntityAlreadyExists"
    );
    assert_eq!(
        bench
            .go(GetRole {
                role_name: "NODES".into()
            })
            .role_name,
        "Nodes"
    );
}

#[test]
fn behaviour_18_eks_does_not_see_a_new_role_at_once() {
    let mut bench = Bench::new(18);
    let net = bench.net();
    let arn = bench.go(Bench::create_role("cluster", "eks.amazonaws.com")).arn;
    bench.attach("cluster", &["AmazonEKSClusterPolicy"]);
    assert_eq!(
        bench.refused(Bench::cluster_input(&net, &arn)),
        "InvalidParameterException"
    );
    bench.wait(120);
    assert_eq!(bench.go(Bench::cluster_input(&net, &arn)).status, "CREATING");
}

#[test]
fn behaviour_29_a_role_with_anything_attached_stays() {
    let mut bench = Bench::new(29);
    bench.node_role("nodes");
    let delete = DeleteRole {
        role_name: "nodes".into(),
    };
    assert_eq!(bench.refused(delete.clone()), "DeleteConflict");
    for policy in bench.go(ListAttachedRolePolicies {
        role_name: "nodes".into(),
    }) {
        bench.go(DetachRolePolicy {
            role_name: "nodes".into(),
            policy_arn: policy.policy_arn,
        });
    }
    assert_eq!(bench.refused(delete.clone()), "DeleteConflict");
    let document = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    bench.go(PutRolePolicy {
        role_name: "nodes".into(),
        policy_name: "inline".into(),
        policy_document: document.into(),
    });
    let remove = RemoveRoleFromInstanceProfile {
        instance_profile_name: "nodes".into(),
        role_name: "nodes".into(),
    };
    assert_eq!(
        bench.refused(DeleteInstanceProfile {
            instance_profile_name: "nodes".into()
        }),
        "DeleteConflict"
    );
    bench.go(remove);
    assert_eq!(bench.refused(delete.clone()), "DeleteConflict");
    bench.go(DeleteRolePolicy {
        role_name: "nodes".into(),
        policy_name: "inline".into(),
    });
    bench.go(delete.clone());
    assert_eq!(bench.refused(delete), "NoSuchEntity");
    bench.go(DeleteInstanceProfile {
        instance_profile_name: "nodes".into(),
    });
}

#[test]
fn all_roles_are_read_at_once() {
    let mut bench = Bench::new(60);
    bench.node_role("nodes");
    let details = bench.go(GetAccountAuthorizationDetails {
        filter: vec!["Role".into()],
    });
    let role = details.iter().find(|role| role.role_name == "nodes").unwrap();
    assert_eq!(role.attached_managed_policies.len(), 3);
    assert_eq!(role.instance_profile_list[0].instance_profile_name, "nodes");
}

#[test]
fn a_profile_holds_one_role() {
    let mut bench = Bench::new(61);
    bench.node_role("nodes");
    let again = AddRoleToInstanceProfile {
        instance_profile_name: "nodes".into(),
        role_name: "nodes".into(),
    };
    assert_eq!(bench.refused(again), "LimitExceeded");
}

#[test]
fn bad_names_paths_and_policies_are_refused() {
    let mut bench = Bench::new(62);
    let role = |name: &str| Bench::create_role(name, "ec2.amazonaws.com");
    assert_eq!(bench.refused(role(&"r".repeat(65))), "ValidationError");
    assert_eq!(bench.refused(role("a/b")), "ValidationError");
    assert_eq!(
        bench.refused(CreateRole {
            path: Some("/lb".into()),
            ..role("r")
        }),
        "ValidationError"
    );
    let trust = "{}".into();
    assert_eq!(
        bench.refused(CreateRole {
            assume_role_policy_document: trust,
            ..role("r")
        }),
        "MalformedPolicyDocument"
    );
    bench.go(role("r"));
    let attach = |arn: &str| AttachRolePolicy {
        role_name: "r".into(),
        policy_arn: arn.into(),
    };
    assert_eq!(
        bench.refused(attach("arn:aws:iam::aws:policy/AmazonEKSNodePolicy")),
        "NoSuchEntity"
    );
    assert_eq!(
        bench.refused(attach("arn:aws:iam::111122223333:policy/mine")),
        "NoSuchEntity"
    );
    let long = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{}"}}]}}"#,
        "x".repeat(10_300)
    );
    let put = PutRolePolicy {
        role_name: "r".into(),
        policy_name: "long".into(),
        policy_document: long,
    };
    assert_eq!(bench.refused(put), "LimitExceeded");
}

#[test]
fn a_trust_policy_names_only_principals_that_exist() {
    let mut bench = Bench::new(63);
    let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/none"},"Action":"sts:AssumeRole"}]}"#;
    let role = CreateRole {
        role_name: "r".into(),
        assume_role_policy_document: trust.into(),
        ..CreateRole::default()
    };
    assert_eq!(bench.refused(role.clone()), "MalformedPolicyDocument");
    bench.go(Bench::create_role("none", "ec2.amazonaws.com"));
    bench.go(role);
}

#[test]
fn an_identity_provider_needs_an_issuer_that_answers() {
    let mut bench = Bench::new(64);
    let net = bench.net();
    let cluster = bench.cluster(&net);
    let url = cluster.identity.unwrap().oidc.issuer;
    let create = |url: &str| CreateOpenIDConnectProvider {
        url: url.into(),
        client_id_list: vec!["sts.amazonaws.com".into()],
        ..CreateOpenIDConnectProvider::default()
    };
    let dead = "https://oidc.eks.us-west-2.amazonaws.com/id/0123";
    assert_eq!(bench.refused(create(dead)), "OpenIdIdpCommunicationError");
    let arn = bench.go(create(&url));
    assert_eq!(bench.refused(create(&url)), "EntityAlreadyExists");
    let read = GetOpenIDConnectProvider {
        open_id_connect_provider_arn: arn.clone(),
    };
    assert_eq!(format!("https://{}", bench.go(read).url), url);
    assert_eq!(bench.go(ListOpenIDConnectProviders {}), [arn]);
}

#[test]
fn a_service_linked_role_is_taken_once() {
    let mut bench = Bench::new(65);
    let create = CreateServiceLinkedRole {
        aws_service_name: "autoscaling.amazonaws.com".into(),
    };
    let role = bench.go(create.clone());
    assert_eq!(bench.refused(create), "InvalidInput");
    assert_eq!(
        bench.refused(DeleteRole {
            role_name: role.role_name
        }),
        "UnmodifiableEntity"
    );
    assert!(bench.refused(eks::DescribeCluster { name: "none".into() }) == "ResourceNotFoundException");
}
