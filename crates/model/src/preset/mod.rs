//! Configs of the Leaderboard's clusters from a handful of answers.
//!
//! Both forms serve the same purposes: a CPU group that is always on, for cluster services; a group for the monitor;
//! GPU pools that scale from zero; roles for log shipping, the autoscaler and the jobs; two roles that may use the
//! cluster. [`Form::Upstream`] says what upstream's files of June 2024 say. [`Form::Current`] is what AWS accepts
//! today, and differs on purpose:
//!
//! - The Kubernetes version is one in standard support; 1.29 can no longer be created.
//! - CPU groups run AmazonLinux2023: AmazonLinux2 has no image from 1.33 on and gets no updates.
//! - The GPU image is a choice, see [`GpuImage`]: Ubuntu2004 ends at 1.29. The boot script passes eksctl's kubelet
//!   arguments on, so labels reach the nodes, and leaves containerd's settings to NVIDIA's own tool.
//! - No SSH key: upstream's opens port 22 of all GPU nodes to the internet.
//! - Policies name the environment's own bucket, table and log group, in its region, and the actions that jobs use,
//!   where upstream has `s3:*` on every bucket that begins with the name. Actions that AWS grants on `*` only stand
//!   in a statement of their own.
//! - The two mapped roles have different user names, so the cluster's log tells them apart.
//! - The annotation `lb/edition` names the edition.
//!
//! GPU groups carry no taint in either form: upstream's jobs tolerate none.

mod answers;

pub use answers::{ENVIRONMENT_NAME, PresetError, is_environment_name, is_image_id, unfit_name};

use crate::{catalog::Catalog, document::Document, leaderboard::Edition, scalar, write::quote};

/// A config to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Which Leaderboard it serves.
    pub edition: Edition,
    /// Upstream's way or today's.
    pub form: Form,
    /// The environment's name: the cluster's, and that of its bucket, table and log group.
    pub name: String,
    /// The AWS account, twelve digits.
    pub account: String,
    /// The AWS region.
    pub region: String,
    /// The Kubernetes version, as in `1.35`.
    pub version: String,
    /// What GPU nodes start from.
    pub image: GpuImage,
    /// The GPU pools.
    pub pools: Vec<Pool>,
    /// How many nodes may run monitors.
    pub monitor_max: u32,
    /// The role of the operators.
    pub admin_role: String,
    /// The role of the state machine that starts jobs.
    pub step_functions_role: String,
    /// A key that opens GPU nodes to SSH, in the form of `authorized_keys`.
    pub ssh_public_key: Option<String>,
}

/// Which way a config is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What AWS accepts today.
    Current,
    /// What upstream's files of June 2024 say.
    Upstream,
}

/// What GPU nodes start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GpuImage {
    /// An image of the operator's, made from an Ubuntu image for EKS: with NVIDIA's driver, its container toolkit,
    /// Xorg and the Vulkan loader. Upstream's way, and needed by 1.0, which draws by OpenGL on an X server.
    Own {
        /// The family it was made from, such as `Ubuntu2404`.
        family: String,
        /// Its id in the preset's region: `ami-...`.
        id: String,
    },
    /// AWS' AmazonLinux2023 image with NVIDIA's driver, for 2.0, which draws off screen by Vulkan. Unproven: the
    /// jobs of 2.0 mount the socket of an X server that this image does not have.
    Stock,
}

impl GpuImage {
    /// An id that stands for one that is still to be filled in; no such image exists.
    pub const PLACEHOLDER: &'static str = "ami-0123456789abcdef0";
}

/// A GPU pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The nodegroup's name.
    pub name: String,
    /// The instance type, by which jobs choose the pool.
    pub instance_type: String,
    /// How many nodes it may have.
    pub max_size: u32,
    /// The disk of each node, in GiB.
    pub volume_gib: u32,
}

impl Preset {
    /// Today's form of an edition, in `us-west-2`, with upstream's pools.
    pub fn current(edition: Edition, account: &str, image: GpuImage) -> Self {
        let (name, max_size) = match edition {
            Edition::V1 => ("leaderboard-10", 2),
            Edition::V2 => ("leaderboard-20", 4),
        };
        let pool = |name: &str, instance_type: &str| Pool {
            name: name.to_owned(),
            instance_type: instance_type.to_owned(),
            max_size,
            volume_gib: 400,
        };
        Self {
            edition,
            form: Form::Current,
            name: name.to_owned(),
            account: account.to_owned(),
            region: "us-west-2".to_owned(),
            version: "1.35".to_owned(),
            image,
            pools: vec![
                pool("submission-worker-g5x12", "g5.12xlarge"),
                pool("submission-worker-g5x", "g5.xlarge"),
                pool("submission-worker-g5x2", "g5.2xlarge"),
                pool("submission-worker-g5x4", "g5.4xlarge"),
            ],
            monitor_max: 4,
            admin_role: "LB2-eks-admin".to_owned(),
            step_functions_role: "LeaderboardStepFunctionRole".to_owned(),
            ssh_public_key: None,
        }
    }

