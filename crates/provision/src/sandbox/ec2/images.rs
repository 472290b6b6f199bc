//! Images, and the public parameters that name them.

use crate::{
    operations::ec2::{BlockDeviceMapping, DescribeImages, EbsBlockDevice, Image, Tag},
    sandbox::{
        Answer, Refusal,
        shelf::{Described, passes_all},
        world::World,
    },
};
use lb_model::catalog::{Catalog, Support};

/// A public parameter that names AWS's or Canonical's image, with `{v}` for the Kubernetes version.
struct Public {
    parameter: &'static str,
    /// Its family in the catalog, which says for which versions there is an image.
    family: &'static str,
    arm: bool,
}

const fn public(parameter: &'static str, family: &'static str, arm: bool) -> Public {
    Public {
        parameter,
        family,
        arm,
    }
}

const EKS: &str = "/aws/service/eks/optimized-ami/";

/// The parameters (AWS's and Canonical's documentation; `eksctl-behaviour.md` 3.2). The place of a row is part of its
/// images' ids: new rows go to the end.
const PUBLIC: &[Public] = &[
    public(
        "{eks}{v}/amazon-linux-2/recommended/image_id",
        "AmazonLinux2",
        false,
    ),
    public(
        "{eks}{v}/amazon-linux-2-gpu/recommended/image_id",
        "AmazonLinux2",
        false,
    ),
    public(
        "{eks}{v}/amazon-linux-2-arm64/recommended/image_id",
        "AmazonLinux2",
        true,
    ),
    public(
        "{eks}{v}/amazon-linux-2023/x86_64/standard/recommended/image_id",
        "AmazonLinux2023",
        false,
    ),
    public(
        "{eks}{v}/amazon-linux-2023/x86_64/nvidia/recommended/image_id",
        "AmazonLinux2023",
        false,
    ),
    public(
        "{eks}{v}/amazon-linux-2023/x86_64/neuron/recommended/image_id",
        "AmazonLinux2023",
        false,
    ),
    public(
        "{eks}{v}/amazon-linux-2023/arm64/standard/recommended/image_id",
        "AmazonLinux2023",
        true,
    ),
    public(
        "{eks}{v}/amazon-linux-2023/arm64/nvidia/recommended/image_id",
        "AmazonLinux2023",
        true,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}/x86_64/latest/image_id",
        "Bottlerocket",
        false,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}/arm64/latest/image_id",
        "Bottlerocket",
        true,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}-nvidia/x86_64/latest/image_id",
        "Bottlerocket",
        false,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}-nvidia/arm64/latest/image_id",
        "Bottlerocket",
        true,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}-fips/x86_64/latest/image_id",
        "BottlerocketFips",
        false,
    ),
    public(
        "/aws/service/bottlerocket/aws-k8s-{v}-fips/arm64/latest/image_id",
        "BottlerocketFips",
        true,
    ),
    public(
        "{ubuntu}eks/20.04/{v}/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "Ubuntu2004",
        false,
    ),
    public(
        "{ubuntu}eks/20.04/{v}/stable/current/arm64/hvm/ebs-gp2/ami-id",
        "Ubuntu2004",
        true,
    ),
    public(
        "{ubuntu}eks/22.04/{v}/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "Ubuntu2204",
        false,
    ),
    public(
        "{ubuntu}eks/22.04/{v}/stable/current/arm64/hvm/ebs-gp2/ami-id",
        "Ubuntu2204",
        true,
    ),
    public(
        "{ubuntu}eks/24.04/{v}/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "Ubuntu2404",
        false,
    ),
    public(
        "{ubuntu}eks/24.04/{v}/stable/current/arm64/hvm/ebs-gp3/ami-id",
        "Ubuntu2404",
        true,
    ),
    public(
        "{ubuntu}eks/26.04/{v}/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "Ubuntu2604",
        false,
    ),
    public(
        "{ubuntu}eks/26.04/{v}/stable/current/arm64/hvm/ebs-gp3/ami-id",
        "Ubuntu2604",
        true,
    ),
    public(
        "{ubuntu}eks-pro/20.04/{v}/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "UbuntuPro2004",
        false,
    ),
    public(
        "{ubuntu}eks-pro/22.04/{v}/stable/current/amd64/hvm/ebs-gp2/ami-id",
        "UbuntuPro2204",
        false,
    ),
    public(
        "{ubuntu}eks-pro/24.04/{v}/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "UbuntuPro2404",
        false,
    ),
    public(
        "{ubuntu}eks-pro/26.04/{v}/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "UbuntuPro2604",
        false,
    ),
    public(
        "{windows}2019-English-Core-EKS_Optimized-{v}/image_id",
        "WindowsServer2019CoreContainer",
        false,
    ),
    public(
        "{windows}2019-English-Full-EKS_Optimized-{v}/image_id",
        "WindowsServer2019FullContainer",
        false,
    ),
    public(
        "{windows}2022-English-Core-EKS_Optimized-{v}/image_id",
        "WindowsServer2022CoreContainer",
        false,
    ),
    public(
        "{windows}2022-English-Full-EKS_Optimized-{v}/image_id",
        "WindowsServer2022FullContainer",
        false,
    ),
    public(
        "{windows}2025-English-Core-EKS_Optimized-{v}/image_id",
        "WindowsServer2025CoreContainer",
        false,
    ),
    public(
        "{windows}2025-English-Full-EKS_Optimized-{v}/image_id",
        "WindowsServer2025FullContainer",
        false,
    ),
];

