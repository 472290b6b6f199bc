//! The lock: one run at a time changes a cluster.
//!
//! A launch template with a unique name and no purpose. AWS makes names of launch templates unique in a region, so
//! making it is an atomic take; it is free, and needs no permission that an apply does not need anyway. Its versions
//! are the heartbeat, timed by AWS. The lock is protection and not proof: should a race slip through, unique names,
//! client tokens and reading before writing keep it harmless.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::clock::between;
use crate::cloud::{CallError, Cloud, Verdict};
use crate::execute::{Cx, Event, Failure};
use crate::names::{CLUSTER_ID_TAG, CLUSTER_TAG, REGION_TAG};
use crate::operations::Operation;
use crate::operations::ec2::{
    CreateLaunchTemplate, CreateLaunchTemplateVersion, DeleteLaunchTemplate, DescribeLaunchTemplateVersions,
    DescribeLaunchTemplates, LaunchTemplate, LaunchTemplateData, Tag, TagSpecification,
};

/// How often the holder says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// After this long without a sign of life the holder is taken for dead.
const STALE: Duration = Duration::from_secs(300);
/// A lock goes stale by itself, so giving it back is not tried for long.
const RELEASE_LIMIT: Duration = Duration::from_secs(30);
/// How long a look at the lock counts.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);
/// How long a new launch template may not be seen, even by its id.
const UNSEEN: Duration = Duration::from_secs(5);

const TAG_RUN: &str = "lb/run";
const TAG_HOST: &str = "lb/host";
const TAG_PID: &str = "lb/pid";
const TAG_COMMAND: &str = "lb/command";

/// Who holds a lock, or wants to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Random, made for this run.
    pub run: String,
    /// The machine's name.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// What it does: `apply`, `destroy`.
    pub command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`lb {}` on `{}`, process {}",
            self.command, self.host, self.pid
        )
    }
}

