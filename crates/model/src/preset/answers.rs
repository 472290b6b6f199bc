//! Answers that no config can be made from.

use super::{Form, GpuImage, Pool, Preset};
use crate::{
    catalog::{Catalog, UserData, minor},
    format::is_account_id,
    leaderboard::Edition,
};
use std::{collections::BTreeSet, fmt};

/// An answer that no config can be made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetError {
    /// The field of [`Preset`] that it is about.
    pub field: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for PresetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PresetError {}

impl Preset {
    /// Every answer that would make a config which is no YAML, or which AWS refuses; in the order of fields.
    pub fn errors(&self) -> Vec<PresetError> {
        let catalog = Catalog::builtin();
        let mut errors = Vec::new();
        let mut refuse = |field, message: String| errors.push(PresetError { field, message });
        if !is_environment_name(&self.name) {
            refuse("name", unfit_name(&self.name));
        }
        if !is_account_id(&self.account) {
            let message = match self.account.as_str() {
                "" => "the account is missing; give the 12 digits of the AWS account".to_owned(),
                other => format!("`{other}` is no account id; give the 12 digits of the AWS account"),
            };
            refuse("account", message);
        }
        if catalog.region(&self.region).is_none() {
            let message = format!(
                "`{}` is no AWS region that eksctl knows; take one such as `us-west-2`",
                self.region
            );
            refuse("region", message);
        }
        if minor(&self.version).is_none() {
            refuse(
                "version",
                format!(
                    "`{}` is no Kubernetes version; write one such as `1.35`",
                    self.version
                ),
            );
        }
        if let Some(message) = self.image_error(catalog) {
            refuse("image", message);
        }
        let mut names = BTreeSet::from(["basic-worker", "monitor-worker"]);
        for pool in &self.pools {
            if let Some(message) = pool_error(pool, &mut names, catalog) {
                refuse("pools", message);
            }
        }
        for (field, role) in [
            ("admin_role", &self.admin_role),
            ("step_functions_role", &self.step_functions_role),
        ] {
            let plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
            if role.is_empty() || !role.chars().all(plain) {
                refuse(
                    field,
                    format!("`{role}` is no role's name; give the name as IAM shows it, without its ARN"),
                );
            }
        }
        let key = self.ssh_public_key.as_deref().unwrap_or_default();
        if key.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
            let message =
                "the SSH key is not one line of an `authorized_keys` file; copy it from the `.pub` file";
            refuse("ssh_public_key", message.to_owned());
        }
        errors
    }

    fn image_error(&self, catalog: &Catalog) -> Option<String> {
        match &self.image {
            GpuImage::Stock if self.form == Form::Upstream => {
                Some("upstream's form boots an image of its own; give the id of one".to_owned())
            }
            GpuImage::Stock if self.edition == Edition::V1 => Some(
                "Leaderboard 1.0 draws by OpenGL on an X server, which stock images do not have; give the id of your \
                 own image"
                    .to_owned(),
            ),
            GpuImage::Stock => None,
            GpuImage::Own { id, .. } if id.is_empty() => {
                Some("the image's id is missing; give the id of your own image, as in `ami-0abc...`".to_owned())
            }
            GpuImage::Own { id, .. } if !is_image_id(id) => {
                Some(format!("`{id}` is no image id; give the id of your own image, as in `ami-0abc...`"))
            }
            GpuImage::Own { family, .. } => match catalog.family(family) {
                Some(found) if found.user_data == UserData::CloudConfig && found.has_image_for(&self.version) => None,
                _ => Some(format!(
                    "images of family `{family}` do not boot by script on Kubernetes `{}`; make one from `Ubuntu2404`",
                    self.version
                )),
            },
        }
    }
}

/// What is wrong with a pool; `names` are those that are taken, and gets its own.
fn pool_error<'a>(pool: &'a Pool, names: &mut BTreeSet<&'a str>, catalog: &Catalog) -> Option<String> {
    let Pool {
        name, instance_type, ..
    } = pool;
    if !is_pool_name(name) {
        let right = "at most 63 letters, digits and dashes, a letter first";
        return Some(format!("`{name}` cannot be a pool's name; take {right}"));
    }
    if !names.insert(name) {
        return Some(format!(
            "two pools are called `{name}`; give each a name of its own"
        ));
    }
    match catalog.instance(instance_type) {
        None => Some(format!(
            "no instance type `{instance_type}` was known on {}",
            catalog.instances_known_as_of()
        )),
        Some(instance) if instance.gpu_count() == 0 => Some(format!(
            "`{instance_type}` has no whole NVIDIA GPU, which the simulator needs; take one such as `g5.xlarge`"
        )),
        Some(_) if pool.max_size == 0 => Some(format!(
            "pool `{name}` may have no node at all; let it have at least 1"
        )),
        Some(_) if pool.volume_gib == 0 => Some(format!(
            "the nodes of pool `{name}` have no disk; give them 400 GiB"
        )),
        Some(_) => None,
    }
}

/// What an [environment's name](is_environment_name) is made of, in words.
pub const ENVIRONMENT_NAME: &str = "3 to 63 lower-case letters, digits and dashes, a letter first";

/// Whether a text can name an environment: a cluster, and a bucket, whose names are the narrower ones.
pub fn is_environment_name(text: &str) -> bool {
    (3..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// What is said of a text that is no [environment's name](is_environment_name).
pub fn unfit_name(text: &str) -> String {
    match text {
        "" => format!("the environment has no name; take {ENVIRONMENT_NAME}"),
        _ => format!("`{text}` cannot be an environment's name; take {ENVIRONMENT_NAME}"),
    }
}

/// Whether a text can name a nodegroup, which is also the value of a label.
fn is_pool_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Whether a text is an image's id: `ami-` and 8 or 17 hexadecimal digits.
pub fn is_image_id(text: &str) -> bool {
    text.strip_prefix("ami-").is_some_and(|digits| {
        (digits.len() == 8 || digits.len() == 17)
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}
