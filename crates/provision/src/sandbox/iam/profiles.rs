//! Instance profiles.

use super::{Iam, ProfileState, check_name, path, set_tags, tags_at_creation};
use crate::{
    operations::iam::{
        AddRoleToInstanceProfile, CreateInstanceProfile, DeleteInstanceProfile, GetInstanceProfile,
        InstanceProfile, ListInstanceProfiles, ListInstanceProfilesForRole, RemoveRoleFromInstanceProfile,
        TagInstanceProfile, UntagInstanceProfile,
    },
    sandbox::{Answer, Refusal, world::World},
};
use jiff::Timestamp;
use std::time::Duration;

fn no_profile(name: &str) -> Refusal {
    Refusal::new(
        "NoSuchEntity",
        format!("Instance Profile {name} cannot be found."),
    )
}

impl Iam {
    /// A profile that was there before, with the role that it holds.
    pub(super) fn give_profile(&mut self, arn: &str, role: Option<&str>, since: Timestamp) {
        let whole = arn.split_once(":instance-profile").map_or("", |(_, path)| path);
        let (path, name) = whole.rsplit_once('/').unwrap_or(("", whole));
        let shape = InstanceProfile {
            path: format!("{path}/"),
            instance_profile_name: name.to_owned(),
            instance_profile_id: format!("AIPAGIVEN{:012}", self.profiles.len()),
            arn: arn.to_owned(),
            create_date: since,
            ..InstanceProfile::default()
        };
        let role = role.and_then(|arn| arn.rsplit('/').next());
        let state = ProfileState {
            shape,
            role: role.map(str::to_ascii_lowercase),
            effective: Timestamp::MIN,
        };
        self.profiles.insert(name.to_ascii_lowercase(), state);
    }

    fn profile_or(&self, name: &str) -> Answer<&ProfileState> {
        self.profile(name).ok_or_else(|| no_profile(name))
    }

    fn profile_mut(&mut self, name: &str) -> Answer<&mut ProfileState> {
        self.profiles
            .get_mut(&name.to_ascii_lowercase())
            .ok_or_else(|| no_profile(name))
    }

    fn shown(&self, profile: &ProfileState) -> InstanceProfile {
        let role = profile.role.as_ref().and_then(|role| self.roles.get(role));
        InstanceProfile {
            roles: role.map(|role| role.shape.clone()).into_iter().collect(),
            ..profile.shape.clone()
        }
    }

    /// The profiles that hold a role, by its lower-cased name.
    pub(super) fn profiles_of<'a>(&'a self, role: &'a str) -> impl Iterator<Item = InstanceProfile> + 'a {
        self.profiles
            .values()
            .filter(move |profile| profile.role.as_deref() == Some(role))
            .map(|profile| self.shown(profile))
    }
}