    /// Upstream's form of an edition. Clusters of its version can no longer be created.
    pub fn upstream(edition: Edition, account: &str, image_id: &str, ssh_public_key: &str) -> Self {
        let image = GpuImage::Own {
            family: "Ubuntu2004".to_owned(),
            id: image_id.to_owned(),
        };
        Self {
            form: Form::Upstream,
            version: "1.29".to_owned(),
            ssh_public_key: Some(ssh_public_key.to_owned()),
            ..Self::current(edition, account, image)
        }
    }

    /// The config as text.
    ///
    /// # Errors
    ///
    /// The first of [`Preset::errors`].
    pub fn yaml(&self) -> Result<String, PresetError> {
        if let Some(error) = self.errors().into_iter().next() {
            return Err(error);
        }
        let partition = Catalog::builtin()
            .region(&self.region)
            .map_or("aws", |region| region.partition);
        let (cluster, pool) = match self.form {
            Form::Current => (include_str!("current.yaml"), include_str!("current_pool.yaml")),
            Form::Upstream => (include_str!("upstream.yaml"), include_str!("upstream_pool.yaml")),
        };
        let monitor_max = self.monitor_max.to_string();
        let mut text = fill(
            cluster,
            &[
                ("edition", self.edition.number()),
                ("name", &self.name),
                ("account", &self.account),
                ("partition", partition),
                ("region", &self.region),
                ("version", &self.version),
                ("admin_role", &self.admin_role),
                ("step_functions_role", &self.step_functions_role),
                ("monitor_max", &monitor_max),
            ],
        );
        for entry in &self.pools {
            text += &fill(
                pool,
                &[
                    ("pool", &entry.name),
                    ("name", &self.name),
                    ("instance_type", &entry.instance_type),
                    ("gpus", &gpus_in_words(&entry.instance_type)),
                    ("image", &self.image_lines()),
                    ("max_size", &entry.max_size.to_string()),
                    ("volume_gib", &entry.volume_gib.to_string()),
                ],
            );
            if let Some(key) = &self.ssh_public_key {
                text += &format!("    ssh:\n      publicKey: \"{key}\"\n");
            }
            if let GpuImage::Own { .. } = self.image {
                let boot = match self.form {
                    Form::Current => include_str!("current_boot.yaml"),
                    Form::Upstream => include_str!("upstream_boot.yaml"),
                };
                text += &fill(boot, &[("name", &self.name)]);
            }
        }
        Ok(text)
    }

    fn image_lines(&self) -> String {
        match &self.image {
            GpuImage::Own { family, id } if id == GpuImage::PLACEHOLDER => {
                format!(
                    "    amiFamily: {family}\n    ami: {id} # a placeholder: put the id of your own image here"
                )
            }
            GpuImage::Own { family, id } => format!("    amiFamily: {family}\n    ami: {id}"),
            GpuImage::Stock => {
                "    # AWS' image with NVIDIA's driver, unproven with the simulator. It has no X server, \
                                so take DISPLAY\n    # and the mount of /tmp/.X11-unix out of the jobs.\n    \
                                amiFamily: AmazonLinux2023"
                    .to_owned()
            }
        }
    }
}

/// What a pool's node has, for its comment: `4 GPUs (A10G)`.
fn gpus_in_words(instance_type: &str) -> String {
    let gpus = Catalog::builtin()
        .instance(instance_type)
        .and_then(|instance| instance.gpus);
    match gpus {
        None => String::new(),
        Some(gpus) if gpus.count == 1 => format!("1 GPU ({})", gpus.model.to_uppercase()),
        Some(gpus) => format!("{} GPUs ({})", gpus.count, gpus.model.to_uppercase()),
    }
}

/// The script with which nodes of an own image join today, as [`Form::Current`] has it. It names no cluster.
pub(crate) fn current_boot_script() -> String {
    let group = format!(
        "nodeGroups:\n  - name: pool\n{}",
        include_str!("current_boot.yaml")
    );
    let document = Document::parse(group);
    let script = document
        .config()
        .node_groups
        .first()
        .map(|group| &group.override_bootstrap_command);
    script.cloned().flatten().unwrap_or_default()
}

/// Puts values into a template's `{{name}}`s. A name is a whole value, and in quotes where YAML takes it for another
/// thing than a text: `y`, `null`.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        let place = format!("{{{{{name}}}}}");
        let whole = if scalar::is_text(value) {
            (*value).to_owned()
        } else {
            quote(value)
        };
        text.replace(&format!("name: {place}\n"), &format!("name: {whole}\n"))
            .replace(&place, value)
    })
}

#[cfg(test)]
mod tests;
