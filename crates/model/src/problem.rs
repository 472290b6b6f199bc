//! What a rule finds, and the edit that removes it.

use crate::path::Path;
use std::{fmt, ops::Range};

/// A stable name of a rule, such as `LB004`: the family says who refuses (`YM` the text and its types,
/// `EK` eksctl's validation, `LB` the Leaderboard's rules and the calendar, `AC` the account, `NP` what `lb`
/// does not provision). A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Code(pub &'static str);

impl Code {
    /// The two letters before the number.
    pub fn family(self) -> &'static str {
        self.0.get(..2).unwrap_or(self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Credentials of another account than the file's. Only who has an account finds it, but that it is on purpose is said
/// in the file.
pub const OTHER_ACCOUNT: Code = Code("AC004");

/// How bad a problem is. Errors stop an apply; warnings work but cost or hurt; for infos there is a better way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Stops an apply.
    Error,
    /// Works, but costs or hurts.
    Warning,
    /// There is a better way.
    Info,
}

/// The part of a config that a problem is about. [`crate::document::Document`] maps it to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The key of an entry; for a list item, the item.
    Key(Path),
    /// A value. Where the path does not exist, the nearest value above it.
    Value(Path),
    /// Bytes of a string value, counted in the string as read.
    Within(Path, Range<usize>),
    /// Bytes of the text, where there is no path.
    Text(Range<usize>),
}

impl Place {
    /// The path, where there is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Key(path) | Self::Value(path) | Self::Within(path, _) => Some(path),
            Self::Text(_) => None,
        }
    }
}

/// Something that is wrong, or could be better, in a config.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which rule found it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// One sentence: lower case, names in backticks, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The edit that removes the problem, where the right value is known.
    pub fix: Option<Fix>,
    /// Other places that explain this one, each with a few words: `named here`.
    pub related: Vec<(Place, String)>,
}

impl Problem {
    /// A problem that stops an apply.
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, place, message.into())
    }

    /// A problem that works, but costs or hurts.
    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, place, message.into())
    }

    /// A better way.
    pub fn info(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Info, place, message.into())
    }

    pub(crate) fn new(code: Code, severity: Severity, place: Place, message: String) -> Self {
        Self {
            code,
            severity,
            place,
            message,
            help: None,
            fix: None,
            related: Vec::new(),
        }
    }

    /// Says what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers the edit that removes it.
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Points at a place that explains it, with a few words: `named here`.
    pub fn with_related(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related.push((place, words.into()));
        self
    }
}

/// The edit that removes a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Names the result, as a button would: `Use leaderboard-20`.
    pub title: String,
    /// What to change.
    pub edits: Vec<Edit>,
    /// Whether it may be applied without asking: it cannot change what the cluster is meant to be.
    pub safe: bool,
}

impl Fix {
    /// A fix that may be applied without asking.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            edits,
            safe: true,
        }
    }

    /// A fix that someone must agree to, for it changes what the cluster is.
    pub fn on_request(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            edits,
            safe: false,
        }
    }
}

/// One intended change of the config. [`crate::document::Document::edit`] makes the smallest change of the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Give the value at `path` a new value; missing parents and the entry itself are made.
    Set {
        /// What to set.
        path: Path,
        /// Its new value.
        value: serde_json::Value,
    },
    /// Put a new item into the list at `path`, before item `index` (the list's length appends).
    Insert {
        /// The list.
        path: Path,
        /// Where in it.
        index: usize,
        /// The item.
        value: serde_json::Value,
    },
    /// Take away an entry or a list item, with its leading comment.
    Remove {
        /// What to remove.
        path: Path,
    },
    /// Give the entry at `path` another key and keep its value.
    RenameKey {
        /// The entry.
        path: Path,
        /// Its new key.
        key: String,
    },
    /// Put a copy of the list item at `path`, text and comments included, right behind it.
    Copy {
        /// The item.
        path: Path,
    },
}

/// A point of the text as people count: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A problem and where its place lies in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The problem.
    pub problem: Problem,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends: the position behind its last character.
    pub end: Position,
}
