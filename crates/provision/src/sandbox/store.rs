//! A sandbox account in a file.
//!
//! The first line is a header (format and generation), the second the account, both JSON. Every change is made under
//! a lock on a file beside it and replaces the whole file at once, so a process that is killed leaves the account as
//! it was before or after a call, and two processes see each other's calls.
//!
//! The account's clock is the latest moment that it has seen: it moves while a command runs and stands still in
//! between.

use super::{Account, Facts};
use crate::{
    clock::Clock,
    cloud::{CallError, Cloud},
    operations::{Access, Reply, Request},
};
use futures_util::future::BoxFuture;
use jiff::{Timestamp, civil::Date, tz::Offset};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The format that this build reads and writes.
const FORMAT: u64 = 1;

/// Why a sandbox file cannot be used. It has not been touched.
#[derive(Debug)]
pub enum StoreError {
    /// The file system refused.
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// It is no sandbox account, or a broken one.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where and how.
        why: String,
    },
    /// A newer `lb` has written it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u64,
    },
    /// The clock of an account never goes back.
    Earlier {
        /// The file.
        path: PathBuf,
        /// The day that was asked for.
        asked: Date,
        /// The day in the account.
        present: Date,
    },
    /// There is no account in the file yet.
    Missing {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, doing, source } => {
                write!(
                    f,
                    "cannot {doing} the sandbox file `{}`: {source}",
                    path.display()
                )
            }
            Self::Corrupt { path, why } => write!(
                f,
                "`{}` is no sandbox account ({why}); it was left as it is: move it away, or name another file with \
                 `--sandbox=FILE`",
                path.display()
            ),
            Self::Newer { path, format } => write!(
                f,
                "`{}` was written by a newer `lb` (format {format}, this one knows {FORMAT}); it was left as it is: \
                 update `lb`, or name another file with `--sandbox=FILE`",
                path.display()
            ),
            Self::Earlier { path, asked, present } => write!(
                f,
                "the clock of the sandbox `{}` is at {present} and never goes back to {asked}; leave out `--today`, or \
                 name another file with `--sandbox=FILE`",
                path.display()
            ),
            Self::Missing { path } => write!(
                f,
                "there is no sandbox account in `{}`; `lb apply FILE --sandbox` makes one",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    lb_sandbox: u64,
    /// Grows with every write, so that a process knows whether what it holds is still true.
    generation: u64,
}

struct Cached {
    generation: u64,
    account: Account,
}

/// A sandbox account in a file.
pub struct Store {
    path: PathBuf,
    cached: Mutex<Option<Cached>>,
}