impl World<'_> {
    /// A profile that AWS makes for a role itself; its ARN.
    pub(in crate::sandbox) fn make_profile(&mut self, name: &str, role_arn: &str) -> String {
        let arn = format!(
            "arn:{}:iam::{}:instance-profile/{name}",
            self.partition(),
            self.facts.account
        );
        let shape = InstanceProfile {
            path: "/".into(),
            instance_profile_name: name.to_owned(),
            instance_profile_id: self.random.unique_id("AIPA"),
            arn: arn.clone(),
            create_date: self.now,
            ..InstanceProfile::default()
        };
        let role = role_arn
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let state = ProfileState {
            shape,
            role: Some(role),
            // AWS waits for itself.
            effective: self.now,
        };
        self.iam.profiles.insert(name.to_ascii_lowercase(), state);
        arn
    }

    /// Removes a profile that AWS made.
    pub(in crate::sandbox) fn drop_profile(&mut self, name: &str) {
        self.iam.profiles.remove(&name.to_ascii_lowercase());
    }

    pub(super) fn create_instance_profile(
        &mut self,
        input: CreateInstanceProfile,
    ) -> Answer<InstanceProfile> {
        let name = input.instance_profile_name;
        check_name("instanceProfileName", &name, 128)?;
        let path = path(input.path)?;
        let key = name.to_ascii_lowercase();
        if self.iam.profiles.contains_key(&key) {
            let text = format!("Instance Profile {name} already exists.");
            return Err(Refusal::new("EntityAlreadyExists", text));
        }
        if !self.allows("L-6E65F664", self.iam.profiles.len()) {
            return Err(Refusal::new(
                "LimitExceeded",
                "Cannot exceed quota for InstanceProfilesPerAccount: 1000",
            ));
        }
        let shape = InstanceProfile {
            arn: format!(
                "arn:{}:iam::{}:instance-profile{path}{name}",
                self.partition(),
                self.facts.account
            ),
            path,
            instance_profile_name: name,
            instance_profile_id: self.random.unique_id("AIPA"),
            create_date: self.now,
            roles: Vec::new(),
            tags: tags_at_creation(&input.tags)?,
        };
        // Auto Scaling sees it after some seconds, at most a minute.
        let wait = self.random.lasting(8.0, 35.0).min(Duration::from_secs(60));
        let effective = self.after(wait);
        self.iam.profiles.insert(
            key,
            ProfileState {
                shape: shape.clone(),
                role: None,
                effective,
            },
        );
        Ok(shape)
    }

    pub(super) fn get_instance_profile(&mut self, input: GetInstanceProfile) -> Answer<InstanceProfile> {
        Ok(self.iam.shown(self.iam.profile_or(&input.instance_profile_name)?))
    }

    pub(super) fn list_instance_profiles(
        &mut self,
        input: ListInstanceProfiles,
    ) -> Answer<Vec<InstanceProfile>> {
        let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
        let listed = self
            .iam
            .profiles
            .values()
            .filter(|profile| profile.shape.path.starts_with(&prefix));
        Ok(listed
            .map(|profile| InstanceProfile {
                tags: Vec::new(),
                ..self.iam.shown(profile)
            })
            .collect())
    }

    pub(super) fn list_instance_profiles_for_role(
        &mut self,
        input: ListInstanceProfilesForRole,
    ) -> Answer<Vec<InstanceProfile>> {
        self.iam.role_or(&input.role_name)?;
        Ok(self
            .iam
            .profiles_of(&input.role_name.to_ascii_lowercase())
            .collect())
    }

    pub(super) fn delete_instance_profile(&mut self, input: DeleteInstanceProfile) -> Answer<()> {
        let name = &input.instance_profile_name;
        if self.iam.profile_or(name)?.role.is_some() {
            return Err(Refusal::new(
                "DeleteConflict",
                "Cannot delete entity, must remove roles from instance profile first.",
            ));
        }
        self.iam.profiles.remove(&name.to_ascii_lowercase());
        Ok(())
    }

    pub(super) fn add_role_to_instance_profile(&mut self, input: AddRoleToInstanceProfile) -> Answer<()> {
        self.iam.role_or(&input.role_name)?;
        let profile = self.iam.profile_mut(&input.instance_profile_name)?;
        if profile.role.is_some() {
            return Err(Refusal::new(
                "LimitExceeded",
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
            ));
        }
        profile.role = Some(input.role_name.to_ascii_lowercase());
        Ok(())
    }

    pub(super) fn remove_role_from_instance_profile(
        &mut self,
        input: RemoveRoleFromInstanceProfile,
    ) -> Answer<()> {
        let profile = self.iam.profile_mut(&input.instance_profile_name)?;
        if profile.role != Some(input.role_name.to_ascii_lowercase()) {
            return Err(super::no_role(&input.role_name));
        }
        profile.role = None;
        Ok(())
    }

    pub(super) fn tag_instance_profile(&mut self, input: TagInstanceProfile) -> Answer<()> {
        set_tags(
            &mut self.iam.profile_mut(&input.instance_profile_name)?.shape.tags,
            &input.tags,
        )
    }

    pub(super) fn untag_instance_profile(&mut self, input: UntagInstanceProfile) -> Answer<()> {
        let profile = self.iam.profile_mut(&input.instance_profile_name)?;
        profile
            .shape
            .tags
            .retain(|tag| !input.tag_keys.contains(&tag.key));
        Ok(())
    }
}
