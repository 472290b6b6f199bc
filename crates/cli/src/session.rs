//! An account, seen from one cluster: the sandbox's file, its clock, and what every run needs.

use crate::{
    args::{self, Calendar, Speed},
    error::{Error, Result},
    pace::Pace,
    record,
    ui::Ui,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use lb_model::{catalog::Catalog, config::ClusterConfig, problem::Problem, rules::Facts};
use lb_provision::{
    apply::{self, Locking},
    cloud::Cloud,
    desired::{Desired, desired},
    execute::{Account as RunAccount, Cx, Failure, Listener, Stop},
    facts::{AccountFacts, Questions},
    given,
    lock::Holder,
    observe::{Node, nodes},
    observed::Observed,
    operations::autoscaling::{AutoScalingGroup, DescribeAutoScalingGroups},
    ownership::Owner,
    plan::{Options, Plan, plan},
    sandbox::{
        Account,
        store::{Store, StoreError, Stored},
    },
};
use std::{
    collections::BTreeSet,
    env,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::{Path, PathBuf},
    sync::Arc,
};

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::failed(failure.to_string())
    }
}

/// The sandbox account's file that the flags and the environment name.
///
/// # Errors
/// There is no `--sandbox`: this build has no other account.
pub(crate) fn store(flags: &args::Account) -> Result<Arc<Store>> {
    let Some(named) = &flags.sandbox else {
        return Err(Error::failed(
            "this build has no backend for AWS itself, only the sandbox; add `--sandbox`",
        ));
    };
    let path = match named
        .clone()
        .or_else(|| env::var_os("LB_SANDBOX").map(PathBuf::from))
    {
        Some(path) => path,
        None => state_folder()?.join("lb/sandbox.json"),
    };
    Ok(Arc::new(Store::new(path)))
}

/// Where programs keep what is neither config nor cache.
fn state_folder() -> Result<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    named
        .or_else(|| env::home_dir().map(|home| home.join(".local/state")))
        .ok_or_else(|| {
            Error::failed("there is no folder for the sandbox account; name a file by `--sandbox=FILE`")
        })
}

/// One run about one cluster in one account.
pub(crate) struct Session {
    /// The account's file.
    pub(crate) store: Arc<Store>,
    /// Its clock.
    pub(crate) pace: Pace,
    /// The request to stop.
    pub(crate) stop: Arc<Stop>,
    cloud: Box<dyn Cloud>,
    owner: Owner,
    seed: u64,
}

/// What is there, what should be there, and what leads from one to the other.
pub(crate) struct Planned {
    /// What the account answered.
    pub(crate) facts: AccountFacts,
    /// What is there.
    pub(crate) observed: Observed,
    /// What should be there.
    pub(crate) desired: Desired,
    /// What is to be done.
    pub(crate) plan: Plan,
}

impl Session {
    /// A session for a cluster by its name.
    pub(crate) fn new(store: Arc<Store>, cluster: &str, region: &str, speed: Speed) -> Result<Self> {
        let start = store.read(Account::now)?.unwrap_or_else(Timestamp::now);
        let pace = Pace::new(speed, start);
        let cloud = Box::new(Stored::new(Arc::clone(&store), region, pace.shared()));
        let cloud = record::recorded(cloud, pace.shared())?;
        let seed = RandomState::new().build_hasher().finish();
        let owner = Owner {
            cluster: cluster.to_owned(),
            region: region.to_owned(),
            cluster_id: format!("{seed:016x}"),
        };
        Ok(Self {
            store,
            pace,
            stop: Arc::new(Stop::new()),
            cloud,
            owner,
            seed,
        })
    }