impl Public {
    fn named(&self, version: &str) -> String {
        self.parameter
            .replace("{eks}", EKS)
            .replace("{ubuntu}", "/aws/service/canonical/ubuntu/")
            .replace("{windows}", "/aws/service/ami-windows-latest/Windows_Server-")
            .replace("{v}", version)
    }
}

/// An image as a node's start sees it.
pub(in crate::sandbox) struct Known {
    pub(in crate::sandbox) shape: Image,
    /// Its family in the catalog; None for an image of someone's own.
    pub(in crate::sandbox) family: Option<&'static str>,
}

/// Root volume and its snapshot's size, by family.
fn root(family: &str) -> (&'static str, i64) {
    if family.starts_with("Windows") {
        ("/dev/sda1", 50)
    } else if family.starts_with("Ubuntu") {
        ("/dev/sda1", 20)
    } else if family.starts_with("Bottlerocket") {
        ("/dev/xvda", 2)
    } else {
        ("/dev/xvda", 20)
    }
}

fn image(id: &str, name: String, owner: &str, arm: bool, device: &str, gib: i64) -> Image {
    let ebs = EbsBlockDevice {
        encrypted: Some(false),
        delete_on_termination: Some(true),
        snapshot_id: Some(format!("snap-{}", id.trim_start_matches("ami-"))),
        volume_size: Some(gib),
        volume_type: Some("gp2".into()),
        ..EbsBlockDevice::default()
    };
    Image {
        image_id: id.to_owned(),
        name,
        architecture: if arm { "arm64" } else { "x86_64" }.into(),
        owner_id: owner.to_owned(),
        state: "available".into(),
        root_device_name: Some(device.to_owned()),
        root_device_type: "ebs".into(),
        block_device_mappings: vec![BlockDeviceMapping {
            device_name: device.to_owned(),
            ebs: Some(ebs),
        }],
        ..Image::default()
    }
}

impl Described for Image {
    fn tags(&self) -> &[Tag] {
        &[]
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "image-id" => test(&self.image_id),
            "name" => test(&self.name),
            "architecture" => test(&self.architecture),
            "state" => test(&self.state),
            "root-device-type" => test(&self.root_device_type),
            "virtualization-type" => test("hvm"),
            "is-public" => test("true"),
            _ => return None,
        })
    }
}

