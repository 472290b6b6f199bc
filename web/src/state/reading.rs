//! A text with everything that the page derives from it, made once for each change.

use super::{
    outlook::Outlook,
    section::Section,
    text::{Splice, View},
};
use crate::views::highlight::{self, Within};
use lb_model::{
    document::Document,
    path::Path,
    problem::{Code, Fix, Located, Place, Problem, Severity},
    rules::Facts,
};
use lb_provision::check;
use std::{cell::OnceCell, ops::Range, rc::Rc};

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
    pub document: Rc<Document>,
    /// The text as the text area shows it.
    pub view: Rc<View>,
    /// Its problems, in document order.
    pub marks: Vec<Mark>,
    /// Whether they are its own; else they are those of the text before, moved with what they stood on.
    pub checked: bool,
    /// What each line begins in, for its colours.
    pub begins: Rc<[Within]>,
    /// How many lines have a comment.
    pub comments: usize,
    /// What an apply of it would do; planned when somebody looks.
    outlook: Rc<OnceCell<Result<Outlook, Vec<Problem>>>>,
}

impl Reading {
    /// Reads a text.
    pub(crate) fn new(text: String, facts: &Facts<'_>) -> Self {
        Self::of(Document::parse(text), facts)
    }

    /// Takes a document that was read already.
    pub(crate) fn of(document: Document, facts: &Facts<'_>) -> Self {
        Self::unchecked(document).check(facts)
    }

    /// Takes a text that differs from this one by a splice, and looks for no problems yet: that takes longer than a key
    /// may.
    pub(crate) fn typed(&self, text: String, splice: &Splice) -> Self {
        let document = Document::parse(text);
        let mut after = Self::unchecked(document);
        let moved = |byte| after.view.of_document(splice.shift(self.view.to_document(byte)));
        let marks = self.marks.iter().map(|mark| {
            let span = moved(mark.span.start)..moved(mark.span.end);
            Mark {
                line: after.view.line_at(span.start) + 1,
                span,
                ..mark.clone()
            }
        });
        after.marks = marks.collect();
        after
    }

    fn unchecked(document: Document) -> Self {
        let view = View::new(document.text());
        let (begins, comments) = colours(&view);
        Self {
            document: Rc::new(document),
            view: Rc::new(view),
            marks: Vec::new(),
            checked: false,
            begins: begins.into(),
            comments,
            outlook: Rc::default(),
        }
    }

    /// The same text with its own problems.
    pub(crate) fn check(&self, facts: &Facts<'_>) -> Self {
        let (document, view) = (self.document.clone(), self.view.clone());
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
            checked: true,
            begins: self.begins.clone(),
            comments: self.comments,
            outlook: self.outlook.clone(),
        }
    }

    /// What an apply would do, or why it cannot be planned.
    pub(crate) fn outlook(&self, facts: &Facts<'_>) -> Result<&Outlook, &[Problem]> {
        let made = self
            .outlook
            .get_or_init(|| Outlook::of(self.document.config(), facts));
        made.as_ref().map_err(Vec::as_slice)
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

#[cfg(test)]
mod tests {
    use super::{super::testing::app, *};
    use crate::state::{Action, App};

    const TEXT: &str = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: leaderboard-20\n  region: us-west-2\n\
                        nodeGroups:\n  - name: worker\n    maxSzie: 3\n";

    fn press(app: &mut App, text: &str) {
        let (text, caret) = (text.to_owned(), 0);
        app.reduce_at(
            Action::Type {
                text,
                caret,
                key: true,
            },
            0.0,
        );
    }

    fn reading(app: &App) -> &Reading {
        &app.session.as_ref().unwrap().reading
    }

    #[test]
    fn problems_move_with_what_they_stand_on_until_the_keys_pause() {
        let mut app = app(TEXT);
        let of_key = |app: &App| {
            reading(app)
                .marks
                .iter()
                .find(|mark| mark.code().0 == "YM010")
                .cloned()
        };
        let before = of_key(&app).unwrap();
        press(&mut app, &TEXT.replace("kind:", "# one more line\nkind:"));
        let after = of_key(&app).unwrap();
        assert!(!reading(&app).checked);
        assert_eq!(after.line, before.line + 1);
        assert_eq!(reading(&app).view.text()[after.span], TEXT[before.span]);
    }

    #[test]
    fn whatever_happens_after_a_key_finds_the_problems_of_the_text_that_is_there() {
        let after = format!("{TEXT}bogus: 1\n");
        let fresh = Reading::new(after.clone(), &app(TEXT).facts).marks;
        for action in [Action::Pause, Action::Help(true), Action::Fold(true)] {
            let mut app = app(TEXT);
            press(&mut app, &after);
            app.reduce_at(action, 1.0);
            assert!(reading(&app).checked);
            assert_eq!(reading(&app).marks, fresh);
            let session = app.session.as_ref().unwrap();
            assert!(Rc::ptr_eq(&session.readable, &session.reading));
            assert_eq!(app.said.0, crate::state::app::in_words(reading(&app).counts()));
        }
    }
}
