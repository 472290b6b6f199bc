//! Where AWS and Canonical say which image is the newest.

use lb_model::catalog::{Arch, Catalog, has_neuron};

/// The family of a nodegroup: eksctl's default where none is named.
pub fn family(name: &str) -> &str {
    if name.is_empty() { "AmazonLinux2023" } else { name }
}

/// Whether a family is one of Canonical's, whose images EKS does not choose itself.
pub fn is_ubuntu(family: &str) -> bool {
    family.to_ascii_lowercase().starts_with("ubuntu")
}

/// The SSM parameter with the newest image of a family for a Kubernetes version and instance types (eksctl's
/// `ssm_resolver.go`). `None` where there is none.
pub fn image_parameter(catalog: &Catalog, version: &str, family: &str, types: &[&str]) -> Option<String> {
    let family = catalog.family(family)?;
    if !family.has_image_for(version) {
        return None;
    }
    // As eksctl does: a GPU type decides, wherever it stands in the list.
    let known = || types.iter().filter_map(|name| catalog.instance(name));
    let instance = known()
        .find(|instance| instance.gpus.is_some())
        .or_else(|| known().next());
    let arm = instance.is_some_and(|instance| instance.arch == Arch::Arm64);
    let nvidia = instance.is_some_and(|instance| instance.gpus.is_some());
    let neuron = !nvidia && types.iter().any(|name| has_neuron(name));
    let eks = format!("/aws/service/eks/optimized-ami/{version}");
    match family.name {
        "AmazonLinux2023" => {
            let arch = if arm { "arm64" } else { "x86_64" };
            let variant = match (nvidia, neuron) {
                (true, _) => "nvidia",
                (_, true) => "neuron",
                _ => "standard",
            };
            Some(format!(
                "{eks}/amazon-linux-2023/{arch}/{variant}/recommended/image_id"
            ))
        }
        "AmazonLinux2" => match (nvidia || neuron, arm) {
            (true, true) => None,
            (true, false) => Some(format!("{eks}/amazon-linux-2-gpu/recommended/image_id")),
            (false, true) => Some(format!("{eks}/amazon-linux-2-arm64/recommended/image_id")),
            (false, false) => Some(format!("{eks}/amazon-linux-2/recommended/image_id")),
        },
        "Bottlerocket" | "BottlerocketFips" => {
            let arch = if arm { "arm64" } else { "x86_64" };
            let nvidia = if nvidia { "-nvidia" } else { "" };
            let fips = if family.name.ends_with("Fips") {
                "-fips"
            } else {
                ""
            };
            let variant = format!("aws-k8s-{version}{nvidia}{fips}");
            Some(format!(
                "/aws/service/bottlerocket/{variant}/{arch}/latest/image_id"
            ))
        }
        name => {
            let (product, digits) = match name.strip_prefix("UbuntuPro") {
                Some(digits) => ("eks-pro", digits),
                None => ("eks", name.strip_prefix("Ubuntu")?),
            };
            let (year, month) = digits.split_at_checked(2)?;
            let arch = if arm { "arm64" } else { "amd64" };
            let volume = if matches!(year, "20" | "22") {
                "ebs-gp2"
            } else {
                "ebs-gp3"
            };
            let path = format!("{year}.{month}/{version}/stable/current/{arch}/hvm/{volume}/ami-id");
            Some(format!("/aws/service/canonical/ubuntu/{product}/{path}"))
        }
    }
}

/// The root device of a family's images.
pub(super) fn root_device(family: &str) -> &'static str {
    if is_ubuntu(family) {
        "/dev/sda1"
    } else {
        "/dev/xvda"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_that_eksctl_asks_for() {
        let catalog = Catalog::builtin();
        let parameter = |version, family, types: &[&str]| image_parameter(catalog, version, family, types);
        let eks = |rest: &str| {
            Some(format!(
                "/aws/service/eks/optimized-ami/{rest}/recommended/image_id"
            ))
        };
        assert_eq!(
            parameter("1.29", "AmazonLinux2", &["t3.large"]),
            eks("1.29/amazon-linux-2")
        );
        assert_eq!(
            parameter("1.29", "AmazonLinux2", &["g5.xlarge"]),
            eks("1.29/amazon-linux-2-gpu")
        );
        assert_eq!(
            parameter("1.34", "amazonlinux2023", &["m6g.large"]),
            eks("1.34/amazon-linux-2023/arm64/standard")
        );
        assert_eq!(
            parameter("1.34", "AmazonLinux2023", &["t3.large", "g5.xlarge"]),
            eks("1.34/amazon-linux-2023/x86_64/nvidia")
        );
        let ubuntu =
            "/aws/service/canonical/ubuntu/eks-pro/24.04/1.34/stable/current/amd64/hvm/ebs-gp3/ami-id";
        assert_eq!(
            parameter("1.34", "UbuntuPro2404", &["g5.xlarge"]).as_deref(),
            Some(ubuntu)
        );
        assert_eq!(parameter("1.34", "Ubuntu2004", &["t3.large"]), None);
    }
}
