//! What Auto Scaling groups do by themselves: start what is missing, end what is too much, try again, and tell of it
//! in their activities only.

use super::{Group, invalid};
use crate::{
    operations::{
        autoscaling::{Activity, Instance, LaunchTemplateSpecification},
        ec2::{InstanceMarketOptions, LaunchTemplateData, Subnet, Tag},
    },
    sandbox::{
        Answer, Refusal,
        ec2::instances::{Launch, Machine},
        event::Event,
        world::World,
    },
};
use jiff::Timestamp;
use std::time::Duration;

/// Activities that a group remembers.
const REMEMBERED: usize = 100;

impl Group {
    /// The template that instances are started from, by itself or in a policy.
    fn template(&self) -> LaunchTemplateSpecification {
        let policy = self.shape.mixed_instances_policy.as_ref();
        let inner = policy.and_then(|policy| policy.launch_template.as_ref());
        let inner = inner.and_then(|template| template.launch_template_specification.clone());
        self.shape.launch_template.clone().or(inner).unwrap_or_default()
    }

    /// The types that an instance may have, the preferred one first.
    fn types(&self, data: &LaunchTemplateData) -> Vec<String> {
        let policy = self.shape.mixed_instances_policy.as_ref();
        let inner = policy.and_then(|policy| policy.launch_template.as_ref());
        let named = inner.into_iter().flat_map(|template| &template.overrides);
        let types: Vec<String> = named
            .filter_map(|instance| instance.instance_type.clone())
            .collect();
        if types.is_empty() {
            return vec![data.instance_type.clone().unwrap_or_default()];
        }
        types
    }

    /// Whether the next instance is a spot one: after the base, the share of on-demand ones is kept.
    fn next_is_spot(&self, live: &[&Machine]) -> bool {
        let Some(policy) = &self.shape.mixed_instances_policy else {
            return false;
        };
        let distribution = policy.instances_distribution.clone().unwrap_or_default();
        let base = distribution.on_demand_base_capacity.unwrap_or(0);
        let share = distribution
            .on_demand_percentage_above_base_capacity
            .unwrap_or(100);
        let count = |spot: bool| {
            let of = live
                .iter()
                .filter(|machine| machine.shape.instance_lifecycle.is_some() == spot);
            i64::try_from(of.count()).unwrap_or(i64::MAX)
        };
        let (on_demand, spot) = (count(false), count(true));
        let above = (on_demand - base).max(0);
        on_demand >= base && above * 100 >= share * (above + spot + 1)
    }
}

