//! An account, seen from one cluster: how it is called, its clock, and what every run needs.

#[cfg(feature = "aws")]
use crate::aws;
use crate::{
    account::Account,
    args::Speed,
    error::{Error, Result},
    pace::Pace,
    record,
    report::retries::Retries,
    target::Target,
    ui::{DIM, Ui},
};
use jiff::Timestamp;
use lb_model::{
    catalog::Catalog,
    config::ClusterConfig,
    document::Document,
    problem::{Problem, Severity},
};
use lb_provision::{
    apply::{self, Locking},
    cloud::{CallError, Cloud},
    desired::desired,
    execute::{Account as RunAccount, Cx, Failure, Listener, Stop},
    facts::{AccountFacts, Questions},
    lock::Holder,
    observe::{Node, nodes, pods},
    observed::Observed,
    operations::autoscaling::{AutoScalingGroup, DescribeAutoScalingGroups},
    ownership::Owner,
    plan::{Options, Planned},
    preflight::{self, Case, other_account},
    sandbox::{
        self,
        store::{Store, Stored},
    },
};
#[cfg(feature = "aws")]
use lb_provision::{
    aws::{Endpoint, endpoint},
    operations::eks::DescribeCluster,
};
use std::{
    collections::BTreeSet,
    env,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::Path,
    sync::Arc,
};

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let error = Self::failed(failure.to_string());
        match failure.call().and_then(CallError::trouble) {
            Some(trouble) => error.next(trouble.remedy()),
            None => error,
        }
    }
}

/// One run about one cluster in one account.
pub(crate) struct Session {
    /// The account's clock.
    pub(crate) pace: Pace,
    /// The request to stop.
    pub(crate) stop: Arc<Stop>,
    account: Account,
    cloud: Box<dyn Cloud>,
    owner: Owner,
    seed: u64,
}

/// What runs.
pub(crate) struct Running {
    /// Groups with their instances.
    pub(crate) groups: Vec<AutoScalingGroup>,
    /// Nodes.
    pub(crate) nodes: Vec<Node>,
    /// The node of each pod.
    pub(crate) pods: Vec<String>,
}