/// Why the lock could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Another run holds it and is alive.
    Held {
        /// Who.
        holder: Holder,
        /// Its last sign of life.
        seen: Timestamp,
    },
    /// A call failed.
    Failed(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held { holder, seen } => write!(
                f,
                "{holder} works on this cluster (last sign of life {seen}); wait until it ends, or 5 min after it died"
            ),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

/// A lock that is held.
#[derive(Debug)]
pub struct Lock {
    /// What a step looks at before it does what cannot be taken back.
    pub guard: Guard,
    /// The cluster id that the lock carries: that of a run that died, or the one it was taken with.
    pub cluster_id: String,
    /// Whether a run died holding it, which may have made things that reads do not show yet.
    pub taken_over: bool,
}

/// Tells whether the lock is still ours.
#[derive(Debug)]
pub struct Guard {
    template: String,
    checked: Mutex<Timestamp>,
    lost: AtomicBool,
}

/// The lock's name: whole cluster and region decide the hash, so `leaderboard-1` never blocks `leaderboard-10`.
fn name(cluster: &str, region: &str) -> String {
    let hash = Sha256::digest(format!("{}/{}", region.to_lowercase(), cluster.to_lowercase()));
    let hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    // A launch template's name has at most 128 characters; a cluster's has at most 100.
    format!("lb-lock-{cluster}-{hash}")
}

/// Takes the lock of `cx`'s cluster for `holder`. `alive` says whether a process of this machine runs.
///
/// # Errors
/// [`Refused::Held`] if a live run holds it.
pub async fn take(
    cx: &Cx<'_>,
    holder: &Holder,
    alive: &(dyn Fn(u32) -> bool + Sync),
) -> Result<Lock, Refused> {
    let owner = cx.owner();
    let name = name(&owner.cluster, &owner.region);
    let mut cluster_id = owner.cluster_id.clone();
    let mut taken_over = false;
    loop {
        match cx.call(create(&name, holder, cx, &cluster_id)).await {
            Ok(template) => {
                let guard = Guard {
                    template: template.launch_template_id,
                    checked: Mutex::new(cx.now()),
                    lost: AtomicBool::new(false),
                };
                return Ok(Lock {
                    guard,
                    cluster_id,
                    taken_over,
                });
            }
            Err(Failure::Call(error)) if error.verdict() == Verdict::Exists => {}
            Err(failure) => return Err(failure.into()),
        }
        let Some(present) = read(cx, &name).await? else {
            // Given back in this moment, or too new to be seen.
            cx.sleep(UNSEEN).await?;
            continue;
        };
        if !present.is_dead(&holder.host, alive, cx.now()) {
            return Err(Refused::Held {
                holder: present.holder,
                seen: present.seen,
            });
        }
        cx.tell(&Event::LockTakenOver {
            holder: &present.holder.to_string(),
        });
        // By the id that was looked at: of two that steal, one finds it gone and then finds the other's new lock.
        release_template(cx, &present.template).await?;
        taken_over = true;
        if let Some(id) = present.cluster_id {
            cluster_id = id;
        }
    }
}

/// Whether a run died holding the lock: reads may not show yet what it made in its last moments.
///
/// # Errors
/// If the lock cannot be read.
pub async fn is_orphaned(
    cx: &Cx<'_>,
    host: &str,
    alive: &(dyn Fn(u32) -> bool + Sync),
) -> Result<bool, Failure> {
    let name = name(&cx.owner().cluster, &cx.owner().region);
    let present = read(cx, &name).await?;
    Ok(present.is_some_and(|present| present.is_dead(host, alive, cx.now())))
}

fn create(name: &str, holder: &Holder, cx: &Cx<'_>, cluster_id: &str) -> CreateLaunchTemplate {
    let owner = cx.owner();
    let tags = [
        (CLUSTER_TAG, owner.cluster.as_str()),
        (REGION_TAG, owner.region.as_str()),
        (CLUSTER_ID_TAG, cluster_id),
        (TAG_RUN, holder.run.as_str()),
        (TAG_HOST, holder.host.as_str()),
        (TAG_PID, &holder.pid.to_string()),
        (TAG_COMMAND, holder.command.as_str()),
    ];
    CreateLaunchTemplate {
        launch_template_name: name.to_owned(),
        version_description: Some(format!("{}, 0", holder.run)),
        launch_template_data: no_data(),
        tag_specifications: vec![TagSpecification {
            resource_type: "launch-template".to_owned(),
            tags: tags.map(|(tag, value)| Tag::new(tag, value)).into(),
        }],
        client_token: Some(holder.run.clone()),
    }
}

/// A template must say something; nothing is ever started from this one.
fn no_data() -> LaunchTemplateData {
    LaunchTemplateData {
        instance_type: Some("t3.nano".to_owned()),
        ..LaunchTemplateData::default()
    }
}

struct Present {
    template: String,
    holder: Holder,
    seen: Timestamp,
    cluster_id: Option<String>,
}

impl Present {
    /// Whether its holder is gone: a process of this machine that does not run, or one without a sign of life.
    fn is_dead(&self, host: &str, alive: &(dyn Fn(u32) -> bool + Sync), now: Timestamp) -> bool {
        let dead = self.holder.host == host && !alive(self.holder.pid);
        dead || between(self.seen, now) > STALE
    }
}

async fn read(cx: &Cx<'_>, name: &str) -> Result<Option<Present>, Failure> {
    let by_name = DescribeLaunchTemplates {
        launch_template_names: vec![name.to_owned()],
        ..DescribeLaunchTemplates::default()
    };
    let found = absent_is_none(cx.call(by_name).await)?
        .into_iter()
        .flatten()
        .next();
    let Some(template) = found else { return Ok(None) };
    let versions = DescribeLaunchTemplateVersions {
        launch_template_id: Some(template.launch_template_id.clone()),
        versions: vec!["$Latest".to_owned()],
    };
    let latest = absent_is_none(cx.call(versions).await)?
        .into_iter()
        .flatten()
        .next();
    let Some(latest) = latest else { return Ok(None) };
    Ok(Some(present(&template, latest.create_time)))
}

fn present(template: &LaunchTemplate, seen: Timestamp) -> Present {
    let tags: BTreeMap<&str, &str> = template
        .tags
        .iter()
        .map(|tag| (tag.key.as_str(), tag.value.as_str()))
        .collect();
    let tag = |name: &str| tags.get(name).map(|value| (*value).to_owned());
    let holder = Holder {
        run: tag(TAG_RUN).unwrap_or_default(),
        host: tag(TAG_HOST).unwrap_or_default(),
        // No process has number 0, so a lock without a process is a dead process's on its own machine.
        pid: tag(TAG_PID).and_then(|pid| pid.parse().ok()).unwrap_or(0),
        command: tag(TAG_COMMAND).unwrap_or_default(),
    };
    Present {
        template: template.launch_template_id.clone(),
        holder,
        seen: seen.max(template.create_time),
        cluster_id: tag(CLUSTER_ID_TAG),
    }
}

fn absent_is_none<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.is_absent() => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn release_template(cx: &Cx<'_>, template: &str) -> Result<(), Failure> {
    let delete = DeleteLaunchTemplate {
        launch_template_id: template.to_owned(),
    };
    absent_is_none(cx.call(delete).await).map(|_| ())
}

impl Lock {
    /// Gives the lock back. One that is gone already is given back too.
    ///
    /// # Errors
    /// What the call failed with; the lock then goes stale by itself.
    pub async fn release(&self, cx: &Cx<'_>) -> Result<(), Failure> {
        let cx = cx.to_the_end().at_most(RELEASE_LIMIT);
        release_template(&cx, &self.guard.template).await
    }

    /// Says every minute that the holder is alive; ends only when the lock is lost.
    pub async fn keep_alive(&self, cx: &Cx<'_>, holder: &Holder) {
        let cx = cx.to_the_end();
        for beat in 1_u64.. {
            if cx.sleep(HEARTBEAT).await.is_err() {
                return;
            }
            let version = CreateLaunchTemplateVersion {
                launch_template_id: self.guard.template.clone(),
                version_description: Some(format!("{}, {beat}", holder.run)),
                launch_template_data: no_data(),
                client_token: Some(format!("{}-{beat}", holder.run)),
            };
            // Any other trouble with a heartbeat is no reason to stop: the lock goes stale only after five of them.
            if let Err(Failure::Call(error)) = cx.call(version).await
                && error.code.contains("NotFound")
            {
                self.guard.lost.store(true, Ordering::SeqCst);
                return;
            }
        }
    }
}

impl Guard {
    /// Looks whether the lock is still ours, at most every ten seconds.
    ///
    /// # Errors
    /// [`Failure::LockLost`] if another run has taken it.
    pub async fn check(&self, cloud: &dyn Cloud, now: Timestamp) -> Result<(), Failure> {
        {
            let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = between(*checked, now) < CHECK_INTERVAL;
            if !fresh {
                *checked = now;
            }
            if fresh && !self.lost.load(Ordering::SeqCst) {
                return Ok(());
            }
        }
        let by_id = DescribeLaunchTemplates {
            launch_template_ids: vec![self.template.clone()],
            ..DescribeLaunchTemplates::default()
        };
        let gone = match cloud
            .call(by_id.request())
            .await
            .map(DescribeLaunchTemplates::reply)
        {
            Ok(Ok(found)) => found.is_empty(),
            Ok(Err(_)) => false,
            Err(error) => CallError::is_absent(&error),
        };
        if gone {
            self.lost.store(true, Ordering::SeqCst);
        }
        if self.lost.load(Ordering::SeqCst) {
            Err(Failure::LockLost)
        } else {
            Ok(())
        }
    }
}