impl World<'_> {
    /// The name and ARN of a template's instance profile, if Auto Scaling sees it.
    pub(super) fn profile_of(&self, data: &LaunchTemplateData) -> Answer<(String, String)> {
        let Some(asked) = &data.iam_instance_profile else {
            return Ok(<(String, String)>::default());
        };
        let (field, value, found) = match (&asked.arn, &asked.name) {
            (Some(arn), _) => ("arn", arn, self.iam.profile_of_arn(arn)),
            (None, Some(name)) => ("name", name, self.iam.profile(name)),
            (None, None) => return Ok(<(String, String)>::default()),
        };
        match found.filter(|profile| profile.effective <= self.now) {
            Some(profile) if profile.role.is_none() => Err(Refusal::new(
                "InvalidParameterValue",
                format!(
                    "IAM Instance Profile \"{}\" has no associated IAM Roles",
                    profile.shape.arn
                ),
            )),
            Some(profile) => Ok((
                profile.shape.instance_profile_name.clone(),
                profile.shape.arn.clone(),
            )),
            None => Err(Refusal::new(
                "InvalidParameterValue",
                format!(
                    "Value ({value}) for parameter iamInstanceProfile.{field} is invalid. Invalid IAM Instance Profile {field}"
                ),
            )),
        }
    }

    /// What a launch looks at before it starts anything: image, type, key, groups.
    pub(super) fn check_launch(&self, data: &LaunchTemplateData, subnets: &str) -> Answer<()> {
        let image_id = data.image_id.as_deref().unwrap_or_default();
        let image = self.image(image_id).ok_or_else(|| {
            Refusal::new(
                "InvalidAMIID.NotFound",
                format!("The image id '[{image_id}]' does not exist"),
            )
        })?;
        if image.shape.state != "available" {
            let text = format!("The image id '[{image_id}]' is {}", image.shape.state);
            return Err(Refusal::new("InvalidAMIID.Unavailable", text));
        }
        let instance_type = data.instance_type.as_deref().unwrap_or_default();
        if lb_model::catalog::Catalog::builtin()
            .instance(instance_type)
            .is_none()
        {
            return Err(invalid(format!(
                "Invalid value '{instance_type}' for InstanceType."
            )));
        }
        if !self.fits(&image.shape.architecture, instance_type) {
            return Err(invalid(format!(
                "The architecture '{}' of the specified AMI does not match the instance type '{instance_type}'.",
                image.shape.architecture
            )));
        }
        let root = image.shape.block_device_mappings.first();
        let snapshot = root.and_then(|root| root.ebs.as_ref()?.volume_size).unwrap_or(0);
        for mapping in &data.block_device_mappings {
            let size = mapping.ebs.as_ref().and_then(|ebs| ebs.volume_size);
            if root.is_some_and(|root| root.device_name == mapping.device_name)
                && size.is_some_and(|s| s < snapshot)
            {
                return Err(Refusal::new(
                    "InvalidBlockDeviceMapping",
                    format!(
                        "Volume of size {}GB is smaller than snapshot, expect size >= {snapshot}GB",
                        size.unwrap_or(0)
                    ),
                ));
            }
        }
        if let Some(key) = &data.key_name {
            self.key_pair(key)?;
        }
        self.check_placement(data)?;
        let first = subnets
            .split(',')
            .map(str::trim)
            .find(|id| !id.is_empty())
            .unwrap_or_default();
        let vpc = self.region.subnets.get(first).map_or("", |subnet| &subnet.vpc_id);
        let of_interfaces = data
            .network_interfaces
            .iter()
            .flat_map(|interface| &interface.groups);
        for group in of_interfaces.chain(&data.security_group_ids) {
            self.group_in(group, vpc)?;
        }
        Ok(())
    }

    /// A group's instances as the group shows them.
    pub(super) fn instances_of(&self, group: &Group) -> Vec<Instance> {
        let of_group = |machine: &&Machine| {
            machine.scaling == group.shape.auto_scaling_group_name && machine.shape.state.name != "terminated"
        };
        let shown = |machine: &Machine| Instance {
            instance_id: machine.shape.instance_id.clone(),
            instance_type: Some(machine.shape.instance_type.clone()),
            availability_zone: machine.shape.placement.availability_zone.clone(),
            lifecycle_state: match machine.shape.state.name.as_str() {
                "pending" => "Pending",
                "running" => "InService",
                _ => "Terminating",
            }
            .into(),
            health_status: if machine.lives() { "Healthy" } else { "Unhealthy" }.into(),
            launch_template: Some(LaunchTemplateSpecification {
                launch_template_id: Some(machine.template.0.clone()),
                launch_template_name: group.template().launch_template_name,
                version: Some(machine.template.1.clone()),
            }),
            protected_from_scale_in: group.shape.new_instances_protected_from_scale_in,
        };
        self.region
            .machines
            .values()
            .filter(of_group)
            .map(shown)
            .collect()
    }

    fn live_machines(&self, name: &str) -> Vec<&Machine> {
        self.region
            .machines
            .values()
            .filter(|machine| machine.scaling == name && machine.lives())
            .collect()
    }

    pub(in crate::sandbox) fn group_acts(&mut self, name: &str) {
        let Some(group) = self.region.scaling.get(name) else {
            return;
        };
        let (deleted, may_launch) = (group.is_deleted(), !group.suspends("Launch"));
        let may_terminate = deleted || !group.suspends("Terminate");
        let wanted = usize::try_from(group.shape.desired_capacity).unwrap_or(0);
        let live = self.live_machines(name).len();
        if deleted {
            let mut all = self
                .region
                .machines
                .values()
                .filter(|machine| machine.scaling == name);
            if all.all(|machine| machine.shape.state.name == "terminated") {
                self.region.scaling.remove(name);
                return;
            }
        }
        if live < wanted && may_launch {
            self.launch_missing(name, wanted - live);
        }
        if live > wanted && may_terminate {
            for id in self.superfluous(name, live - wanted) {
                self.terminate(
                    name,
                    &id,
                    "instance was selected for termination to shrink the group",
                );
            }
        }
    }

    /// The instances that go first: of the zone that has most, the oldest.
    fn superfluous(&self, name: &str, count: usize) -> Vec<String> {
        let deleted = self.region.scaling.get(name).is_some_and(Group::is_deleted);
        let protected = |group: &Group| group.shape.new_instances_protected_from_scale_in;
        if !deleted && self.region.scaling.get(name).is_some_and(protected) {
            return Vec::new();
        }
        let mut left = self.live_machines(name);
        let mut chosen = Vec::new();
        for _ in 0..count {
            let crowd = |zone: &str| {
                left.iter()
                    .filter(|m| m.shape.placement.availability_zone == zone)
                    .count()
            };
            let next = left
                .iter()
                .enumerate()
                .min_by_key(|(_, m)| {
                    (
                        std::cmp::Reverse(crowd(&m.shape.placement.availability_zone)),
                        m.shape.launch_time,
                    )
                })
                .map(|(place, _)| place);
            let Some(place) = next else { break };
            chosen.push(left.remove(place).shape.instance_id.clone());
        }
        chosen
    }

    fn launch_missing(&mut self, name: &str, count: usize) {
        for _ in 0..count {
            let refused = match self.launch_one(name) {
                Ok(refused) => refused,
                Err(refusal) => vec![refusal],
            };
            if !refused.is_empty() {
                self.launch_failed(name, &refused);
                return;
            }
        }
        if let Some(group) = self.region.scaling.get_mut(name) {
            group.failures = 0;
        }
    }

    /// Starts one instance in the zone that has fewest, or the next one that can; gives the refusals of all zones if
    /// none can.
    fn launch_one(&mut self, name: &str) -> Answer<Vec<Refusal>> {
        let Some(group) = self.region.scaling.get(name) else {
            return Ok(Vec::new());
        };
        let (shape, template) = (&group.shape, group.template());
        let version = self.template_version(
            template.launch_template_id.as_deref(),
            None,
            template.version.as_deref().unwrap_or("$Default"),
        )?;
        let mut data = version.launch_template_data.clone();
        let template = (
            version.launch_template_id.clone(),
            version.version_number.to_string(),
        );
        let profile = self.profile_of(&data)?;
        self.check_launch(&data, &shape.vpc_zone_identifier)?;
        let live = self.live_machines(name);
        let ids = shape.vpc_zone_identifier.split(',').map(str::trim);
        let mut subnets: Vec<Subnet> = ids
            .filter_map(|id| self.region.subnets.get(id))
            .cloned()
            .collect();
        subnets.sort_by_key(|subnet| {
            live.iter()
                .filter(|m| m.shape.placement.availability_zone == subnet.availability_zone)
                .count()
        });
        let tags = launch_tags(&data, group);
        let types = group.types(&data);
        if group.next_is_spot(&live) {
            data.instance_market_options = Some(InstanceMarketOptions {
                market_type: Some("spot".into()),
                spot_options: None,
            });
        }
        let places = subnets
            .iter()
            .flat_map(|subnet| types.iter().map(move |name| (subnet, name)));
        let mut refused: Vec<Refusal> = Vec::new();
        for (subnet, instance_type) in places {
            let zone = &subnet.availability_zone;
            let room = self.room_for(instance_type, zone);
            match room.and_then(|()| self.fits_placement(&data, zone)) {
                Ok(()) => {
                    data.instance_type = Some(instance_type.clone());
                    let launch = Launch {
                        data: &data,
                        template,
                        subnet,
                        scaling: name,
                        tags,
                    };
                    let id = self.start_machine(&launch, (&profile.0, &profile.1));
                    self.record(
                        name,
                        &format!("Launching a new EC2 instance: {id}"),
                        "InProgress",
                        None,
                    );
                    return Ok(Vec::new());
                }
                // A quota refuses in the same words whatever the zone.
                Err(refusal) if !refused.contains(&refusal) => refused.push(refusal),
                Err(_) => {}
            }
        }
        if refused.is_empty() {
            return Err(invalid("The group has no subnet"));
        }
        Ok(refused)
    }

    /// Tells of a failed launch and tries again later: capacity and quotas may change.
    fn launch_failed(&mut self, name: &str, refused: &[Refusal]) {
        for refusal in refused {
            let message = format!(
                "{}. Launching EC2 instance failed.",
                refusal.message.trim_end_matches('.')
            );
            let description = format!("Launching a new EC2 instance.  Status Reason: {message}");
            self.record(name, &description, "Failed", Some(message));
        }
        let Some(group) = self.region.scaling.get_mut(name) else {
            return;
        };
        group.failures += 1;
        let wait = Duration::from_secs(30 << group.failures.min(4));
        let again = Event::GroupActs(name.to_owned());
        if !self.region.events.awaits(&again) {
            self.soon(wait, again);
        }
    }

    /// Remembers that a group did or tried something.
    fn record(&mut self, name: &str, description: &str, status: &str, message: Option<String>) -> Activity {
        let ended = status != "InProgress";
        let activity = Activity {
            activity_id: self.random.uuid(),
            auto_scaling_group_name: name.to_owned(),
            description: description.to_owned(),
            cause: format!(
                "At {} the group compared its desired capacity with its instances.",
                self.now
            ),
            start_time: self.now,
            end_time: ended.then_some(self.now),
            status_code: status.to_owned(),
            status_message: message,
            progress: if ended { 100 } else { 30 },
        };
        if let Some(group) = self.region.scaling.get_mut(name) {
            group.activities.insert(0, activity.clone());
            group.activities.truncate(REMEMBERED);
        }
        activity
    }

    /// Ends an instance and tells of it.
    pub(super) fn terminate(&mut self, name: &str, id: &str, why: &str) -> Activity {
        self.end_machine(id, why);
        self.record(
            name,
            &format!("Terminating EC2 instance: {id}"),
            "Successful",
            None,
        )
    }

    pub(in crate::sandbox) fn activity_succeeds(&mut self, name: &str, id: &str) {
        let now = self.now;
        let Some(group) = self.region.scaling.get_mut(name) else {
            return;
        };
        end_launch(group, id, now, "Successful", None);
    }

    pub(in crate::sandbox) fn activity_fails(&mut self, name: &str, id: &str, message: &str) {
        let now = self.now;
        if let Some(group) = self.region.scaling.get_mut(name) {
            end_launch(group, id, now, "Cancelled", Some(message.to_owned()));
        }
    }
}

/// Ends the activity that launched an instance.
fn end_launch(group: &mut Group, id: &str, now: Timestamp, status: &str, message: Option<String>) {
    let launch = group
        .activities
        .iter_mut()
        .find(|a| a.status_code == "InProgress" && a.description.ends_with(id));
    if let Some(activity) = launch {
        activity.status_code = status.to_owned();
        activity.status_message = message;
        activity.progress = 100;
        activity.end_time = Some(now);
    }
}

/// The tags of an instance: the template's, then those that the group propagates.
fn launch_tags(data: &LaunchTemplateData, group: &Group) -> Vec<Tag> {
    let of_instances = data
        .tag_specifications
        .iter()
        .filter(|tags| tags.resource_type == "instance");
    let mut tags: Vec<Tag> = of_instances.flat_map(|tags| tags.tags.clone()).collect();
    for tag in group
        .shape
        .tags
        .iter()
        .filter(|tag| tag.propagate_at_launch == Some(true))
    {
        tags.retain(|old| old.key != tag.key);
        tags.push(Tag::new(&tag.key, tag.value.clone().unwrap_or_default()));
    }
    tags
}
