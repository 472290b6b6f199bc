//! A text with everything that can be known of it: tree, typed config, problems, and where they are.

use crate::{
    allow::{self, Allow},
    check::{self, MAX_PROBLEMS},
    config::ClusterConfig,
    lines::{Lines, line_end},
    path::Path,
    problem::{Located, Place, Position, Problem},
    reader::{self, Reading},
    rules::{self, Facts},
    source,
    tree::{Kind, NodeId, Tree},
    ym,
};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::HashSet, ops::Range};

/// How many problems of rules are shown: more than anyone reads, and a bound for files of one mistake many times.
const MAX_FOUND: usize = 1000;

/// An eksctl config as text, tree and types.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    lines: Lines,
    tree: Tree,
    config: ClusterConfig,
    /// Problems of the text and its types.
    problems: Vec<Problem>,
    /// How many were found while reading, before types were looked at.
    found_reading: usize,
    /// Values that are written and not in the typed config.
    broken: HashSet<Path>,
    allows: Vec<Allow>,
    /// Whether the text is YAML, so that rules have something to judge.
    is_yaml: bool,
}

impl Document {
    /// Reads a text. Never fails: what is wrong is among the [problems](Self::problems), and what is right is
    /// in the [config](Self::config).
    pub fn parse(text: impl Into<String>) -> Self {
        let text = text.into();
        let reading = reader::read_file(&text);
        Self::of_reading(text, reading)
    }

    /// A text that has been read already.
    pub(crate) fn of_reading(text: String, reading: Reading) -> Self {
        let lines = Lines::new(&text);
        let found_reading = reading.problems.len();
        let checked = check::check(&reading.tree, ClusterConfig::schema());
        let mut problems = reading.problems;
        if reading.complete {
            problems.extend(checked.problems);
        }
        let config = ClusterConfig::deserialize(checked.value).unwrap_or_else(|error| {
            // The cleaned value has the shapes of the types, so this says that the two disagree.
            problems.push(Problem::error(
                ym::TYPE,
                Place::Value(Path::root()),
                error.to_string(),
            ));
            ClusterConfig::default()
        });
        let allows = allow::allows(&text, &reading.tree, &lines);
        let is_yaml = reading.complete;
        let (tree, broken) = (reading.tree, checked.broken.into_iter().collect());
        let mut document = Self {
            text,
            lines,
            tree,
            config,
            problems,
            found_reading,
            broken,
            allows,
            is_yaml,
        };
        document.bound_problems();
        document
    }

