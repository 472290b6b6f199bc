//! Instance profiles in an account.

use super::InstanceProfile;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::Tags;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, list, literal, must_be_ours, object, present, tag_changes, tag_list,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::iam::{
    AddRoleToInstanceProfile, CreateInstanceProfile, DeleteInstanceProfile, GetInstanceProfile,
    InstanceProfile as IamInstanceProfile, RemoveRoleFromInstanceProfile, TagInstanceProfile,
    UntagInstanceProfile,
};
use crate::text::{Attribute, Text};

fn described(name: &str, arn: &str) -> Attributes {
    attributes([(Attribute::Id, name), (Attribute::Arn, arn)])
}

async fn remove(cx: &Cx<'_>, profile: &str, role: &str) -> Result<(), Failure> {
    let remove = RemoveRoleFromInstanceProfile {
        instance_profile_name: profile.to_owned(),
        role_name: role.to_owned(),
    };
    present(cx.call(remove).await).map(|_| ())
}

impl InstanceProfile {
    async fn get(&self, cx: &Cx<'_>) -> Result<IamInstanceProfile, Failure> {
        cx.call(GetInstanceProfile {
            instance_profile_name: self.instance_profile_name.clone(),
        })
        .await
    }

    /// Puts the role in. A profile holds one, and AWS refuses a second one, the same one included.
    async fn add_role(&self, cx: &Cx<'_>) -> Result<(), Failure> {
        for role in &self.roles {
            let role = literal(role)?;
            let add = AddRoleToInstanceProfile {
                instance_profile_name: self.instance_profile_name.clone(),
                role_name: role.to_owned(),
            };
            if unless_exists(cx.call(add.clone()).await)?.is_some() {
                continue;
            }
            let others: Vec<_> = self
                .get(cx)
                .await?
                .roles
                .into_iter()
                .map(|held| held.role_name)
                .collect();
            if others.iter().any(|held| held == role) {
                continue;
            }
            for other in others {
                remove(cx, &self.instance_profile_name, &other).await?;
            }
            cx.call(add).await?;
        }
        Ok(())
    }

    async fn set_tags(&self, cx: &Cx<'_>, from: &Tags) -> Result<(), Failure> {
        let (set, tag_keys) = tag_changes(from, &self.tags);
        let instance_profile_name = self.instance_profile_name.clone();
        if !set.is_empty() {
            let instance_profile_name = instance_profile_name.clone();
            cx.call(TagInstanceProfile {
                instance_profile_name,
                tags: list(&set),
            })
            .await?;
        }
        if !tag_keys.is_empty() {
            cx.call(UntagInstanceProfile {
                instance_profile_name,
                tag_keys,
            })
            .await?;
        }
        Ok(())
    }
}

impl Lifecycle for InstanceProfile {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let create = CreateInstanceProfile {
            instance_profile_name: self.instance_profile_name.clone(),
            path: Some(self.path.clone()),
            tags: tag_list(cx, key, &self.tags),
        };
        let profile = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => {
                let found = self.get(cx).await?;
                let what = format!("instance profile `{}`", self.instance_profile_name);
                must_be_ours(cx, key, &what, &found.tags)?;
                found
            }
        };
        self.add_role(cx).await?;
        Ok(described(&profile.instance_profile_name, &profile.arn))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        if self.roles != from.roles {
            for role in from.roles.iter().filter(|role| !self.roles.contains(role)) {
                remove(cx, id, literal(role)?).await?;
            }
            self.add_role(cx).await?;
        }
        self.set_tags(cx, &from.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let found = cx
            .call(GetInstanceProfile {
                instance_profile_name: id.to_owned(),
            })
            .await;
        for role in present(found)?.into_iter().flat_map(|profile| profile.roles) {
            remove(cx, id, &role.role_name).await?;
        }
        present(
            cx.call(DeleteInstanceProfile {
                instance_profile_name: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.profiles.iter().filter_map(|profile| {
            let (key, ownership) = reading.key_of(&profile.tags)?;
            let spec = Self {
                instance_profile_name: profile.instance_profile_name.clone(),
                path: profile.path.clone(),
                roles: profile
                    .roles
                    .iter()
                    .map(|role| Text::from(role.role_name.as_str()))
                    .collect(),
                tags: reading.chosen(&profile.tags),
            };
            let attributes = described(&profile.instance_profile_name, &profile.arn);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        ours.collect()
    }
}