    /// What runs need, with somebody who watches.
    pub(crate) fn run<'a>(
        &'a self,
        listener: &'a dyn Listener,
        principals: &'a BTreeSet<String>,
    ) -> apply::Session<'a> {
        apply::Session {
            cloud: self.cloud.as_ref(),
            clock: self.pace.clock(),
            listener,
            stop: &self.stop,
            seed: self.seed,
            owner: &self.owner,
            principals,
        }
    }

    /// What is there.
    pub(crate) fn look(&self, principals: &BTreeSet<String>) -> Result<Observed> {
        let holder = self.holder("look");
        let locking = Locking {
            holder: &holder,
            alive: &is_alive,
        };
        let observed = self
            .pace
            .run(self.run(&(), principals).look(&locking), |_| ())??;
        self.store.pass(self.pace.clock().now())?;
        Ok(observed)
    }

    /// Looks at the account and plans what makes it be as `config` says. The inner error is what `lb` does not
    /// provision, or the account cannot give.
    pub(crate) fn plan(
        &self,
        config: &ClusterConfig,
        options: Options,
    ) -> Result<std::result::Result<Planned, Vec<Problem>>> {
        let principals = principals(config);
        let observed = self.look(&principals)?;
        let account = RunAccount::new(self.cloud.as_ref(), self.pace.clock(), &(), &self.stop, self.seed);
        let cx = Cx::new(&account, &self.owner);
        let questions = Questions::of(config, Catalog::builtin());
        let facts = self
            .pace
            .run(AccountFacts::ask(&cx, &questions, config), |_| ())??;
        Ok(planned(config, facts, observed, options))
    }

    /// The Auto Scaling groups of these names, with their instances, and the nodes that joined the cluster.
    pub(crate) fn groups(&self, names: Vec<String>) -> Result<(Vec<AutoScalingGroup>, Vec<Node>)> {
        let account = RunAccount::new(self.cloud.as_ref(), self.pace.clock(), &(), &self.stop, self.seed);
        let cx = Cx::new(&account, &self.owner);
        let call = DescribeAutoScalingGroups {
            auto_scaling_group_names: names,
            filters: Vec::new(),
        };
        let groups = self.pace.run(cx.call(call), |_| ())??;
        // Without an API that answers there are no nodes to show.
        let nodes = self.pace.run(nodes(&cx), |_| ())?.unwrap_or_default();
        self.store.pass(self.pace.clock().now())?;
        Ok((groups, nodes))
    }

    /// Who holds the lock while this process works.
    pub(crate) fn holder(&self, command: &str) -> Holder {
        Holder {
            run: format!("{:016x}", RandomState::new().build_hasher().finish()),
            host: host(),
            pid: std::process::id(),
            command: command.to_owned(),
        }
    }
}

/// Plans from what is known. Pure: each look at the account is followed by it.
pub(crate) fn planned(
    config: &ClusterConfig,
    facts: AccountFacts,
    observed: Observed,
    options: Options,
) -> std::result::Result<Planned, Vec<Problem>> {
    let known = facts.clone().keeping(&observed);
    let desired = desired(config, &known, Catalog::builtin())?;
    let plan = plan(&desired, &observed, options);
    Ok(Planned {
        facts,
        observed,
        desired,
        plan,
    })
}

/// ARNs of the principals that the file maps: whether they exist is looked at too.
pub(crate) fn principals(config: &ClusterConfig) -> BTreeSet<String> {
    let assumed = AccountFacts::assumed(Catalog::builtin(), &config.metadata.region);
    let desired = desired(config, &assumed, Catalog::builtin()).unwrap_or_default();
    let arn = |key: &lb_provision::key::Key| {
        Some(
            key.as_str()
                .strip_prefix("accessentry:")?
                .strip_suffix("/AccessEntry")?
                .to_owned(),
        )
    };
    desired.principals.keys().filter_map(arn).collect()
}

/// Makes the account for the file that first uses it, and moves its clock to `--today`.
pub(crate) fn prepare(ui: &mut Ui, store: &Store, config: &ClusterConfig, calendar: &Calendar) -> Result<()> {
    let start = calendar.today.map_or_else(|| Ok(Timestamp::now()), morning)?;
    if store.create(|| given::facts(config, start))? {
        let path = store.path().display();
        let account = store
            .read(|account| account.facts().account.clone())?
            .unwrap_or_default();
        ui.say(format_args!(
            "new sandbox account {account} in {path}, with the images and keys that this file names"
        ));
    } else if let Some(day) = calendar.today {
        store.pass_to(day)?;
    }
    Ok(())
}

/// The calendar on the account's day, or without one on the day asked for.
pub(crate) fn rules(store: &Store, calendar: &Calendar) -> Result<Facts<'static>> {
    let day = store.read(Account::now)?.map(date);
    Ok(match (calendar.today, day) {
        (None, Some(day)) => Facts::on(day),
        _ => calendar.facts(),
    })
}

fn morning(day: Date) -> Result<Timestamp> {
    let zoned = day.at(9, 0, 0, 0).to_zoned_datetime(TimeZone::UTC);
    zoned
        .map(|zoned| zoned.timestamp())
        .map_err(|error| Error::usage(format!("`{day}` is no day: {error}")))
}

fn date(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// The machine's name, by which a lock's dead holder is known to be of this machine.
fn host() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = read.or_else(|| env::var("HOSTNAME").ok()).unwrap_or_default();
    let name = named.trim();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name.to_owned()
    }
}

/// Whether a process of this machine runs.
pub(crate) fn is_alive(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(pid.to_string()).exists();
    }
    std::process::Command::new("kill")
        .args(["-0", &pid.to_string()])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
