//! Launch templates.

use super::invalid;
use crate::{
    operations::ec2::{
        CreateLaunchTemplate, CreateLaunchTemplateVersion, DeleteLaunchTemplate,
        DescribeLaunchTemplateVersions, DescribeLaunchTemplates, EbsBlockDevice, LaunchTemplate,
        LaunchTemplateData, LaunchTemplateVersion, ModifyLaunchTemplate, Tag,
    },
    sandbox::{
        Answer, GivenTemplate, Refusal,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// A launch template with its versions, the first one first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct TemplateState {
    pub(in crate::sandbox) shape: LaunchTemplate,
    versions: Vec<LaunchTemplateVersion>,
}

/// User data that a template may hold, before base64.
const USER_DATA: usize = 16 * 1024;

impl Described for TemplateState {
    fn tags(&self) -> &[Tag] {
        &self.shape.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "launch-template-name" => test(&self.shape.launch_template_name),
            _ => return None,
        })
    }
}

impl TemplateState {
    /// A version by its number, `$Latest` or `$Default`.
    pub(in crate::sandbox) fn version(&self, version: &str) -> Option<&LaunchTemplateVersion> {
        let number = match version {
            "$Latest" => self.shape.latest_version_number,
            "$Default" => self.shape.default_version_number,
            number => number.parse().ok()?,
        };
        self.versions.iter().find(|held| held.version_number == number)
    }

    fn shown(&self, version: &LaunchTemplateVersion) -> LaunchTemplateVersion {
        let default_version = version.version_number == self.shape.default_version_number;
        LaunchTemplateVersion {
            default_version,
            ..version.clone()
        }
    }
}

/// Sizes and speeds that EBS takes for a type of volume.
fn check_volume(ebs: &EbsBlockDevice) -> Answer<()> {
    let kind = ebs.volume_type.as_deref().unwrap_or("gp2");
    let (sizes, iops) = match kind {
        "gp3" => (1..=65_536, Some(3_000..=80_000)),
        "gp2" => (1..=16_384, None),
        "io1" => (4..=16_384, Some(100..=64_000)),
        "io2" => (4..=65_536, Some(100..=256_000)),
        "st1" | "sc1" => (125..=16_384, None),
        "standard" => (1..=1_024, None),
        _ => return Err(invalid(format!("Invalid value '{kind}' for VolumeType."))),
    };
    if ebs.volume_size.is_some_and(|size| !sizes.contains(&size)) {
        return Err(invalid(format!(
            "Volume size of {:?} GiB is invalid for {kind}: it takes {sizes:?}",
            ebs.volume_size
        )));
    }
    match (ebs.iops, iops) {
        (Some(_), None) => {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                format!("The parameter iops is not supported for {kind} volumes."),
            ));
        }
        (Some(asked), Some(range)) if !range.contains(&asked) => {
            return Err(invalid(format!(
                "Volume iops of {asked} is invalid for {kind}: it takes {range:?}"
            )));
        }
        _ => {}
    }
    match ebs.throughput {
        Some(_) if kind != "gp3" => Err(Refusal::new(
            "InvalidParameterCombination",
            format!("The parameter throughput is not supported for {kind} volumes."),
        )),
        Some(asked) if !(125..=2_000).contains(&asked) => {
            Err(invalid(format!("Volume throughput of {asked} MiB/s is invalid")))
        }
        _ => Ok(()),
    }
}

/// User data: base64, and short enough.
fn check_user_data(text: &str) -> Answer<()> {
    let malformed = |message: String| Refusal::new("InvalidUserData.Malformed", message);
    let bytes = STANDARD
        .decode(text)
        .map_err(|_| malformed("Invalid BASE64 encoding of user data.".into()))?;
    match bytes.len() {
        0..=USER_DATA => Ok(()),
        length => Err(malformed(format!(
            "User data is limited to {USER_DATA} bytes; these are {length}"
        ))),
    }
}

