//! Switched-off processes of Auto Scaling groups in an account. They belong to their group.

use super::SuspendedProcesses;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::autoscaling::{ResumeProcesses, SuspendProcesses};
use crate::text::{Attribute, Text};

fn id(group: &str) -> String {
    format!("{group}|suspended")
}

impl Lifecycle for SuspendedProcesses {
    async fn create(&self, cx: &Cx<'_>, _: &Key) -> Result<Attributes, Failure> {
        let group = literal(&self.auto_scaling_group_name)?;
        let scaling_processes = self.scaling_processes.iter().cloned().collect();
        cx.call(SuspendProcesses {
            auto_scaling_group_name: group.to_owned(),
            scaling_processes,
        })
        .await?;
        Ok(attributes([(Attribute::Id, &id(group))]))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, from: &Self) -> Result<Attributes, Failure> {
        let group = literal(&self.auto_scaling_group_name)?;
        let resumed: Vec<_> = from
            .scaling_processes
            .difference(&self.scaling_processes)
            .cloned()
            .collect();
        // None named would be all of them.
        if !resumed.is_empty() {
            let resume = ResumeProcesses {
                auto_scaling_group_name: group.to_owned(),
                scaling_processes: resumed,
            };
            cx.call(resume).await?;
        }
        self.create(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, _: &str) -> Result<(), Failure> {
        let resume = ResumeProcesses {
            auto_scaling_group_name: literal(&self.auto_scaling_group_name)?.to_owned(),
            scaling_processes: self.scaling_processes.iter().cloned().collect(),
        };
        match present(cx.call(resume).await) {
            // The group is gone, and its processes with it.
            Err(Failure::Call(error)) if error.message.contains("not found") => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.scaling_groups.iter().filter_map(|group| {
            let tags = &group.tags;
            let tag = |name: &str| {
                tags.iter()
                    .find(|tag| tag.key == name)
                    .and_then(|tag| tag.value.as_deref())
            };
            let (group_key, ownership) = reading.key_by(tag)?;
            let names = group
                .suspended_processes
                .iter()
                .map(|process| process.process_name.clone());
            let scaling_processes: std::collections::BTreeSet<_> = names.collect();
            if ownership != Ownership::Ours || scaling_processes.is_empty() {
                return None;
            }
            let name = &group.auto_scaling_group_name;
            let spec = Self {
                auto_scaling_group_name: Text::from(name.as_str()),
                scaling_processes,
            };
            let key = Key::nodegroup(group_key.nodegroup_name()?, "SuspendedProcesses");
            Some((
                key,
                object(
                    spec,
                    attributes([(Attribute::Id, &id(name))]),
                    ownership,
                    State::Ready,
                ),
            ))
        });
        found.collect()
    }
}