impl World<'_> {
    /// Whether EKS has released a version by now, supported or not: images of old versions stay.
    fn released(&self, version: &str) -> bool {
        let today = self.today();
        !matches!(
            Catalog::builtin().support(version, today),
            Support::NotYet { .. } | Support::Unknown
        )
    }

    /// The public parameters that have an image now, with their versions, and the ids of their images.
    fn public_images(&self) -> impl Iterator<Item = (&'static Public, &'static str, String)> {
        let versions = Catalog::builtin()
            .versions()
            .iter()
            .filter(|version| self.released(version.name));
        versions.flat_map(move |version| {
            PUBLIC
                .iter()
                .enumerate()
                .filter(|(_, row)| {
                    Catalog::builtin()
                        .family(row.family)
                        .is_some_and(|f| f.has_image_for(version.name))
                })
                .map(move |(place, row)| (row, version.name, self.public_id(place, version.name)))
        })
    }

    /// Ids differ by region, as AWS's do.
    fn public_id(&self, place: usize, version: &str) -> String {
        let minor = lb_model::catalog::minor(version).unwrap_or(0);
        let region = self.region.name.bytes().fold(0_u64, |hash, byte| {
            (hash * 131 + u64::from(byte)) & 0xff_ffff_ffff
        });
        format!("ami-0{region:010x}{place:03x}{minor:03x}")
    }

    /// The image that a public parameter names.
    pub(in crate::sandbox) fn image_of_parameter(&self, parameter: &str) -> Option<String> {
        self.facts.parameters.get(parameter).cloned().or_else(|| {
            let mut all = self.public_images();
            all.find(|(row, version, _)| row.named(version) == parameter)
                .map(|(_, _, id)| id)
        })
    }

    /// An image that this account can start in this region.
    pub(in crate::sandbox) fn image(&self, id: &str) -> Option<Known> {
        if let Some(own) = self.facts.images.get(id) {
            if !own.region.is_empty() && own.region != self.region.name {
                return None;
            }
            let arm = own.architecture == "arm64";
            let owner = if own.owner.is_empty() {
                &self.facts.account
            } else {
                &own.owner
            };
            let shape = Image {
                state: own.state.clone(),
                deprecation_time: own.deprecated.map(|at| at.to_string()),
                ..image(id, own.name.clone(), owner, arm, &own.root_device, own.root_gib)
            };
            return Some(Known { shape, family: None });
        }
        let known = |row: &Public, version: &str| {
            let (device, gib) = root(row.family);
            let windows = row.family.starts_with("Windows");
            let shape = Image {
                platform: windows.then(|| "windows".into()),
                ..image(
                    id,
                    format!("{}-{version}", row.family),
                    "602401143452",
                    row.arm,
                    device,
                    gib,
                )
            };
            Known {
                shape,
                family: Some(row.family),
            }
        };
        if let Some((parameter, _)) = self.facts.parameters.iter().find(|(_, named)| *named == id) {
            let versions = || Catalog::builtin().versions().iter();
            return PUBLIC.iter().find_map(|row| {
                let version = versions().find(|version| row.named(version.name) == *parameter)?;
                Some(known(row, version.name))
            });
        }
        self.public_images()
            .find(|(_, _, public)| public == id)
            .map(|(row, version, _)| known(row, version))
    }

    pub(super) fn describe_images(&mut self, input: DescribeImages) -> Answer<Vec<Image>> {
        let images = if input.image_ids.is_empty() {
            let public = self.public_images().map(|(_, _, id)| id);
            let ids = self.facts.images.keys().cloned().chain(public);
            ids.filter_map(|id| self.image(&id))
                .map(|known| known.shape)
                .collect()
        } else {
            let missing = |id: &String| {
                Refusal::new(
                    "InvalidAMIID.NotFound",
                    format!("The image id '[{id}]' does not exist"),
                )
            };
            let named = input.image_ids.iter();
            named
                .map(|id| self.image(id).map(|known| known.shape).ok_or_else(|| missing(id)))
                .collect::<Answer<Vec<_>>>()?
        };
        let owned = |image: &Image| {
            input.owners.is_empty()
                || input.owners.iter().any(|owner| match owner.as_str() {
                    "self" => image.owner_id == self.facts.account,
                    "amazon" => image.owner_id == "602401143452",
                    id => image.owner_id == id,
                })
        };
        let deprecated = |image: &Image| {
            let since = image.deprecation_time.as_deref().and_then(|at| at.parse().ok());
            since.is_some_and(|since: jiff::Timestamp| since <= self.now)
        };
        let hidden = |image: &Image| {
            input.image_ids.is_empty()
                && input.include_deprecated != Some(true)
                && image.owner_id != self.facts.account
                && deprecated(image)
        };
        let mut found = Vec::new();
        for image in images {
            if owned(&image) && !hidden(&image) && passes_all(&image, &input.filters)? {
                found.push(image);
            }
        }
        Ok(found)
    }
}
