//! What end-to-end tests share: the real `lb` in a sealed environment, and where other people's files are.
//!
//! A test of the command line looks at the whole answer: stdout, stderr and exit code together ([`Answer`]).

pub mod emulators;
pub mod parity;
pub mod record;
pub mod server;
pub mod shared;

use std::{
    fmt::{self, Write as _},
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};
use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The configurator as `cargo xtask page` built it, if it did.
pub fn page() -> Option<PathBuf> {
    let page = root().join("web/dist");
    page.join("index.html").exists().then_some(page)
}

/// Whether `lb` is built with AWS. `LB_TEST_WITHOUT_AWS=1` saves the minutes that its SDK takes to build; tests of what
/// needs it are then skipped.
pub fn with_aws() -> bool {
    std::env::var_os("LB_TEST_WITHOUT_AWS").is_none_or(|value| value.is_empty())
}

/// The `lb` of this source tree: the one that `LB_TEST_BINARY` names, else cargo builds it once a test run, with the page
/// if there is one.
///
/// # Errors
/// It cannot be built.
pub fn binary() -> Result<PathBuf, String> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY.get_or_init(build).clone()
}

fn build() -> Result<PathBuf, String> {
    if let Some(built) = std::env::var_os("LB_TEST_BINARY") {
        return Ok(built.into());
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args([
        "build",
        "--quiet",
        "--package",
        "lb-cli",
        "--message-format",
        "json",
    ]);
    if !with_aws() {
        cargo.arg("--no-default-features");
    }
    if page().is_some() {
        cargo.args(["--features", "page"]);
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("no cargo: {error}"))?;
    if !output.status.success() {
        return Err("`lb` cannot be built".to_owned());
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .ok_or_else(|| "cargo built `lb`, but does not say where".to_owned())
}

/// A folder of its own with an `lb` that sees nothing else: no environment, no home, no clock zone of the machine.
#[derive(Debug)]
pub struct Lb {
    folder: TempDir,
    binary: PathBuf,
    columns: u16,
    environment: Vec<(String, String)>,
}

impl Lb {
    /// A new, empty folder.
    ///
    /// # Errors
    /// There is no place for it, or `lb` cannot be built.
    pub fn new() -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| format!("no temporary folder: {error}"))?;
        Ok(Self {
            folder,
            binary: binary()?,
            columns: 80,
            environment: Vec::new(),
        })
    }

    /// The same on a terminal of another width.
    #[must_use]
    pub fn columns(mut self, columns: u16) -> Self {
        self.columns = columns;
        self
    }

    /// The same with more in its environment.
    #[must_use]
    pub fn environment(mut self, environment: Vec<(String, String)>) -> Self {
        self.environment = environment;
        self
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the sandbox account of these commands is, unless they name another.
    pub fn account(&self) -> PathBuf {
        self.folder().join("account.json")
    }

    /// Where these commands write down their calls.
    pub fn record(&self) -> PathBuf {
        self.folder().join("calls.jsonl")
    }

    /// Writes a file into the folder.
    ///
    /// # Errors
    /// The disk is full, or a folder on the way is missing.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> io::Result<PathBuf> {
        let path = self.folder().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// `lb` with these arguments, ready to start.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder())
            .env("LB_SANDBOX", self.account())
            .env("LB_RECORD", self.record())
            .env("COLUMNS", self.columns.to_string())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            // No machine in the cloud is asked for its role.
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command line, parted at spaces, to its end.
    ///
    /// # Errors
    /// `lb` does not start.
    pub fn run(&self, line: &str) -> io::Result<Answer> {
        self.finish(line, self.command(line.split_whitespace()))
    }

    /// Runs a command of [`Lb::command`] to its end; `line` is what it is called in the transcript.
    ///
    /// # Errors
    /// `lb` does not start.
    pub fn finish(&self, line: &str, mut command: Command) -> io::Result<Answer> {
        let output = command.output()?;
        let readable = |bytes: &[u8]| {
            let folder = self.folder().display().to_string();
            String::from_utf8_lossy(bytes).replace(&folder, "[FOLDER]")
        };
        Ok(Answer {
            line: line.to_owned(),
            stdout: readable(&output.stdout),
            stderr: readable(&output.stderr),
            code: output.status.code(),
        })
    }
}

/// Everything that a command said, and how it ended. Shown as one transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The command line without `lb`.
    pub line: String,
    /// The answer.
    pub stdout: String,
    /// The talk.
    pub stderr: String,
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

impl Answer {
    /// The answer as JSON.
    ///
    /// # Errors
    /// It is something else.
    pub fn json(&self) -> Result<serde_json::Value, String> {
        serde_json::from_str(&self.stdout).map_err(|error| format!("{error} in {self}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ lb {}", self.line)?;
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            f.write_str("-- stderr\n")?;
            f.write_str(&self.stderr)?;
        }
        match self.code {
            Some(code) => write!(f, "-- exit code {code}"),
            None => f.write_str("-- ended by a signal"),
        }
    }
}

/// One transcript of several commands.
pub fn transcript<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> String {
    let mut text = String::new();
    for answer in answers {
        let _ = write!(text, "{answer}\n\n");
    }
    text
}
