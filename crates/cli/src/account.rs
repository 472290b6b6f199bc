//! Which account a command works on: one at AWS, or a simulated one in a file.

use crate::{
    args::{self, Calendar},
    error::{Error, Result},
    ui::Ui,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use lb_model::{config::ClusterConfig, rules::Facts};
use lb_provision::{
    given,
    sandbox::{
        self,
        store::{Store, StoreError},
    },
};
use std::{env, path::PathBuf, sync::Arc};

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::failed(error.to_string())
    }
}

/// An account.
#[derive(Clone)]
pub(crate) enum Account {
    /// That of the credentials that AWS's tools find.
    #[cfg(feature = "aws")]
    Aws,
    /// A simulated one.
    Sandbox(Arc<Store>),
}

/// The account that the flags and the environment name.
///
/// # Errors
/// There is no `--sandbox`, and this build knows no other account.
pub(crate) fn find(flags: &args::Account) -> Result<Account> {
    let Some(named) = &flags.sandbox else {
        #[cfg(feature = "aws")]
        return Ok(Account::Aws);
        #[cfg(not(feature = "aws"))]
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
    Ok(Account::Sandbox(Arc::new(Store::new(path))))
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

impl Account {
    /// Whether there is an account at all: a sandbox may not have been made yet.
    pub(crate) fn exists(&self) -> Result<bool> {
        match self {
            #[cfg(feature = "aws")]
            Self::Aws => Ok(true),
            Self::Sandbox(store) => Ok(store.read(|_| ())?.is_some()),
        }
    }

    /// Makes a sandbox for the file that first uses it, and moves its clock to `--today`.
    pub(crate) fn prepare(&self, ui: &mut Ui, config: &ClusterConfig, calendar: &Calendar) -> Result<()> {
        let store = match self {
            #[cfg(feature = "aws")]
            Self::Aws => return Ok(()),
            Self::Sandbox(store) => store,
        };
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
    pub(crate) fn rules(&self, calendar: &Calendar) -> Result<Facts<'static>> {
        let day = match self {
            #[cfg(feature = "aws")]
            Self::Aws => None,
            Self::Sandbox(store) => store.read(sandbox::Account::now)?.map(date),
        };
        Ok(match (calendar.today, day) {
            (None, Some(day)) => Facts::on(day),
            _ => calendar.facts(),
        })
    }

    /// Moves a sandbox's clock on to what has passed for this command.
    pub(crate) fn pass(&self, now: Timestamp) -> Result<()> {
        match self {
            #[cfg(feature = "aws")]
            Self::Aws => Ok(()),
            Self::Sandbox(store) => Ok(store.pass(now)?),
        }
    }
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
