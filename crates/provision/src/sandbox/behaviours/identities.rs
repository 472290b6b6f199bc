use super::bench::*;
use crate::operations::{eks::*, iam};

fn association(role_arn: &str) -> CreatePodIdentityAssociation {
    CreatePodIdentityAssociation {
        cluster_name: "lb".into(),
        namespace: "submissions".into(),
        service_account: "uploader".into(),
        role_arn: role_arn.into(),
        ..CreatePodIdentityAssociation::default()
    }
}

#[test]
fn a_service_account_has_one_role_that_trusts_pods() {
    let mut bench = Bench::new(51);
    let net = bench.net();
    bench.cluster(&net);
    let wrong = bench.role("wrong", "ec2.amazonaws.com", &[]);
    assert_eq!(bench.refused(association(&wrong)), "InvalidParameterException");
    let fresh = bench
        .go(Bench::create_role("fresh", "pods.eks.amazonaws.com"))
        .arn;
    assert_eq!(bench.refused(association(&fresh)), "InvalidParameterException");
    bench.wait(130);
    let made = bench.go(association(&fresh));
    assert_eq!(bench.refused(association(&fresh)), "ResourceInUseException");
    let token = |token: &str| CreatePodIdentityAssociation {
        service_account: "other".into(),
        client_request_token: Some(token.into()),
        ..association(&fresh)
    };
    let first = bench.go(token("t"));
    assert_eq!(bench.go(token("t")).association_id, first.association_id);

    let second = bench.role("second", "pods.eks.amazonaws.com", &[]);
    let update = UpdatePodIdentityAssociation {
        cluster_name: "lb".into(),
        association_id: made.association_id.clone(),
        role_arn: Some(second.clone()),
        ..UpdatePodIdentityAssociation::default()
    };
    assert_eq!(bench.go(update).role_arn, second);
    let delete = DeletePodIdentityAssociation {
        cluster_name: "lb".into(),
        association_id: made.association_id,
    };
    bench.go(delete.clone());
    assert_eq!(bench.refused(delete), "ResourceNotFoundException");
}

#[test]
fn what_an_add_on_owns_changes_with_the_add_on_only() {
    let mut bench = Bench::new(52);
    let net = bench.net();
    bench.cluster(&net);
    let role_arn = bench.role("csi", "pods.eks.amazonaws.com", &[]);
    let identity = AddonPodIdentityAssociations {
        service_account: "ebs-csi-controller-sa".into(),
        role_arn,
    };
    let addon = bench.go(CreateAddon {
        cluster_name: "lb".into(),
        addon_name: "aws-ebs-csi-driver".into(),
        pod_identity_associations: vec![identity],
        ..CreateAddon::default()
    });
    let list = ListPodIdentityAssociations {
        cluster_name: "lb".into(),
        ..ListPodIdentityAssociations::default()
    };
    let found = bench.go(list.clone()).remove(0);
    assert_eq!(
        addon.pod_identity_associations,
        std::slice::from_ref(&found.association_arn)
    );
    assert_eq!(found.owner_arn, Some(addon.addon_arn));
    let delete = DeletePodIdentityAssociation {
        cluster_name: "lb".into(),
        association_id: found.association_id,
    };
    assert_eq!(bench.refused(delete), "InvalidParameterException");
    bench.go(DeleteAddon {
        cluster_name: "lb".into(),
        addon_name: "aws-ebs-csi-driver".into(),
        preserve: None,
    });
    bench.until("the add-on's associations go with it", 120, |bench| {
        bench.go(list.clone()).is_empty()
    });
    // A role that is in use may be deleted: IAM knows nothing of associations.
    bench.go(iam::DeleteRole {
        role_name: "csi".into(),
    });
}
