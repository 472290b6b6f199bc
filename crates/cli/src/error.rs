//! What ends a command early, in words for the operator, and the exit code that it stands for.

use std::{fmt, io};

/// How a command ended. The numbers are fixed: scripts read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked is done.
    Done = 0,
    /// The file has problems, or the work failed.
    Problems = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// Nothing was done: not confirmed, or not ours.
    Refused = 3,
}

/// What a command gives back: how it ended, or why it could not.
pub(crate) type Result<T = Exit> = std::result::Result<T, Error>;

/// Why a command could not do its work. Printed once, by `main`.
#[derive(Debug)]
pub(crate) struct Error {
    /// The code to end with.
    pub(crate) exit: Exit,
    /// One sentence: lower case, names in backticks, no full stop, what to do next last.
    pub(crate) message: String,
    /// Facts below the sentence, one a line.
    pub(crate) details: Vec<String>,
    /// What to do, where the sentence does not say it.
    pub(crate) next: Option<String>,
    /// Whether there is nobody left to tell: the reader of a pipe has gone.
    pub(crate) silent: bool,
}

impl Error {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            next: None,
            silent: false,
        }
    }

    /// The work failed, or the input is wrong.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Problems, message)
    }

    /// The command line asks for something that does not exist or does not go together.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Not confirmed, or not ours.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(verb: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::failed(format!("cannot {verb} `{}`: {}", path.display(), reason(error)))
    }

    /// Adds a line of facts.
    pub(crate) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// Adds what to do.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Writing to our own output failed.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let silent = error.kind() == io::ErrorKind::BrokenPipe;
        Self {
            silent,
            ..Self::failed(format!("cannot write the output: {}", reason(&error)))
        }
    }
}

/// What the system says, without its number: `permission denied`.
fn reason(error: &io::Error) -> String {
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or(&said);
    let mut letters = said.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