impl Store {
    /// The account in that file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            cached: Mutex::new(None),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn io(&self, doing: &'static str) -> impl FnOnce(io::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |source| StoreError::Io { path, doing, source }
    }

    fn corrupt(&self, why: impl fmt::Display) -> StoreError {
        StoreError::Corrupt {
            path: self.path.clone(),
            why: why.to_string(),
        }
    }

    /// Makes the account unless there is one; true if it is new.
    ///
    /// # Errors
    /// If the file is there and unusable, or cannot be written.
    pub fn create(&self, facts: impl FnOnce() -> Facts) -> Result<bool, StoreError> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(self.io("make the folder of"))?;
        }
        let _lock = self.lock()?;
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut cached)?;
        if cached.is_some() {
            return Ok(false);
        }
        let mut new = Cached {
            generation: 0,
            account: Account::new(facts()),
        };
        self.write(&mut new)?;
        *cached = Some(new);
        Ok(true)
    }

    /// Looks at the account; None if there is none yet.
    ///
    /// # Errors
    /// If the file is unusable.
    pub fn read<R>(&self, look: impl FnOnce(&Account) -> R) -> Result<Option<R>, StoreError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let _lock = self.lock()?;
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut cached)?;
        Ok(cached.as_ref().map(|cached| look(&cached.account)))
    }

    /// Makes a call, and writes the account if the call writes or if anything happened up to now.
    ///
    /// # Errors
    /// If there is no account, or the file is unusable.
    pub fn call(
        &self,
        region: &str,
        now: Timestamp,
        request: Request,
    ) -> Result<(Result<Reply, CallError>, Duration), StoreError> {
        let writes = request.info().access == Access::Write;
        self.change(|account| {
            let happened = account.advance(now);
            (account.call(region, now, request), writes || happened)
        })
    }

    /// Moves the account's clock on, as at the end of a command.
    ///
    /// # Errors
    /// If there is no account, or the file is unusable.
    pub fn pass(&self, now: Timestamp) -> Result<(), StoreError> {
        self.change(|account| {
            account.advance(now);
            ((), true)
        })
    }

    /// Moves the account's clock on to the beginning of a day; nothing changes if it is that day already.
    ///
    /// # Errors
    /// [`StoreError::Earlier`] if the account is beyond that day.
    pub fn pass_to(&self, day: Date) -> Result<(), StoreError> {
        let present = self.change(|account| (Offset::UTC.to_datetime(account.now()).date(), false))?;
        if day < present {
            return Err(StoreError::Earlier {
                path: self.path.clone(),
                asked: day,
                present,
            });
        }
        let midnight = Offset::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
        match midnight {
            Ok(midnight) if day > present => self.pass(midnight),
            _ => Ok(()),
        }
    }

    /// Changes the account under the lock, and writes it if asked to.
    fn change<R>(&self, change: impl FnOnce(&mut Account) -> (R, bool)) -> Result<R, StoreError> {
        let missing = || StoreError::Missing {
            path: self.path.clone(),
        };
        if !self.path.exists() {
            return Err(missing());
        }
        let _lock = self.lock()?;
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut cached)?;
        let held = cached.as_mut().ok_or_else(missing)?;
        let (result, write) = change(&mut held.account);
        if write && let Err(error) = self.write(held) {
            // What is held is not what is in the file.
            *cached = None;
            return Err(error);
        }
        Ok(result)
    }

    /// Waits for the lock; it ends with the file that is returned.
    fn lock(&self) -> Result<File, StoreError> {
        let mut name = self.path.file_name().map_or_else(OsString::new, OsString::from);
        name.push(".lock");
        let beside = self.path.with_file_name(name);
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(beside)
            .map_err(self.io("open the lock of"))?;
        file.lock().map_err(self.io("lock"))?;
        Ok(file)
    }

    /// Reads the file again if somebody else has written it.
    fn refresh(&self, cached: &mut Option<Cached>) -> Result<(), StoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *cached = None;
                return Ok(());
            }
            Err(error) => return Err(self.io("open")(error)),
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        // A header is short; whatever has a longer first line is something else.
        let mut start = reader.by_ref().take(200);
        start.read_until(b'\n', &mut line).map_err(self.io("read"))?;
        let header: serde_json::Value =
            serde_json::from_slice(&line).map_err(|_| self.corrupt("no header"))?;
        let format = header.get("lb_sandbox").and_then(serde_json::Value::as_u64);
        match format {
            Some(FORMAT) => {}
            Some(format) if format > FORMAT => {
                return Err(StoreError::Newer {
                    path: self.path.clone(),
                    format,
                });
            }
            _ => return Err(self.corrupt("no header")),
        }
        let header: Header = serde_json::from_value(header).map_err(|error| self.corrupt(error))?;
        if cached
            .as_ref()
            .is_some_and(|cached| cached.generation == header.generation)
        {
            return Ok(());
        }
        let mut text = String::new();
        reader
            .read_to_string(&mut text)
            .map_err(|error| self.corrupt(error))?;
        let account = serde_json::from_str(&text).map_err(|error| self.corrupt(error))?;
        *cached = Some(Cached {
            generation: header.generation,
            account,
        });
        Ok(())
    }

    /// Replaces the file at once.
    fn write(&self, held: &mut Cached) -> Result<(), StoreError> {
        held.generation += 1;
        let header = Header {
            lb_sandbox: FORMAT,
            generation: held.generation,
        };
        let text = |value: Result<String, serde_json::Error>| value.map_err(|error| self.corrupt(error));
        let header = text(serde_json::to_string(&header))?;
        let account = text(serde_json::to_string(&held.account))?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .map_err(self.io("write beside"))?;
        writeln!(file, "{header}\n{account}").map_err(self.io("write"))?;
        file.persist(&self.path)
            .map_err(|error| self.io("replace")(error.error))?;
        Ok(())
    }
}

/// An account in a file, seen from one region, as a [`Cloud`].
pub struct Stored {
    store: Arc<Store>,
    region: String,
    clock: Arc<dyn Clock>,
}

impl Stored {
    /// A new handle. The clock should begin at the account's own ([`Account::now`]).
    pub fn new(store: Arc<Store>, region: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            region: region.into(),
            clock,
        }
    }
}

impl Cloud for Stored {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        Box::pin(async move {
            let info = request.info();
            let (answer, latency) = self
                .store
                .call(&self.region, self.clock.now(), request)
                .map_err(|error| CallError::new(info, "SandboxFile", error.to_string()))?;
            self.clock.sleep(latency).await;
            answer
        })
    }
}

#[cfg(test)]
mod tests;
