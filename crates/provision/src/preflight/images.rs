//! Whether images fit what is started from them.

use super::{Case, Findings, error, found};
use crate::{
    desired::instance_types,
    facts::{Image, family, image_parameter},
    support,
};
use jiff::Timestamp;
use lb_model::{
    catalog::Arch,
    config::{NodeGroupRef, OrEmpty as _},
    path::Path,
    problem::Severity,
};

/// eksctl's size of a root volume that the file does not give one.
const DEFAULT_GIB: i64 = 80;

pub(super) fn check(case: &Case<'_>, now: Timestamp, findings: &mut Findings) {
    for group in case.groups() {
        let Some((path, id)) = image(case, &group) else {
            continue;
        };
        match case.facts.image_details.get(&id) {
            Some(image) => judge(case, &group, &path, (&id, image), now, findings),
            // An image that its parameter names exists.
            None if *group.ami == Some(id.clone()) => findings.problems.push(error(
                support::IMAGE,
                path,
                format!(
                    "there is no image `{id}` in {} for this account",
                    case.config.metadata.region
                ),
                "name one of this region that the account owns or that is shared with it",
            )),
            None => {}
        }
    }
}

/// The id of a group's image, and where the config names it.
fn image(case: &Case<'_>, group: &NodeGroupRef<'_>) -> Option<(Path, String)> {
    let ami = group.ami.or_empty();
    if ami.starts_with("ami-") {
        return Some((group.path().key("ami"), ami.to_owned()));
    }
    let version = crate::desired::version(case.config, case.catalog);
    let family = family(group.ami_family.or_empty());
    let parameter = image_parameter(case.catalog, &version, family, &instance_types(group))?;
    Some((
        group.path().key("amiFamily"),
        case.facts.images.get(&parameter)?.clone(),
    ))
}

fn judge(
    case: &Case<'_>,
    group: &NodeGroupRef<'_>,
    path: &Path,
    (id, image): (&str, &Image),
    now: Timestamp,
    findings: &mut Findings,
) {
    if image.state != "available" {
        findings.problems.push(error(
            support::IMAGE_UNFIT,
            path.clone(),
            format!(
                "image `{id}` is `{}`, so nothing can be started from it",
                image.state
            ),
            "wait until it is `available`, or name another one",
        ));
    }
    let arch = |arch| match arch {
        Arch::X86_64 => "x86_64",
        Arch::Arm64 => "arm64",
    };
    let types = instance_types(group);
    let known = types.iter().filter_map(|name| case.catalog.instance(name));
    let misfit = known
        .filter(|_| !image.architecture.is_empty())
        .find(|instance| arch(instance.arch) != image.architecture);
    if let Some(instance) = misfit {
        findings.problems.push(error(
            support::IMAGE_UNFIT,
            path.clone(),
            format!(
                "image `{id}` is for {}, `{}` is {}",
                image.architecture,
                instance.name,
                arch(instance.arch)
            ),
            "take an image or an instance type of the other's architecture",
        ));
    }
    let size = group.volume_size.unwrap_or(DEFAULT_GIB);
    // A root volume under another name is another volume, and the image's own keeps its size.
    let same =
        matches!(group.volume_name.or_empty(), "") || group.volume_name.or_empty() == image.root_device;
    if same && size < image.root_gib {
        findings.problems.push(error(
            support::IMAGE_UNFIT,
            group.path().key("volumeSize"),
            format!(
                "a root volume of {size} GiB does not hold image `{id}`, which has {} GiB",
                image.root_gib
            ),
            format!("set `volumeSize` to at least {}", image.root_gib),
        ));
    }
    if *group.ami == Some(id.to_owned())
        && let Some(since) = image
            .deprecated
            .as_deref()
            .and_then(|at| at.parse::<Timestamp>().ok())
        && since <= now
    {
        findings.problems.push(found(
            Severity::Warning,
            support::IMAGE_UNFIT,
            path.clone(),
            format!("image `{id}` is deprecated since {}", since.strftime("%-d %b %Y")),
            "build or choose a newer one: deprecated images get no updates and go away",
        ));
    }
}
