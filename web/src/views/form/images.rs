//! The images of GPU pools and of CPU pools, each one choice for all pools of its kind.

use super::parts::Parts;
use crate::{
    components::{
        choice::{Choice, select},
        field::{self, TextField},
        words,
    },
    state::{Action, pools::Pool},
};
use lb_model::{catalog::Family, config::OrEmpty, problem::Edit};
use yew::prelude::*;

/// What eksctl takes when a nodegroup names no family.
const DEFAULT: &str = "AmazonLinux2023";

/// The fields.
pub(crate) fn fields(parts: &Parts<'_>) -> Html {
    let pools = parts.pools();
    let (gpu, cpu): (Vec<Pool<'_>>, Vec<Pool<'_>>) = pools.iter().partition(|pool| pool.gpus().is_some());
    html! {
        <div class="grid">
            { image(parts, "gpu-image", "Image of GPU pools", &gpu, true) }
            { image(parts, "cpu-image", "Image of CPU pools", &cpu, false) }
            { own_images(parts, &pools) }
        </div>
    }
}

/// A family in words.
pub(crate) fn name(family: &str, gpu: bool) -> String {
    let known = match family {
        "AmazonLinux2" => "Amazon Linux 2",
        "AmazonLinux2023" => "Amazon Linux 2023",
        other => return spaced(other),
    };
    if gpu {
        format!("{known}, NVIDIA")
    } else {
        known.to_owned()
    }
}

/// `Ubuntu 22.04` of `Ubuntu2204`, `Windows Server 2022 Core Container` of `WindowsServer2022CoreContainer`.
fn spaced(name: &str) -> String {
    let mut text = String::new();
    let mut last = None::<char>;
    for c in name.chars() {
        let begins = c.is_uppercase() || c.is_ascii_digit() && !last.is_some_and(|l| l.is_ascii_digit());
        if begins && last.is_some() {
            text.push(' ');
        }
        text.push(c);
        last = Some(c);
    }
    // Ubuntu's releases are a year and a month.
    let month = text.len().saturating_sub(2);
    if name.starts_with("Ubuntu") && text.is_char_boundary(month) {
        text.insert(month, '.');
    }
    text
}

/// The families that suit a version, and whether each can be chosen.
pub(crate) fn choices(parts: &Parts<'_>, gpu: bool) -> Vec<Choice> {
    let version = parts.config.metadata.version.as_deref().unwrap_or_default();
    let wanted = |family: &&Family| !family.name.starts_with("Windows") || !gpu;
    let choice = |family: &Family| {
        let open = family.has_image_for(version);
        let label = name(family.name, gpu);
        let label = if open {
            label
        } else {
            format!("{label}: no image for {version}")
        };
        Choice {
            open,
            ..Choice::new(family.name, label)
        }
    };
    parts
        .catalog
        .families()
        .iter()
        .filter(wanted)
        .map(choice)
        .collect()
}

/// What an image brings.
pub(crate) fn hint(parts: &Parts<'_>, family: &str, own: bool, gpu: bool) -> String {
    let version = parts.config.metadata.version.as_deref().unwrap_or("the version");
    if own {
        return "The file names an image of your own; it has to fit the family.".into();
    }
    match parts.catalog.family(family) {
        Some(family) if gpu && family.nvidia_driver => {
            "Has the driver and the container runtime. No boot script needed.".into()
        }
        Some(_) if gpu => "Has no NVIDIA driver: it needs an image of your own or a boot script.".into(),
        Some(_) => format!("The newest image for {version} is looked up at apply."),
        None => "Not a family that eksctl knows.".into(),
    }
}

fn image(parts: &Parts<'_>, id: &'static str, label: &str, pools: &[Pool<'_>], gpu: bool) -> Html {
    if pools.is_empty() {
        return Html::default();
    }
    let family = |pool: &Pool<'_>| {
        pool.group
            .ami_family
            .clone()
            .unwrap_or_else(|| DEFAULT.to_owned())
    };
    let mut all: Vec<String> = pools.iter().map(family).collect();
    all.sort_unstable();
    all.dedup();
    let (shown, hint) = match all.as_slice() {
        [one] => (
            one.clone(),
            hint(parts, one, pools.iter().any(|p| p.group.ami.is_some()), gpu),
        ),
        _ => (
            format!("{} different images", all.len()),
            "Choosing one gives it to all of these pools.".to_owned(),
        ),
    };
    let paths: Vec<_> = pools.iter().map(|pool| pool.id.path().key("amiFamily")).collect();
    let what = label.to_lowercase();
    let on = parts.store.on({
        let paths = paths.clone();
        move |family: AttrValue| Action::Edit {
            edits: paths
                .iter()
                .map(|path| Edit::Set {
                    path: path.clone(),
                    value: family.as_str().into(),
                })
                .collect(),
            label: format!("change {what}"),
            field: None,
        }
    });
    let mut troubles: Vec<_> = paths.iter().flat_map(|path| parts.troubles(path)).collect();
    troubles.dedup_by(|a, b| a.message == b.message);
    html! {
        <div class="field c3">
            { field::label(id, label, None) }
            { select(id, Some(field::description(id)), &choices(parts, gpu), &shown, &on) }
            { field::below(id, hint.into(), &troubles) }
        </div>
    }
}

/// Images of the operator's own, if the file has any: one field for each.
fn own_images(parts: &Parts<'_>, pools: &[Pool<'_>]) -> Html {
    let mut images: Vec<&str> = pools
        .iter()
        .map(|pool| pool.group.ami.or_empty())
        .filter(|ami| !ami.is_empty())
        .collect();
    images.sort_unstable();
    images.dedup();
    images
        .into_iter()
        .enumerate()
        .map(|(i, ami)| {
            let users: Vec<&Pool<'_>> = pools.iter().filter(|pool| pool.group.ami.or_empty() == ami).collect();
            let paths: Vec<_> = users.iter().map(|pool| pool.id.path().key("ami")).collect();
            let known = parts.catalog.image(ami);
            let mut hint = format!("In {}.", words::count(users.len(), "pool"));
            if let Some(image) = known {
                hint = format!("{hint} Exists in {} only. Made for Kubernetes {}.", image.region, image.version);
            }
            let mut troubles: Vec<_> = paths.iter().flat_map(|path| parts.troubles(path)).collect();
            troubles.dedup_by(|a, b| a.message == b.message);
            let on_change = parts.store.on(move |ami: String| Action::Edit {
                edits: paths
                    .iter()
                    .map(|path| match ami.as_str() {
                        "" => Edit::Remove { path: path.clone() },
                        ami => Edit::Set { path: path.clone(), value: ami.into() },
                    })
                    .collect(),
                label: "change the image id".into(),
                field: None,
            });
            html! {
                <TextField id={format!("own-image-{i}")} label="AMI id" value={ami.to_owned()} hint={Html::from(hint)} {troubles}
                    live=false class="field c6" mono=true {on_change} />
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_in_words() {
        assert_eq!(name("AmazonLinux2023", true), "Amazon Linux 2023, NVIDIA");
        assert_eq!(name("Ubuntu2204", true), "Ubuntu 22.04");
        assert_eq!(name("UbuntuPro2204", false), "Ubuntu Pro 22.04");
        assert_eq!(
            name("WindowsServer2022CoreContainer", false),
            "Windows Server 2022 Core Container"
        );
    }
}
