//! An emulator with what stands in for what it lacks, as one endpoint.

use lb_provision::sandbox::{Facts, store::Store};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A running emulator. It ends with this value, and with the test's process however that ends: it reads its standard
/// input until the end.
#[derive(Debug)]
pub struct Backend {
    process: Child,
    folder: TempDir,
    endpoint: String,
    account: String,
}

impl Backend {
    /// Starts `emulator` (`moto`, `ministack`) of the environment in `programs`. What an account cannot be given by
    /// calls (images, quotas, versions) is as `facts` say; `account` is the program that answers with them.
    ///
    /// # Errors
    /// It does not start; the error ends with what it said.
    pub fn start(emulator: &str, programs: &Path, account: &Path, facts: Facts) -> Result<Self, String> {
        let broken = |error: &dyn std::fmt::Display| format!("{emulator} does not start: {error}");
        let folder = TempDir::new().map_err(|error| broken(&error))?;
        let store = folder.path().join("account.json");
        let id = facts.account.clone();
        Store::new(&store)
            .create(|| facts)
            .map_err(|error| broken(&error))?;
        let log = File::create(folder.path().join("log")).map_err(|error| broken(&error))?;
        let mut process = Command::new(programs.join("python"))
            .arg(crate::root().join("tests/emulators"))
            .arg(emulator)
            .args([account, &store])
            .arg("us-west-2")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| broken(&error))?;
        let mut endpoint = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output)
                .read_line(&mut endpoint)
                .map_err(|error| broken(&error))?;
        }
        let backend = Self {
            process,
            folder,
            endpoint: endpoint.trim().to_owned(),
            account: id,
        };
        if backend.endpoint.is_empty() {
            return Err(broken(&backend.said()));
        }
        Ok(backend)
    }

    /// The environment by which AWS's tools find it: the access key is the account's id, as ministack takes it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", self.account.as_str()),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    /// The last of what it said: one line a request with its status and who answered.
    pub fn said(&self) -> String {
        let text = fs::read(self.folder.path().join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines
            .get(lines.len().saturating_sub(40)..)
            .unwrap_or_default()
            .join("\n")
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It ends the emulators, then itself.
        let _ = self.process.wait();
    }
}