/// What CreateLaunchTemplate looks at: form and limits, never whether profile, image, key or groups exist.
fn check(data: &LaunchTemplateData) -> Answer<()> {
    check_user_data(data.user_data.as_deref().unwrap_or_default())?;
    for mapping in &data.block_device_mappings {
        if let Some(ebs) = &mapping.ebs {
            check_volume(ebs)?;
        }
    }
    if !data.network_interfaces.is_empty() && !data.security_group_ids.is_empty() {
        return Err(Refusal::new(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level security groups may not be specified on the same request",
        ));
    }
    if data
        .network_interfaces
        .iter()
        .any(|interface| interface.groups.len() > 5)
    {
        return Err(Refusal::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "An interface has at most 5 groups.",
        ));
    }
    if let Some(profile) = &data.iam_instance_profile
        && profile.arn.is_some() == profile.name.is_some()
    {
        return Err(Refusal::new(
            "InvalidParameterCombination",
            "Give the instance profile's name or its ARN.",
        ));
    }
    if let Some(options) = &data.metadata_options {
        let tokens = options.http_tokens.as_deref().unwrap_or("optional");
        let hops = options.http_put_response_hop_limit.unwrap_or(1);
        if !matches!(tokens, "optional" | "required") || !(1..=64).contains(&hops) {
            return Err(invalid(format!(
                "Metadata options `{tokens}`, {hops} hops are invalid"
            )));
        }
    }
    for specification in &data.tag_specifications {
        let kinds = [
            "instance",
            "volume",
            "network-interface",
            "spot-instances-request",
        ];
        if !kinds.contains(&specification.resource_type.as_str()) {
            return Err(invalid(format!(
                "'{}' cannot be tagged by a launch template",
                specification.resource_type
            )));
        }
        tags::set(&mut Vec::new(), &specification.tags)?;
    }
    Ok(())
}

fn no_template(id: &str) -> Refusal {
    Refusal::new(
        "InvalidLaunchTemplateId.NotFound",
        format!("The specified launch template, with template ID {id}, does not exist."),
    )
}

fn no_template_name(name: &str) -> Refusal {
    Refusal::new(
        "InvalidLaunchTemplateName.NotFoundException",
        format!("The specified launch template, with template name {name}, does not exist."),
    )
}

fn no_version(version: &str) -> Refusal {
    Refusal::new(
        "InvalidLaunchTemplateId.VersionNotFound",
        format!("Could not find launch template version {version}."),
    )
}

impl Region {
    /// A template that was there before, all of whose versions are the same.
    pub(super) fn give_template(&mut self, id: &str, given: &GivenTemplate) {
        let newest = given.versions.max(1);
        let shape = LaunchTemplate {
            launch_template_id: id.to_owned(),
            launch_template_name: format!("given-{id}"),
            default_version_number: newest,
            latest_version_number: newest,
            ..LaunchTemplate::default()
        };
        let version = |version_number: i64| LaunchTemplateVersion {
            launch_template_id: id.to_owned(),
            launch_template_name: shape.launch_template_name.clone(),
            version_number,
            launch_template_data: LaunchTemplateData {
                instance_type: given.instance_type.clone(),
                image_id: given.image.clone(),
                ..LaunchTemplateData::default()
            },
            ..LaunchTemplateVersion::default()
        };
        let versions = (1..=newest).map(version).collect();
        let state = TemplateState { shape, versions };
        self.templates.insert(id, state, Seen::ALWAYS);
    }
}

