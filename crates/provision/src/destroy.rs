//! Deleting what others hang on: interfaces that outlive their nodes keep subnets and groups alive.

use std::time::Duration;

use crate::clock::between;
use crate::cloud::Verdict;
use crate::execute::{Cx, Failure, POLL_INTERVAL};
use crate::objects::lifecycle::present;
use crate::operations::ec2::{
    DeleteNetworkInterface, DeleteSecurityGroup, DeleteSubnet, DescribeNetworkInterfaces, Filter,
    NetworkInterface,
};

/// Interfaces of nodes and load balancers detach in minutes; what is there after this long stays.
const PATIENCE: Duration = Duration::from_secs(900);

/// Deletes a subnet. Interfaces that the CNI plugin left behind go with it; for others it waits, then names them.
pub(crate) async fn delete_subnet(cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
    let what = format!("subnet `{id}`");
    let delete = || {
        cx.call_without_waiting(DeleteSubnet {
            subnet_id: id.to_owned(),
        })
    };
    when_free(cx, &what, Filter::new("subnet-id", id), delete).await
}

/// Deletes a security group, as [`delete_subnet`] does a subnet.
pub(crate) async fn delete_security_group(cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
    let what = format!("security group `{id}`");
    let delete = || {
        cx.call_without_waiting(DeleteSecurityGroup {
            group_id: id.to_owned(),
        })
    };
    when_free(cx, &what, Filter::new("group-id", id), delete).await
}

async fn when_free<F: Future<Output = Result<(), Failure>>>(
    cx: &Cx<'_>,
    what: &str,
    users: Filter,
    delete: impl Fn() -> F,
) -> Result<(), Failure> {
    let began = cx.now();
    loop {
        match present(delete().await) {
            Ok(_) => return Ok(()),
            Err(Failure::Call(error)) if error.verdict() == Verdict::Wait => {}
            Err(failure) => return Err(failure),
        }
        let filters = vec![users.clone()];
        let interfaces = cx
            .call(DescribeNetworkInterfaces {
                filters,
                ..Default::default()
            })
            .await?;
        let (left_behind, in_use): (Vec<_>, Vec<_>) =
            interfaces.iter().partition(|interface| is_left_behind(interface));
        for interface in left_behind {
            let network_interface_id = interface.network_interface_id.clone();
            present(cx.call(DeleteNetworkInterface { network_interface_id }).await)?;
        }
        if between(began, cx.now()) > PATIENCE {
            let names = in_use
                .iter()
                .map(|interface| name(interface))
                .collect::<Vec<_>>()
                .join(", ");
            let by = if names.is_empty() {
                "a rule of another security group".to_owned()
            } else {
                names
            };
            return Err(Failure::Blocked {
                what: what.to_owned(),
                by,
            });
        }
        cx.sleep(POLL_INTERVAL).await?;
    }
}

/// Deletes what the CNI plugin left behind in a security group.
pub(crate) async fn release(cx: &Cx<'_>, group: &str) -> Result<(), Failure> {
    let interfaces = cx
        .call(DescribeNetworkInterfaces {
            filters: vec![Filter::new("group-id", group)],
            ..Default::default()
        })
        .await?;
    for interface in interfaces.into_iter().filter(is_left_behind) {
        let network_interface_id = interface.network_interface_id;
        present(cx.call(DeleteNetworkInterface { network_interface_id }).await)?;
    }
    Ok(())
}

/// Whether an interface is one that the CNI plugin made for a node that is gone.
fn is_left_behind(interface: &NetworkInterface) -> bool {
    let by_cni = interface.description.starts_with("aws-K8S-")
        || interface
            .tag_set
            .iter()
            .any(|tag| tag.key == "node.k8s.amazonaws.com/instance_id");
    interface.status == "available" && !interface.requester_managed && by_cni
}

fn name(interface: &NetworkInterface) -> String {
    format!(
        "interface `{}` ({})",
        interface.network_interface_id, interface.description
    )
}