impl Session {
    /// A session about a cluster. What the account has to say before any work goes to `ui`.
    #[cfg_attr(
        not(feature = "aws"),
        expect(unused_variables, reason = "a sandbox has nothing to say")
    )]
    pub(crate) fn open(ui: &mut Ui, target: &Target, speed: Speed) -> Result<Self> {
        let (pace, cloud) = match &target.account {
            #[cfg(feature = "aws")]
            Account::Aws => aws::open(ui, target)?,
            Account::Sandbox(store) => simulated(store, &target.region, speed)?,
        };
        let cloud = record::recorded(cloud, pace.shared())?;
        let seed = RandomState::new().build_hasher().finish();
        let owner = Owner {
            cluster: target.cluster.clone(),
            region: target.region.clone(),
            cluster_id: format!("{seed:016x}"),
        };
        Ok(Self {
            pace,
            stop: Arc::new(Stop::new()),
            account: target.account.clone(),
            cloud,
            owner,
            seed,
        })
    }

    /// Ends what the account keeps of this command: a sandbox's clock.
    pub(crate) fn pass(&self) -> Result<()> {
        self.account.pass(self.pace.clock().now())
    }

    /// Whether the account is a sandbox.
    #[cfg(feature = "aws")]
    pub(crate) fn is_simulated(&self) -> bool {
        matches!(self.account, Account::Sandbox(_))
    }

    /// The cluster's name and region.
    #[cfg(feature = "aws")]
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.owner.cluster, &self.owner.region)
    }

    /// Where the cluster's API is.
    #[cfg(feature = "aws")]
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        let account = self.asked(&());
        let cx = Cx::new(&account, &self.owner);
        let name = self.owner.cluster.clone();
        let found = match self.pace.run(cx.call(DescribeCluster { name }), |_| ())? {
            Err(failure) if failure.is_absent() => {
                let Owner { cluster, region, .. } = &self.owner;
                return Err(
                    Error::failed(format!("there is no cluster `{cluster}` in `{region}`"))
                        .next("look at the name and the region; `lb apply FILE` makes it"),
                );
            }
            found => found?,
        };
        endpoint(&found).map_err(|why| {
            Error::failed(format!(
                "the API of `{}` has no address: {why}",
                self.owner.cluster
            ))
        })
    }

    /// The account for a few questions.
    fn asked<'a>(&'a self, listener: &'a dyn Listener) -> RunAccount<'a> {
        RunAccount::new(
            self.cloud.as_ref(),
            self.pace.clock(),
            listener,
            &self.stop,
            self.seed,
        )
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
    pub(crate) fn look(&self, ui: &mut Ui, principals: &BTreeSet<String>) -> Result<Observed> {
        let holder = self.holder("look");
        let told = Retries::told(ui);
        let observed = self
            .pace
            .run(self.run(&told, principals).look(&locking(&holder)), |_| ())??;
        self.noted(ui, observed)
    }

    /// What is there, and what lies around it: before it is destroyed.
    pub(crate) fn survey(&self, ui: &mut Ui) -> Result<Observed> {
        let (holder, nobody) = (self.holder("look"), BTreeSet::new());
        let told = Retries::told(ui);
        let observed = self
            .pace
            .run(self.run(&told, &nobody).survey(&locking(&holder)), |_| ())??;
        self.noted(ui, observed)
    }

    /// What a look found; what is to be known of the look itself goes to `ui`.
    fn noted(&self, ui: &mut Ui, observed: Observed) -> Result<Observed> {
        self.pass()?;
        for note in &observed.notes {
            if !ui.quiet {
                ui.told("", "note:", DIM, note);
            }
        }
        Ok(observed)
    }

    /// Plans what makes what is there be as the config says, without asking whether the account can give it. The inner
    /// error is what `lb` does not provision, or what shows to be missing all the same.
    pub(crate) fn difference(
        &self,
        ui: &mut Ui,
        document: &Document,
        observed: Observed,
        options: Options,
    ) -> Result<std::result::Result<Planned, Vec<Problem>>> {
        let config = document.config();
        let told = Retries::told(ui);
        let account = self.asked(&told);
        let cx = Cx::new(&account, &self.owner);
        let present = AccountFacts::default().keeping(&observed).present;
        let mut questions =
            Questions::of(config, Catalog::builtin()).beside(&present, config, Catalog::builtin());
        questions.account.clone_from(&observed.account);
        let facts = self
            .pace
            .run(AccountFacts::ask(&cx, &questions, config), |_| ())??;
        let other = facts
            .account
            .as_deref()
            .and_then(|caller| other_account(document, caller));
        let lacks: Vec<Problem> = other.into_iter().collect();
        if is_refused(&lacks) {
            return Ok(Err(lacks));
        }
        let planned = Planned::new(config, facts, observed, options, Catalog::builtin());
        Ok(planned.map(|planned| Planned { lacks, ..planned }))
    }

    /// Looks at the account, as [`Session::difference`], and looks whether it has what the plan needs. Errors are the
    /// inner error, warnings are in the plan.
    pub(crate) fn plan(
        &self,
        ui: &mut Ui,
        document: &Document,
        options: Options,
    ) -> Result<std::result::Result<Planned, Vec<Problem>>> {
        let config = document.config();
        let observed = self.look(ui, &principals(config))?;
        let mut planned = match self.difference(ui, document, observed, options)? {
            Ok(planned) => planned,
            Err(problems) => return Ok(Err(problems)),
        };
        let told = Retries::told(ui);
        let account = self.asked(&told);
        let cx = Cx::new(&account, &self.owner);
        let case = Case {
            config,
            catalog: Catalog::builtin(),
            facts: &planned.facts,
            observed: &planned.observed,
            desired: &planned.desired,
            plan: &planned.plan,
        };
        let mut lacks = self.pace.run(preflight::preflight(&cx, &case), |_| ())??;
        lacks.append(&mut planned.lacks);
        if is_refused(&lacks) {
            return Ok(Err(lacks));
        }
        planned.lacks = lacks;
        Ok(Ok(planned))
    }

    /// The Auto Scaling groups of these names, with their instances, the nodes that joined the cluster, and its pods.
    pub(crate) fn groups(&self, ui: &mut Ui, names: Vec<String>) -> Result<Running> {
        let told = Retries::told(ui);
        let account = self.asked(&told);
        let cx = Cx::new(&account, &self.owner);
        let call = DescribeAutoScalingGroups {
            auto_scaling_group_names: names,
            filters: Vec::new(),
        };
        let groups = self.pace.run(cx.call(call), |_| ())??;
        // Without an API that answers there are no nodes to show.
        let nodes = self.pace.run(nodes(&cx), |_| ())?.unwrap_or_default();
        let pods = self.pace.run(pods(&cx), |_| ())?.unwrap_or_default();
        self.pass()?;
        Ok(Running { groups, nodes, pods })
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

/// How the lock is taken by this holder.
pub(crate) fn locking(holder: &Holder) -> Locking<'_> {
    Locking {
        holder,
        alive: &is_alive,
    }
}

/// Whether what an account lacks keeps a plan from coming true.
fn is_refused(lacks: &[Problem]) -> bool {
    lacks.iter().any(|problem| problem.severity == Severity::Error)
}

fn simulated(store: &Arc<Store>, region: &str, speed: Speed) -> Result<(Pace, Box<dyn Cloud>)> {
    let start = store.read(sandbox::Account::now)?.unwrap_or_else(Timestamp::now);
    let pace = Pace::new(speed, start);
    let cloud = Stored::new(Arc::clone(store), region, pace.shared());
    Ok((pace, Box::new(cloud)))
}

/// ARNs of the principals that the file maps, and of the roles that it gives: whether they exist is looked at too.
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
    let mapped = desired.principals.keys().filter_map(arn);
    mapped.chain(preflight::given_roles(config)).collect()
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
fn is_alive(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(pid.to_string()).exists();
    }
    std::process::Command::new("kill")
        .args(["-0", &pid.to_string()])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