    /// Reads a file's bytes. What is not UTF-8 is one problem, with the readable rest as text.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (place, message) = match (bytes, std::str::from_utf8(bytes)) {
            ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) => (0..0, "the file is UTF-16".to_owned()),
            (_, Ok(text)) => return Self::parse(text),
            (_, Err(error)) => {
                let at = error.valid_up_to();
                (
                    at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
                    format!("byte {at} of the file is not UTF-8"),
                )
            }
        };
        let shown = bytes
            .get(..reader::MAX_BYTES.min(bytes.len()))
            .unwrap_or_default();
        let mut document = Self::parse("");
        document.text = String::from_utf8_lossy(shown).into_owned();
        document.lines = Lines::new(&document.text);
        document.is_yaml = false;
        let problem = Problem::error(ym::ENCODING, Place::Text(place), message);
        document.problems = vec![problem.with_help("save the file as UTF-8 text")];
        document
    }

    /// The text, byte for byte as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as a tree; what came before the mistake, if it is not YAML.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    pub(crate) fn allows(&self) -> &[Allow] {
        &self.allows
    }

    /// The typed config: wrong values are absent.
    pub fn config(&self) -> &ClusterConfig {
        &self.config
    }

    /// The whole value as eksctl reads it, unknown keys and wrong types included.
    pub fn value(&self) -> Value {
        self.tree
            .root()
            .map(|root| self.tree.value(root))
            .unwrap_or_default()
    }

    /// Whether the text is YAML.
    pub fn is_yaml(&self) -> bool {
        self.is_yaml
    }

    /// How many problems were found while reading, before types were looked at.
    pub(crate) fn found_reading(&self) -> usize {
        self.found_reading
    }

    /// Whether a map sets a key twice, merge keys followed.
    pub fn has_duplicate_keys(&self) -> bool {
        self.problems.iter().any(|problem| problem.code == ym::DUPLICATE)
    }

    /// Everything that is wrong or could be better, in the order of the text, without what the file allows on
    /// purpose.
    pub fn problems(&self, facts: &Facts<'_>) -> Vec<Located> {
        self.judge(facts, Vec::new())
    }

    /// As [`problems`](Self::problems), together with what others found: an account, or what `lb` provisions.
    pub fn judge(&self, facts: &Facts<'_>, others: Vec<Problem>) -> Vec<Located> {
        let mut located = self.all_problems(facts, others);
        let mut unused = allow::apply(&self.allows, &self.tree, &self.lines, &mut located);
        bound(&mut unused, MAX_FOUND, "allow comments without a problem");
        located.extend(unused.into_iter().map(|problem| self.locate(problem)));
        in_order(&mut located);
        located
    }

    /// As [`judge`](Self::judge), with the allow comments ignored.
    pub fn all_problems(&self, facts: &Facts<'_>, others: Vec<Problem>) -> Vec<Located> {
        let mut found = Vec::new();
        if self.is_yaml {
            found = rules::check_while(&self.config, facts, |found| {
                found.retain(|problem| !self.is_about_broken(problem));
                found.len() <= MAX_FOUND
            });
            found.extend(
                others
                    .into_iter()
                    .filter(|problem| !self.is_about_broken(problem)),
            );
            bound(&mut found, MAX_FOUND, "problems");
        }
        let mut located: Vec<Located> = self
            .problems
            .iter()
            .cloned()
            .chain(found)
            .map(|problem| self.locate(problem))
            .collect();
        in_order(&mut located);
        located
    }

    /// Whether a comment at the problem's line allows its code: for what an account shows, which is judged without the
    /// rules and may be there on purpose.
    pub fn says_on_purpose(&self, problem: &Problem) -> bool {
        let located = self.locate(problem.clone());
        let mut speaking = allow::speaking(&self.allows, &self.tree, &self.lines, &located);
        speaking.next().is_some()
    }

    /// A rule has nothing to say of a value that it could not see.
    fn is_about_broken(&self, problem: &Problem) -> bool {
        let Some(path) = problem.place.path().filter(|_| !self.broken.is_empty()) else {
            return false;
        };
        let segments = path.segments();
        (0..=segments.len()).any(|length| {
            let above: Path = segments.iter().take(length).cloned().collect();
            self.broken.contains(&above)
        })
    }

    /// Says where a problem is.
    pub fn locate(&self, problem: Problem) -> Located {
        let span = self.span_of(&problem.place);
        let (start, end) = (self.position(span.start), self.position(span.end));
        Located {
            problem,
            span,
            start,
            end,
        }
    }

    /// The bytes of a place. Of a list or map in block form, and of a place that does not exist, it is where
    /// the reader should look: its key, or the first line of the nearest value above it.
    pub fn span_of(&self, place: &Place) -> Range<usize> {
        let (path, within) = match place {
            Place::Text(range) => return self.clamp(range),
            Place::Key(path) | Place::Value(path) => (path, None),
            Place::Within(path, range) => (path, Some(range)),
        };
        let Some((key, value, depth)) = self.tree.nearest(path) else {
            return 0..0;
        };
        let exists = depth == path.segments().len();
        let node = self.tree.node(value);
        let key = key.map(|key| self.tree.node(key).span.clone());
        if let (true, Some(range), Kind::Scalar(scalar)) = (exists, within, &self.tree.target(value).kind) {
            return source::text_range(&self.text, self.tree.target(value), scalar, range);
        }
        match (place, key) {
            (Place::Key(_), Some(key)) if exists => key,
            _ if exists && self.is_short(value) => node.span.clone(),
            (_, Some(key)) => key,
            (_, None) => self.first_line(value),
        }
    }

    /// Whether a value is pointed at by itself.
    fn is_short(&self, id: NodeId) -> bool {
        match &self.tree.node(id).kind {
            Kind::Scalar(_) => !self.tree.node(id).span.is_empty(),
            Kind::Alias(_) => true,
            Kind::List { flow, .. } | Kind::Map { flow, .. } => *flow,
        }
    }

    /// What is written of a value on its first line.
    fn first_line(&self, id: NodeId) -> Range<usize> {
        let span = self.tree.node(id).span.clone();
        let end = line_end(&self.text, span.start).min(span.end);
        let line = self.text.get(span.start..end).unwrap_or_default();
        span.start..span.start + line.trim_end().len()
    }

    fn clamp(&self, range: &Range<usize>) -> Range<usize> {
        let end = self.text.floor_char_boundary(range.end);
        self.text.floor_char_boundary(range.start.min(end))..end
    }

    /// Line and column of a byte, from 1, in characters.
    pub fn position(&self, byte: usize) -> Position {
        self.lines.position(&self.text, byte)
    }

    /// The path of the value, entry or item at a byte; the root between them.
    pub fn path_at(&self, byte: usize) -> Path {
        self.tree.path_at(byte)
    }

    /// At most [`MAX_PROBLEMS`] problems of text, in the order of the text, and a word on the rest.
    fn bound_problems(&mut self) {
        let mut located: Vec<Located> = std::mem::take(&mut self.problems)
            .into_iter()
            .map(|problem| self.locate(problem))
            .collect();
        in_order(&mut located);
        self.problems = located.into_iter().map(|located| located.problem).collect();
        bound(&mut self.problems, MAX_PROBLEMS, "problems of text and types");
    }
}

/// Keeps so many problems, and says that there are more.
fn bound(problems: &mut Vec<Problem>, most: usize, what: &str) {
    if problems.len() <= most {
        return;
    }
    problems.truncate(most);
    let last = problems.last();
    let place = last.map_or(Place::Text(0..0), |problem| problem.place.clone());
    let message = format!("only the first {most} {what} are shown");
    problems.push(Problem::info(ym::TOO_MANY, place, message).with_help("correct these first"));
}

fn in_order(located: &mut [Located]) {
    located.sort_by(|a, b| {
        let order = |found: &Located| {
            (
                found.span.start,
                found.span.end,
                found.problem.severity,
                found.problem.code,
            )
        };
        order(a).cmp(&order(b))
    });
}