impl World<'_> {
    pub(super) fn create_launch_template(&mut self, input: CreateLaunchTemplate) -> Answer<LaunchTemplate> {
        let name = input.launch_template_name.clone();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "()./_-".contains(c);
        if !(3..=128).contains(&name.len()) || !name.chars().all(allowed) {
            return Err(Refusal::new(
                "InvalidLaunchTemplateName.MalformedException",
                format!("Value ({name}) for parameter LaunchTemplateName is invalid."),
            ));
        }
        check(&input.launch_template_data)?;
        let tags = tags::at_creation(&input.tag_specifications, "launch-template")?;
        let find = |world: &mut Self, id: &str| world.region.templates.get(id).map(|held| held.shape.clone());
        self.once(input.client_token.as_deref(), &input, find, |world| {
            if world
                .region
                .templates
                .values()
                .any(|held| held.shape.launch_template_name == name)
            {
                return Err(Refusal::new(
                    "InvalidLaunchTemplateName.AlreadyExistsException",
                    "Launch template name already in use.",
                ));
            }
            let shape = LaunchTemplate {
                launch_template_id: world.random.id("lt"),
                launch_template_name: name.clone(),
                create_time: world.now,
                default_version_number: 1,
                latest_version_number: 1,
                tags,
            };
            let version = LaunchTemplateVersion {
                launch_template_id: shape.launch_template_id.clone(),
                launch_template_name: name,
                version_number: 1,
                version_description: input.version_description.clone(),
                default_version: true,
                create_time: world.now,
                launch_template_data: input.launch_template_data.clone(),
            };
            let seen = world.fresh();
            let id = shape.launch_template_id.clone();
            let state = TemplateState {
                shape: shape.clone(),
                versions: vec![version],
            };
            world.region.templates.insert(&id, state, seen);
            Ok((shape, id))
        })
    }

    pub(super) fn create_launch_template_version(
        &mut self,
        input: CreateLaunchTemplateVersion,
    ) -> Answer<LaunchTemplateVersion> {
        check(&input.launch_template_data)?;
        let id = input.launch_template_id.clone();
        let find = |world: &mut Self, number: &str| {
            let template = world.region.templates.get(&id)?;
            template.version(number).map(|version| template.shown(version))
        };
        self.once(input.client_token.as_deref(), &input, find, |world| {
            let now = world.now;
            let template = world
                .region
                .templates
                .named_mut(&id, now)
                .ok_or_else(|| no_template(&id))?;
            template.shape.latest_version_number += 1;
            let version = LaunchTemplateVersion {
                launch_template_id: id.clone(),
                launch_template_name: template.shape.launch_template_name.clone(),
                version_number: template.shape.latest_version_number,
                version_description: input.version_description.clone(),
                default_version: false,
                create_time: now,
                launch_template_data: input.launch_template_data.clone(),
            };
            template.versions.push(version.clone());
            let number = version.version_number.to_string();
            Ok((version, number))
        })
    }

    pub(super) fn modify_launch_template(&mut self, input: ModifyLaunchTemplate) -> Answer<LaunchTemplate> {
        let (id, now) = (&input.launch_template_id, self.now);
        let template = self
            .region
            .templates
            .named_mut(id, now)
            .ok_or_else(|| no_template(id))?;
        let Some(version) = input.default_version else {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter DefaultVersion",
            ));
        };
        let number = template
            .version(&version)
            .ok_or_else(|| no_version(&version))?
            .version_number;
        template.shape.default_version_number = number;
        Ok(template.shape.clone())
    }

    pub(super) fn describe_launch_templates(
        &mut self,
        input: DescribeLaunchTemplates,
    ) -> Answer<Vec<LaunchTemplate>> {
        let mut ids = input.launch_template_ids;
        for name in &input.launch_template_names {
            ids.push(self.template_named(name)?.shape.launch_template_id.clone());
        }
        let found = self
            .region
            .templates
            .describe(&ids, &input.filters, self.now, no_template)?;
        Ok(found.into_iter().map(|held| held.shape.clone()).collect())
    }

    fn template_named(&self, name: &str) -> Answer<&TemplateState> {
        let named = |held: &&TemplateState| held.shape.launch_template_name == name;
        let held = self.region.templates.values().find(named);
        held.filter(|held| {
            self.region
                .templates
                .named(&held.shape.launch_template_id, self.now)
                .is_some()
        })
        .ok_or_else(|| no_template_name(name))
    }

    pub(super) fn describe_launch_template_versions(
        &mut self,
        input: DescribeLaunchTemplateVersions,
    ) -> Answer<Vec<LaunchTemplateVersion>> {
        let Some(id) = &input.launch_template_id else {
            if input.versions.is_empty()
                || input
                    .versions
                    .iter()
                    .any(|v| !matches!(v.as_str(), "$Latest" | "$Default"))
            {
                return Err(Refusal::new(
                    "MissingParameter",
                    "Without a launch template only the versions $Latest and $Default can be asked for.",
                ));
            }
            let all = self.region.templates.describe(&[], &[], self.now, no_template)?;
            let versions = all.into_iter().flat_map(|template| {
                input
                    .versions
                    .iter()
                    .filter_map(|v| template.version(v))
                    .map(|v| template.shown(v))
            });
            return Ok(versions.collect());
        };
        let template = self
            .region
            .templates
            .named(id, self.now)
            .ok_or_else(|| no_template(id))?;
        if input.versions.is_empty() {
            return Ok(template
                .versions
                .iter()
                .map(|version| template.shown(version))
                .collect());
        }
        let version = |text: &String| {
            template
                .version(text)
                .map(|version| template.shown(version))
                .ok_or_else(|| no_version(text))
        };
        input.versions.iter().map(version).collect()
    }

    pub(super) fn delete_launch_template(&mut self, input: DeleteLaunchTemplate) -> Answer<()> {
        let id = &input.launch_template_id;
        self.region
            .templates
            .named(id, self.now)
            .ok_or_else(|| no_template(id))?;
        self.region.templates.remove(id);
        Ok(())
    }

    /// A template that AWS makes itself; its id.
    pub(in crate::sandbox) fn make_template(
        &mut self,
        name: &str,
        data: LaunchTemplateData,
        tags: Vec<Tag>,
    ) -> String {
        let id = self.random.id("lt");
        let shape = LaunchTemplate {
            launch_template_id: id.clone(),
            launch_template_name: name.to_owned(),
            create_time: self.now,
            default_version_number: 1,
            latest_version_number: 1,
            tags,
        };
        let version = LaunchTemplateVersion {
            launch_template_id: id.clone(),
            launch_template_name: name.to_owned(),
            version_number: 1,
            version_description: None,
            default_version: true,
            create_time: self.now,
            launch_template_data: data,
        };
        let state = TemplateState {
            shape,
            versions: vec![version],
        };
        let seen = Seen {
            id: self.now,
            filter: self.now,
        };
        self.region.templates.insert(&id, state, seen);
        id
    }

    /// Adds a version to a template that AWS made; its number.
    pub(in crate::sandbox) fn add_template_version(
        &mut self,
        id: &str,
        data: LaunchTemplateData,
    ) -> Option<i64> {
        let now = self.now;
        let template = self.region.templates.named_mut(id, now)?;
        template.shape.latest_version_number += 1;
        let number = template.shape.latest_version_number;
        template.versions.push(LaunchTemplateVersion {
            launch_template_id: id.to_owned(),
            launch_template_name: template.shape.launch_template_name.clone(),
            version_number: number,
            version_description: None,
            default_version: false,
            create_time: now,
            launch_template_data: data,
        });
        Some(number)
    }

    /// The version that an Auto Scaling group names, by id or name.
    pub(in crate::sandbox) fn template_version(
        &self,
        id: Option<&str>,
        name: Option<&str>,
        version: &str,
    ) -> Answer<&LaunchTemplateVersion> {
        let template = match (id, name) {
            (Some(id), None) => self
                .region
                .templates
                .named(id, self.now)
                .ok_or_else(|| no_template(id))?,
            (None, Some(name)) => self.template_named(name)?,
            _ => return Err(invalid("Give the launch template's id or its name.")),
        };
        template.version(version).ok_or_else(|| no_version(version))
    }
}
