//! Edits as splices: a byte range of the text and what stands there instead, so that everything outside it
//! stays as it was by construction.
//!
//! Every edit is proved: the new text is read again and must mean exactly what was intended. Smallest first:
//! the scalar in its quoting, the entry or item with its leading comment. If the result means something else
//! (aliases, merge keys, unusual forms), the value around it is written again; if not even that is right, the
//! edit is refused and nothing changes.

mod intent;
mod place;
mod removal;
mod splice;

pub use intent::SPEAKING_WHEN_EMPTY;

use crate::{
    document::Document,
    path::Path,
    problem::{Code, Edit},
    reader::{self, Reading},
    write::whole_numbers,
};
use serde_json::Value;
use std::{fmt, ops::Range};

/// A change of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

impl Splice {
    /// The text with the change made. A range that is none changes nothing.
    pub fn apply(&self, text: &str) -> String {
        let (before, after) = (text.get(..self.range.start), text.get(self.range.end..));
        match (before, after) {
            (Some(before), Some(after)) => [before, &self.text, after].concat(),
            _ => text.to_owned(),
        }
    }

    /// The splice that takes this one back, given the text before it.
    pub fn inverse(&self, before: &str) -> Self {
        let text = before.get(self.range.clone()).unwrap_or_default().to_owned();
        Self {
            range: self.range.start..self.range.start + self.text.len(),
            text,
        }
    }
}

/// A text after edits.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The new text, read.
    pub document: Document,
    /// What was changed, one after the other: each range counts in the text that the one before has left.
    pub splices: Vec<Splice>,
}

/// Why an edit was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// The text is not YAML, so nothing in it has a place.
    NotYaml,
    /// What should be changed does not exist.
    NoSuchPlace(Path),
    /// No change of the text means what was intended.
    Refused(Path),
    /// The problem is of those that no comment silences.
    NotAllowed(Code),
    /// The file is JSON, in which no comment can stand.
    NoComments,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYaml => f.write_str("the file is not YAML; correct that first"),
            Self::NoSuchPlace(path) => write!(f, "there is no `{path}` in the file"),
            Self::Refused(path) => write!(
                f,
                "`{path}` cannot be changed without changing something else, such as what an alias repeats or a \
                 comment; edit it by hand"
            ),
            Self::NotAllowed(code) => {
                write!(f, "no comment silences `{code}`; correct what it is about")
            }
            Self::NoComments => f.write_str(
                "the file is JSON, in which no comment can stand; put a line `---` before the `{`, and it is YAML",
            ),
        }
    }
}

impl std::error::Error for EditError {}

impl Document {
    /// Makes the edits, one after the other, with the smallest changes of the text.
    ///
    /// # Errors
    /// The first edit that cannot be made; then none is.
    pub fn edit(&self, edits: &[Edit]) -> Result<Edited, EditError> {
        if !self.is_yaml() {
            return Err(EditError::NotYaml);
        }
        let mut edited = Edited {
            document: self.clone(),
            splices: Vec::new(),
        };
        // The last one comes first.
        let mut pending: Vec<Edit> = edits.iter().rev().cloned().collect();
        while let Some(edit) = pending.pop() {
            let small = intent::refine(&edit, &edited.document.value());
            if small.as_slice() != std::slice::from_ref(&edit) {
                pending.extend(small.into_iter().rev());
                continue;
            }
            let after = find_splice(&edited.document, &edit, &pending)?;
            edited.document = Document::of_reading(after.text, after.reading);
            edited.splices.push(after.splice);
        }
        Ok(edited)
    }
}

/// The smallest splice that means the edit and nothing else but what is `pending` anyway: where an alias repeats a
/// value that is to change in both places, both change at once.
fn find_splice(document: &Document, edit: &Edit, pending: &[Edit]) -> Result<After, EditError> {
    let path = intent::path_of(edit);
    let mut intended = document.value();
    intent::apply(&mut intended, edit).ok_or_else(|| EditError::NoSuchPlace(path.clone()))?;
    let intended = whole_numbers(intended);
    if let Some(after) = splice::of_edit(document, edit).and_then(|splice| After::read(document, splice)) {
        let in_the_end = |value| intent::apply_pending(value, pending).map(whole_numbers);
        let value = after.value();
        if value == intended || in_the_end(value).is_some_and(|end| in_the_end(intended.clone()) == Some(end))
        {
            return Ok(after);
        }
    }
    let around = intent::around(edit, document);
    let rewritten = around.and_then(|around| {
        let value = intent::get(&intended, &around)?.clone();
        splice::of_edit(document, &Edit::Set { path: around, value })
    });
    let rewritten = rewritten.filter(|splice| !loses_more(document, splice, edit));
    let after = rewritten.and_then(|splice| After::read(document, splice));
    after
        .filter(|after| after.value() == intended)
        .ok_or_else(|| EditError::Refused(path.clone()))
}

/// Whether a value that is written again as a whole has what is written nowhere else and does not belong to what goes, the
/// value that is replaced or removed: comments, and what cannot be read, such as an infinite number or the second of two
/// entries with one key. An item that is put in, a copy and another key take the place of nothing.
fn loses_more(document: &Document, splice: &Splice, edit: &Edit) -> bool {
    let goes = match edit {
        Edit::Set { path, .. } | Edit::Remove { path } => document.tree().get(path),
        Edit::Insert { .. } | Edit::RenameKey { .. } | Edit::Copy { .. } => None,
    };
    let goes = goes.map_or(0..0, |(_, id)| document.tree().node(id).span.clone());
    let is_lost = |at| splice.range.contains(&at) && !goes.contains(&at);
    let tree = document.tree();
    let comments = tree.comments().iter().map(|comment| comment.span.start);
    let numbers = tree.unreadable().map(|node| node.span.start);
    let problems = reader::read_file(document.text()).problems.into_iter();
    let unread = problems.map(|problem| document.span_of(&problem.place).start);
    comments.chain(numbers).chain(unread).any(is_lost)
}

/// A splice, and the text after it as it is read.
struct After {
    splice: Splice,
    text: String,
    reading: Reading,
}

impl After {
    /// `None` if the splice brings new mistakes.
    fn read(document: &Document, splice: Splice) -> Option<Self> {
        let text = splice.apply(document.text());
        let reading = reader::read_file(&text);
        let is_good = reading.complete && reading.problems.len() <= document.found_reading();
        is_good.then_some(Self {
            splice,
            text,
            reading,
        })
    }

    fn value(&self) -> Value {
        let tree = &self.reading.tree;
        let root = tree.root().map(|root| tree.value(root));
        whole_numbers(root.unwrap_or_default())
    }
}
