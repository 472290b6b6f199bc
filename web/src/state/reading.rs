//! A text with everything that the page derives from it, made once for each change.

use super::{section::Section, text::View};
use crate::views::highlight::{self, Within};
use lb_model::{
    document::Document,
    path::Path,
    problem::{Code, Fix, Located, Place, Problem, Severity},
    rules::Facts,
};
use lb_provision::check;
use std::ops::Range;

/// A problem where the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// What was found.
    pub problem: Problem,
    /// The value it is about; the root if the text has no place in the config.
    pub path: Path,
    /// Its bytes in the view.
    pub span: Range<usize>,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// The part of the form that it belongs to.
    pub section: Section,
}

impl Mark {
    /// Which rule found it.
    pub(crate) fn code(&self) -> Code {
        self.problem.code
    }

    /// How bad it is.
    pub(crate) fn severity(&self) -> Severity {
        self.problem.severity
    }

    /// What the button of its fix says; names stand without backticks there.
    pub(crate) fn fix_title(&self) -> Option<String> {
        self.fix().map(|fix| fix.title.replace('`', ""))
    }

    /// The edit that removes it.
    pub(crate) fn fix(&self) -> Option<&Fix> {
        self.problem.fix.as_ref()
    }
}

/// Problems of one code with the same fix: one row of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// Indices into [`Reading::marks`], in document order; never empty.
    pub marks: Vec<usize>,
}

/// How many problems of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// They stop an apply.
    pub errors: usize,
    /// They cost or hurt.
    pub warnings: usize,
    /// There is a better way.
    pub infos: usize,
}

impl Counts {
    fn of<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Self {
        let mut counts = Self::default();
        for mark in marks {
            match mark.severity() {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Info => counts.infos += 1,
            }
        }
        counts
    }

    /// How many there are in all.
    pub(crate) fn total(self) -> usize {
        self.errors + self.warnings + self.infos
    }

    /// The worst severity and how many have it.
    pub(crate) fn worst(self) -> Option<(Severity, usize)> {
        [
            (Severity::Error, self.errors),
            (Severity::Warning, self.warnings),
            (Severity::Info, self.infos),
        ]
        .into_iter()
        .find(|(_, n)| *n > 0)
    }
}

/// A text, read.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The text, its tree and its typed config.
    pub document: Document,
    /// The text as the text area shows it.
    pub view: View,
    /// Its problems, in document order.
    pub marks: Vec<Mark>,
    /// What each line begins in, for its colours.
    pub begins: Vec<Within>,
    /// How many lines have a comment.
    pub comments: usize,
}

impl Reading {
    /// Reads a text.
    pub(crate) fn new(text: String, facts: &Facts<'_>) -> Self {
        Self::of(Document::parse(text), facts)
    }

    /// Takes a document that was read already.
    pub(crate) fn of(document: Document, facts: &Facts<'_>) -> Self {
        let view = View::new(document.text());
        let (begins, comments) = colours(&view);
        let marks = check::problems(&document, facts)
            .into_iter()
            .map(|found| {
                let span = view.of_document(found.span.start)..view.of_document(found.span.end);
                let path = path(&found.problem.place, &document);
                Mark {
                    section: Section::of(&path),
                    path,
                    line: found.start.line,
                    column: found.start.column,
                    span,
                    problem: found.problem,
                }
            })
            .collect();
        Self {
            document,
            view,
            marks,
            begins,
            comments,
        }
    }

    /// Whether the text is YAML; until it is, nothing else is known of it.
    pub(crate) fn is_readable(&self) -> bool {
        self.document.is_yaml()
    }

    /// A problem as the model located it.
    pub(crate) fn located(&self, mark: &Mark) -> Located {
        self.document.locate(mark.problem.clone())
    }

    /// How many problems there are.
    pub(crate) fn counts(&self) -> Counts {
        Counts::of(&self.marks)
    }

    /// How many problems a part of the form has.
    pub(crate) fn counts_in(&self, section: Section) -> Counts {
        Counts::of(self.marks.iter().filter(|mark| mark.section == section))
    }

    /// The problems by code and fix: errors first, then warnings and infos, each in document order.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (i, mark) in self.marks.iter().enumerate() {
            let same = |group: &&mut Group| {
                group
                    .marks
                    .first()
                    .and_then(|first| self.marks.get(*first))
                    .is_some_and(|first| {
                        let titles = (
                            first.fix().map(|fix| &fix.title),
                            mark.fix().map(|fix| &fix.title),
                        );
                        first.code() == mark.code()
                            && first.severity() == mark.severity()
                            && titles.0 == titles.1
                            && (titles.0.is_some() || first.problem.message == mark.problem.message)
                    })
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.marks.push(i),
                None => groups.push(Group { marks: vec![i] }),
            }
        }
        groups.sort_by_key(|group| {
            group
                .marks
                .first()
                .and_then(|i| self.marks.get(*i))
                .map(Mark::severity)
        });
        groups
    }

    /// The view's lines, from 0, of the whole entry or item at a path.
    pub(crate) fn lines_of(&self, path: &Path) -> Option<Range<usize>> {
        let tree = self.document.tree();
        let (key, value) = tree.get(path)?;
        let value = &tree.node(value).span;
        let start = key.map_or(value.start, |key| tree.node(key).span.start.min(value.start));
        let first = self.view.line_at(self.view.of_document(start));
        let last = self
            .view
            .line_at(self.view.of_document(value.end.max(start + 1) - 1));
        Some(first..last + 1)
    }

    /// The bytes of the view that show a value, or what is nearest to it.
    pub(crate) fn span(&self, path: &Path) -> Range<usize> {
        let span = self.document.span_of(&Place::Value(path.clone()));
        self.view.of_document(span.start)..self.view.of_document(span.end)
    }
}

/// The path that a place is about.
fn path(place: &Place, document: &Document) -> Path {
    match place {
        Place::Key(path) | Place::Value(path) | Place::Within(path, _) => path.clone(),
        Place::Text(range) => document.path_at(range.start),
    }
}

/// What each line begins in, and how many hold a comment.
fn colours(view: &View) -> (Vec<Within>, usize) {
    let mut within = Within::default();
    let mut comments = 0;
    let begins = (0..view.count())
        .map(|line| {
            let begins = within;
            let (pieces, next) = highlight::line(view.line(line), within);
            comments += usize::from(pieces.iter().any(|(_, kind)| *kind == highlight::Kind::Comment));
            within = next;
            begins
        })
        .collect();
    (begins, comments)
}
