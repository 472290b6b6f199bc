//! Every call to the account as a line of a file: what was asked, when, under the API's own names.
//!
//! `LB_RECORD=FILE` asks for it. The end-to-end tests check such files against AWS's own models of its services.

use crate::error::{Error, Result};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use lb_provision::{
    clock::Clock,
    cloud::{CallError, Cloud},
    operations::{Reply, Request},
};
use serde::Serialize;
use std::{
    env,
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The environment variable that names the file; lines are added to what is there.
const VARIABLE: &str = "LB_RECORD";

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    /// When the call was made, by the account's clock.
    at: Timestamp,
    service: &'a str,
    operation: &'a str,
    parameters: serde_json::Value,
}

/// Records each call before it is made.
struct Recorder {
    cloud: Box<dyn Cloud>,
    clock: Arc<dyn Clock>,
    path: PathBuf,
    file: File,
}

/// The same cloud, with its calls recorded if the environment asks for it.
///
/// # Errors
/// The file cannot be opened.
pub(crate) fn recorded(cloud: Box<dyn Cloud>, clock: Arc<dyn Clock>) -> Result<Box<dyn Cloud>> {
    let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) else {
        return Ok(cloud);
    };
    let path = PathBuf::from(path);
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|error| Error::failed(said(&path, &error)))?;
    Ok(Box::new(Recorder {
        cloud,
        clock,
        path,
        file,
    }))
}

fn said(path: &Path, error: &io::Error) -> String {
    format!(
        "cannot record calls in `{}`: {error}; unset `{VARIABLE}`, or name another file",
        path.display()
    )
}

impl Recorder {
    fn record(&self, request: &Request) -> io::Result<()> {
        let info = request.info();
        let mut line = serde_json::to_vec(&Line {
            at: self.clock.now(),
            service: info.service,
            operation: info.operation,
            parameters: request.parameters(),
        })?;
        line.push(b'\n');
        // One write, so that lines of processes side by side stay whole.
        (&self.file).write_all(&line)
    }
}

impl Cloud for Recorder {
    fn call(&self, request: Request) -> BoxFuture<'_, std::result::Result<Reply, CallError>> {
        if let Err(error) = self.record(&request) {
            // A record with a hole says nothing, and nothing has been asked of the account yet.
            let refused = CallError::new(request.info(), "Record", said(&self.path, &error));
            return Box::pin(async move { Err(refused) });
        }
        self.cloud.call(request)
    }
}
