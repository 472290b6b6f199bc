//! An emulator with what stands in for what it lacks, as one endpoint.

use lb_provision::sandbox::{Facts, store::Store};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// An emulator that can be started.
#[derive(Clone, Debug)]
pub struct Emulator {
    /// `moto` or `ministack`.
    pub name: String,
    /// The folder of the environment's programs ([`super::programs`]).
    pub programs: PathBuf,
    /// The program that answers from a sandbox account: `account` of this package.
    pub account: PathBuf,
}

/// A running emulator. It ends with this value, and with the test's process however that ends: it reads its standard
/// input until the end.
#[derive(Debug)]
pub struct Backend {
    process: Child,
    folder: TempDir,
    endpoint: String,
    account: String,
    /// Ids of the account's facts, each with the one that the object has in the emulator.
    ids: BTreeMap<String, String>,
    /// Access keys and secrets.
    users: Vec<(String, String)>,
}

impl Emulator {
    /// Starts it. What an account cannot be given by calls (images, quotas, versions) is as `facts` say. With `policies`
    /// it enforces IAM, and has a user for each of these documents.
    ///
    /// # Errors
    /// It does not start; the error ends with what it said.
    pub fn start(&self, facts: Facts, region: &str, policies: &[String]) -> Result<Backend, String> {
        let broken = |error: &dyn std::fmt::Display| format!("{} does not start: {error}", self.name);
        let folder = TempDir::new().map_err(|error| broken(&error))?;
        let store = folder.path().join("account.json");
        let id = facts.account.clone();
        Store::new(&store)
            .create(|| facts)
            .map_err(|error| broken(&error))?;
        let log = File::create(folder.path().join("log")).map_err(|error| broken(&error))?;
        let mut command = Command::new(self.programs.join("python"));
        command
            .arg(crate::root().join("tests/emulators"))
            .arg(&self.name)
            .args([&self.account, &store])
            .arg(region);
        for (number, policy) in policies.iter().enumerate() {
            let path = folder.path().join(format!("policy-{number}.json"));
            fs::write(&path, policy).map_err(|error| broken(&error))?;
            command.arg(path);
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| broken(&error))?;
        let mut lines = Vec::new();
        if let Some(output) = process.stdout.take() {
            let said = BufReader::new(output).lines().take(2 + policies.len());
            lines = said.collect::<Result<_, _>>().map_err(|error| broken(&error))?;
        }
        let mut lines = lines.into_iter();
        let backend = Backend {
            process,
            folder,
            endpoint: lines.next().unwrap_or_default(),
            account: id,
            ids: lines
                .next()
                .and_then(|line| serde_json::from_str(&line).ok())
                .unwrap_or_default(),
            users: lines
                .filter_map(|line: String| {
                    line.split_once(' ')
                        .map(|(key, secret)| (key.to_owned(), secret.to_owned()))
                })
                .collect(),
        };
        if backend.endpoint.is_empty() || backend.users.len() < policies.len() {
            return Err(broken(&backend.said()));
        }
        Ok(backend)
    }
}

impl Backend {
    /// The environment by which AWS's tools find it, with all rights: the access key is the account's id, as ministack
    /// takes it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.with_key(&self.account, "test")
    }

    /// The same for the user of a policy, by its number.
    pub fn environment_of(&self, policy: usize) -> Option<Vec<(String, String)>> {
        let (key, secret) = self.users.get(policy)?;
        Some(self.with_key(key, secret))
    }

    fn with_key(&self, key: &str, secret: &str) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ];
        variables
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    /// A text with the ids that objects of the account's facts have here.
    pub fn with_ids_of_here(&self, text: &str) -> String {
        let replaced = |text: String, (id, here): (&String, &String)| text.replace(id, here);
        self.ids.iter().fold(text.to_owned(), replaced)
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
