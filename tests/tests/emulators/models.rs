//! Every request that `lb` makes is one that the service's own model knows.

use lb_tests::{
    Lb,
    emulators::{self, models},
};
use serde_json::{Value, json};

fn line(service: &str, operation: &str, parameters: &Value) -> String {
    format!(
        "{}\n",
        json!({"service": service, "operation": operation, "parameters": parameters})
    )
}

/// Requests made wrong, each in one way: service, operation, parameters, and what is wrong with them.
const WRONG: &str = r#"
ec3 DescribeVpcs {} | no such service
ec2 DescribeVpc {} | no such operation
ec2 DeleteVpc {} | input.VpcId: required
ec2 DeleteVpc {"VpcId": "vpc-1", "Force": true} | input.Force: unknown
ec2 DeleteVpc {"VpcId": 1} | input.VpcId: 1 is no string
ec2 DeleteVpc {"VpcId": null} | input.VpcId: null is no string
ec2 DescribeVpcs {"VpcIds": "vpc-1"} | is no list
ec2 DescribeVpcs {"Filter": []} | input.Filter: unknown
ec2 CreateVpc {"TagSpecification": [{"ResourceType": "vpc", "Tags": []}]} | unknown
ec2 DescribeVpcs {"MaxResults": 4} | 4 is below 5
ec2 CreateVpc {"TagSpecifications": [{"ResourceType": "VPC", "Tags": []}]} | [0].ResourceType: `VPC` is none of
ec2 AuthorizeSecurityGroupIngress {"IpPermissions": [{"FromPort": "22"}]} | [0].FromPort: "22" is no integer
ec2 AuthorizeSecurityGroupIngress {"IpPermissions": [{"FromPort": true}]} | true is no integer
ec2 CreateLaunchTemplate {"LaunchTemplateName": "abc", "LaunchTemplateData": {"EbsOptimized": "true"}} | is no boolean
ec2 ImportKeyPair {"KeyName": "k", "PublicKeyMaterial": "ssh-rsa AAAA"} | not base64
iam CreateRole {"RoleName": "r", "AssumeRolePolicyDocument": {"Version": "2012-10-17"}} | is no string
iam GetRole {"RoleName": "a-role-with-a-name-that-is-one-character-longer-than-iam-accepts0"} | a length of 65 is above 64
iam GetRole {"RoleName": "a/b"} | does not match
iam GetAccountAuthorizationDetails {"Filter": ["Roles"]} | `Roles` is none of
eks CreateCluster {"name": "c", "roleArn": "arn"} | input.resourcesVpcConfig: required
eks DescribeCluster {"name": "c", "Name": "c"} | input.Name: unknown
eks CreateAddon {"clusterName": "c", "addonName": "a", "resolveConflicts": "overwrite"} | `overwrite` is none of
eks TagResource {"resourceArn": "a", "tags": {"": ""}} | a length of 0 is below 1
autoscaling CreateAutoScalingGroup {"AutoScalingGroupName": "g", "MinSize": 0, "MaxSize": 1.5} | 1.5 is no integer
autoscaling CreateOrUpdateTags {"Tags": [{"Value": "v"}]} | input.Tags[0].Key: required
logs CreateLogGroup {"logGroupName": "g", "tags": {"k": 1}} | input.tags[k]: 1 is no string
sts GetCallerIdentity {"Account": "1"} | unknown
"#;

/// A line as `lb` records it, and what is wrong with it.
fn wrong(row: &'static str) -> (String, String, &'static str) {
    let (request, what) = row.split_once(" | ").unwrap();
    let [service, operation, parameters] = request.splitn(3, ' ').collect::<Vec<_>>().try_into().unwrap();
    let line = line(service, operation, &serde_json::from_str(parameters).unwrap());
    (format!("{service} {operation}: "), line, what)
}

#[test]
fn a_request_made_wrong_is_found() {
    let Some(programs) = emulators::programs("a_request_made_wrong_is_found") else {
        return;
    };
    let right = [
        line("ec2", "DeleteVpc", &json!({"VpcId": "vpc-1"})),
        line("sts", "GetCallerIdentity", &json!({})),
        line("iam", "GetRole", &json!({"RoleName": "r"})),
    ]
    .concat();
    assert_eq!(models::problems(&programs, &right).unwrap(), Vec::<String>::new());

    let wrong: Vec<_> = WRONG.trim().lines().map(wrong).collect();
    let lines: String = wrong.iter().map(|(_, line, _)| line.as_str()).collect();
    let found = models::problems(&programs, &(right + &lines)).unwrap();
    assert_eq!(found.len(), wrong.len(), "{found:#?}");
    for ((whose, _, what), found) in wrong.iter().zip(&found) {
        assert!(
            found.starts_with(whose) && found.contains(what),
            "wanted `{what}`, found `{found}`"
        );
    }
}

/// Makes the cluster of a file in the sandbox, applies it again, looks at it and destroys it; answers the requests.
fn life(text: &str, day: &str) -> String {
    let lb = Lb::new().unwrap();
    lb.write("cluster.yaml", text).unwrap();
    for line in [
        format!("plan cluster.yaml --sandbox --today {day}"),
        "apply cluster.yaml --sandbox --speed max --yes".to_owned(),
        "apply cluster.yaml --sandbox --speed max --yes".to_owned(),
        "status cluster.yaml --sandbox".to_owned(),
        "destroy cluster.yaml --sandbox --speed max --yes".to_owned(),
    ] {
        let answer = lb.run(&line).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
    }
    std::fs::read_to_string(lb.record()).unwrap()
}

#[test]
fn every_request_is_valid_by_the_services_models() {
    let Some(programs) = emulators::programs("every_request_is_valid_by_the_services_models") else {
        return;
    };
    let examples = lb_tests::root().join("examples");
    let mut requests = String::new();
    for edition in ["1.0", "2.0"] {
        let text = std::fs::read_to_string(examples.join(format!("leaderboard-{edition}.yaml"))).unwrap();
        requests += &life(&text, "2026-11-23");
    }
    assert_eq!(
        models::problems(&programs, &requests).unwrap(),
        Vec::<String>::new()
    );
}
