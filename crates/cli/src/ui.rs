//! The two streams: stdout is the answer, stderr is talk.
//!
//! Text is written with its styles in it; a stream that wants none drops them. So no command asks whether
//! there is a terminal, except where it needs an answer or draws in place.

use crate::{
    error::{Error, Result},
    words,
};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal, Write},
};

/// Names and headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// Hints and what matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is made, and what is well.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
/// What changes, and warnings.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// What goes, and errors.
pub(crate) const RED: Style = AnsiColor::Red.on_default();

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Nowhere
    Never,
}

/// The streams of one run.
pub(crate) struct Ui {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    /// Whether only problems and the last line are wanted.
    pub(crate) quiet: bool,
    /// Columns of the answer.
    pub(crate) width: usize,
    /// Whether the reader's locale shows more than ASCII.
    pub(crate) unicode: bool,
}

impl Ui {
    /// The streams of this process.
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        let choice = |terminal: bool| match color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            Color::Auto if terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) => {
                ColorChoice::Always
            }
            Color::Auto => ColorChoice::Never,
        };
        Self {
            out: AutoStream::new(io::stdout(), choice(io::stdout().is_terminal())),
            err: AutoStream::new(io::stderr(), choice(io::stderr().is_terminal())),
            quiet,
            width: width(),
            unicode: ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .filter_map(env::var_os)
                .find(|value| !value.is_empty())
                .is_some_and(|locale| is_utf8(&locale.to_string_lossy())),
        }
    }

    /// Writes a part of the answer as it is.
    pub(crate) fn data(&mut self, text: impl Display) -> Result<()> {
        self.out.write_all(text.to_string().as_bytes())?;
        Ok(self.out.flush()?)
    }

    /// Writes a line of the answer.
    pub(crate) fn line(&mut self, text: impl Display) -> Result<()> {
        self.data(format_args!("{text}\n"))
    }

    /// Writes one JSON document of the answer.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Error::failed(format!("the answer cannot be written as JSON: {error}")))?;
        self.line(text)
    }

    /// Writes a line of talk, unless `--quiet`.
    pub(crate) fn say(&mut self, text: impl Display) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// Writes a line of talk that `--quiet` keeps: a problem, the last line, a question.
    pub(crate) fn always(&mut self, text: impl Display) {
        self.talk(format_args!("{text}\n"));
    }

    /// Writes talk as it is. There is nobody to tell that stderr is closed.
    pub(crate) fn talk(&mut self, text: impl Display) {
        let _ = self
            .err
            .write_all(text.to_string().as_bytes())
            .and_then(|()| self.err.flush());
    }

    /// Whether a person can be asked: both a keyboard and a screen.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether progress may be drawn in place.
    pub(crate) fn draws(&self) -> bool {
        io::stderr().is_terminal() && !self.quiet && env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// Asks for one line; the end of the input is an empty answer.
    pub(crate) fn ask(&mut self, question: impl Display) -> Result<String> {
        self.talk(format_args!("{question} "));
        let mut answer = String::new();
        io::stdin()
            .read_line(&mut answer)
            .map_err(|error| Error::failed(format!("cannot read the answer: {error}")))?;
        Ok(answer.trim().to_owned())
    }

    /// The end of what was cut.
    pub(crate) fn ellipsis(&self) -> &'static str {
        if self.unicode { "\u{2026}" } else { "..." }
    }

    /// Prints an error: the sentence, its facts, what to do next.
    pub(crate) fn error(&mut self, error: &Error) {
        if error.silent {
            return;
        }
        self.told("", "error:", RED.bold(), &error.message);
        for line in &error.details {
            self.told("  ", "", DIM, line);
        }
        if let Some(next) = &error.next {
            self.told("  ", "next:", DIM, next);
        }
    }

    /// Prints a sentence under its first word. A terminal gets lines that break between words; programs read one line.
    pub(crate) fn told(&mut self, margin: &str, head: &str, style: anstyle::Style, sentence: &str) {
        let space = if head.is_empty() { "" } else { " " };
        let taken = margin.len() + head.len() + space.len();
        let sentence = if io::stderr().is_terminal() {
            words::indented(sentence, self.width, taken)
        } else {
            sentence.to_owned()
        };
        let head = if head.is_empty() {
            String::new()
        } else {
            paint(style, head)
        };
        self.always(format_args!("{margin}{head}{space}{sentence}"));
    }
}

/// Columns of the terminal: `COLUMNS`, else what the terminal says, else 80.
fn width() -> usize {
    let asked = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    asked.or_else(terminal).unwrap_or(80).clamp(40, 200)
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}
