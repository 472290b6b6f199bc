//! The Kubernetes version.

use super::{Case, Findings, error};
use crate::{
    execute::{Cx, Failure},
    key::Key,
    operations::eks::DescribeClusterVersions,
    support,
};
use lb_model::path::Path;

/// EKS itself says what it offers, where the plan makes a cluster or gives it another version.
pub(super) async fn check(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let changes = case.making().any(|step| {
        let version = || {
            step.differences
                .iter()
                .any(|difference| difference.path == "Version")
        };
        step.key == Key::CONTROL_PLANE && (case.creates(&step.key) || version())
    });
    if !changes {
        return Ok(());
    }
    let asked = findings.answer(
        "the versions of EKS",
        cx.call(DescribeClusterVersions::default()).await,
    )?;
    let Some(answered) = asked.filter(|answered| !answered.is_empty()) else {
        return Ok(());
    };
    let wanted = crate::desired::version(case.config, case.catalog);
    let offered = answered
        .into_iter()
        .filter(|version| version.version_status != "UNSUPPORTED");
    let mut offered: Vec<String> = offered.map(|version| version.cluster_version).collect();
    if offered.contains(&wanted) {
        return Ok(());
    }
    offered.sort_by_key(|version| lb_model::catalog::minor(version));
    findings.problems.push(error(
        support::VERSION,
        Path::root().key("metadata").key("version"),
        format!(
            "EKS does not offer Kubernetes {wanted} in {}",
            case.config.metadata.region
        ),
        format!("take one of {}", offered.join(", ")),
    ));
    Ok(())
}
