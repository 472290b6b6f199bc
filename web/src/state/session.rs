//! One file being worked on.

use super::{
    Action,
    disk::Disk,
    files::{Alert, Offer, safe_name},
    history::{History, Step},
    reading::Reading,
    section::Section,
    text::Splice,
    ui::{Jump, Pane, Tab, Ui},
};
use crate::components::note::Mark as _;
use lb_model::{path::Path, problem::Edit, rules::Facts, ym};
use std::{ops::Range, rc::Rc};

/// A file being worked on: its text as read, how it came to be, and where the user is in it.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Names the work in the browser's storage.
    pub id: String,
    /// The name under which it is downloaded.
    pub name: String,
    /// Where it came from; empty if it was begun here.
    pub origin: String,
    /// The file as it is.
    pub reading: Rc<Reading>,
    /// The newest state of the file that was YAML, and when that was; the form shows it.
    pub readable: Rc<Reading>,
    /// When `readable` was typed, in milliseconds.
    pub readable_at: f64,
    /// What undo takes back.
    pub history: History,
    /// The file on disk behind it, if `lb edit` was started on one.
    pub disk: Option<Disk>,
    /// How many of the changes were downloaded or saved.
    pub downloaded: usize,
    /// Grows with each change of the text.
    pub revision: usize,
    /// Where the user is.
    pub ui: Ui,
}

/// What a change of the text was, for the history.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// What was done, as a button names it.
    pub label: String,
    /// The field that was typed into, if it was one key of many.
    pub field: Option<String>,
    /// When, in milliseconds.
    pub at: f64,
}

impl Session {
    /// Begins to work on a text.
    pub(crate) fn new(
        id: String,
        name: String,
        origin: String,
        text: String,
        facts: &Facts<'_>,
        at: f64,
    ) -> Self {
        let reading = Rc::new(Reading::new(text, facts));
        Self {
            id,
            name,
            origin,
            readable: reading.clone(),
            readable_at: at,
            reading,
            history: History::default(),
            disk: None,
            downloaded: 0,
            revision: 0,
            ui: Ui::default(),
        }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> &str {
        self.reading.document.text()
    }

    /// Whether the form waits for a text that can be read.
    pub(crate) fn is_waiting(&self) -> bool {
        self.ui.waiting && !self.reading.is_readable()
    }

    /// Changes that were made since the file was opened, downloaded or saved.
    pub(crate) fn changes(&self) -> usize {
        let changes = self.history.made().abs_diff(self.downloaded);
        match &self.disk {
            // Steps taken back and others made instead may be as many as before.
            Some(disk) if disk.base.text == self.text() => 0,
            Some(_) => changes.max(1),
            None => changes,
        }
    }

    /// Makes edits of the config.
    ///
    /// # Errors
    /// Why the model refuses them; nothing is changed then.
    pub(crate) fn edit(&mut self, edits: &[Edit], change: Change, facts: &Facts<'_>) -> Result<(), String> {
        let edited = self
            .reading
            .document
            .edit(edits)
            .map_err(|error| error.to_string())?;
        let Some(splice) = Splice::between(self.text(), edited.document.text()) else {
            return Ok(());
        };
        let before = self.reading.clone();
        self.put(Reading::of(edited.document, facts), change.at);
        self.record(&before, splice, change);
        Ok(())
    }

    /// Takes what was typed into the file.
    pub(crate) fn type_text(&mut self, typed: &str, caret: usize, change: Change, facts: &Facts<'_>) {
        let Some(splice) = self.reading.view.typed(typed) else {
            return;
        };
        // A key is answered before anything else; what it makes wrong is looked for when the keys pause.
        match change.field {
            Some(_) => self.splice(splice, change, None),
            None => self.splice(splice, change, Some(facts)),
        }
        self.ui.caret = self.reading.view.of_units(caret);
        self.ui.typed = true;
        self.ui.selection = None;
    }

    /// Replaces the whole text, as one step.
    pub(crate) fn replace(&mut self, text: &str, change: Change, facts: &Facts<'_>) {
        if let Some(splice) = Splice::between(self.text(), text) {
            self.splice(splice, change, Some(facts));
        }
    }

    /// Changes the text, and looks for its problems if there are facts to do so.
    fn splice(&mut self, splice: Splice, change: Change, facts: Option<&Facts<'_>>) {
        let before = self.reading.clone();
        if let Some((after, _)) = splice.apply(before.document.text()) {
            let after = match facts {
                Some(facts) => Reading::new(after, facts),
                None => before.typed(after, &splice),
            };
            self.put(after, change.at);
            self.record(&before, splice, change);
        }
    }

    fn record(&mut self, before: &Reading, splice: Splice, change: Change) {
        let Some((_, back)) = splice.apply(before.document.text()) else {
            return;
        };
        self.follow(&splice, before);
        let Change { label, field, at } = change;
        self.history.push(Step {
            label,
            back: vec![back],
            field,
            at,
        });
    }

    /// Keeps the caret on the text that it stood on.
    fn follow(&mut self, splice: &Splice, before: &Reading) {
        let caret = splice.shift(before.view.to_document(self.ui.caret));
        self.ui.caret = self.reading.view.of_document(caret);
        self.ui.typed = false;
    }

    /// Looks for the problems of a text that was typed.
    pub(crate) fn check(&mut self, facts: &Facts<'_>) {
        if !self.reading.checked {
            let is_shown = Rc::ptr_eq(&self.readable, &self.reading);
            self.reading = Rc::new(self.reading.check(facts));
            if is_shown {
                self.readable = self.reading.clone();
            }
        }
    }

    fn put(&mut self, reading: Reading, at: f64) {
        self.reading = Rc::new(reading);
        self.revision += 1;
        self.ui.back_to = None;
        if self.reading.is_readable() {
            self.readable = self.reading.clone();
            self.readable_at = at;
            self.ui.waiting = false;
        }
    }

    /// Takes back the last step; what it was.
    pub(crate) fn undo(&mut self, facts: &Facts<'_>, at: f64) -> Option<String> {
        let (before, step) = self.history.undo(self.reading.document.text())?;
        self.turn(before, &step, facts, at);
        Some(step.label.clone())
    }

    /// Makes the last step that was taken back again; what it was.
    pub(crate) fn redo(&mut self, facts: &Facts<'_>, at: f64) -> Option<String> {
        let (after, step) = self.history.redo(self.reading.document.text())?;
        self.turn(after, &step, facts, at);
        Some(step.label.clone())
    }

    /// Puts another state of the text and shows the place that changed.
    fn turn(&mut self, after: String, step: &Step, facts: &Facts<'_>, at: f64) {
        let before = self.reading.clone();
        let changed = Splice::between(before.document.text(), &after);
        self.put(Reading::new(after, facts), at);
        if let Some(splice) = changed {
            self.follow(&splice, &before);
            let view = &self.reading.view;
            let end = view.of_document(splice.range.start + splice.text.len());
            self.ui.caret = end;
            self.ui.jump = Some(Jump {
                at: end..end,
                serial: self.revision,
                flash: false,
                focus: false,
            });
        }
        self.ui.back_to = step.field.clone();
    }

    /// Marks the lines of the value that a field of the form shows.
    pub(crate) fn show(&mut self, path: &Path) {
        self.ui.shown = self.reading.lines_of(path);
        self.ui.caret = self.reading.span(path).start;
        self.ui.typed = false;
        self.ui.reveal += 1;
        self.ui.visit(path);
    }

    /// Puts the caret on a part of the view and shows it.
    pub(crate) fn jump(&mut self, at: Range<usize>, focus: bool) {
        self.ui.caret = at.start;
        self.ui.jump = Some(Jump {
            at,
            serial: self.ui.jump.as_ref().map_or(0, |jump| jump.serial) + 1,
            flash: true,
            focus,
        });
    }
}

impl Session {
    /// Why this text is probably not what the user meant to open.
    pub(crate) fn objection(&self) -> Option<Alert> {
        let has = |code| self.reading.marks.iter().find(|mark| mark.code() == code);
        if let Some(mark) = has(ym::DOCUMENTS) {
            return Some(Alert {
                title: format!("{} holds several documents.", self.name),
                text: format!(
                    "The second begins in line {}. Save the ClusterConfig as a file of its own and open that.",
                    mark.line
                ),
                offer: Some(Offer::Choose),
            });
        }
        if self.reading.view.text().trim().is_empty() {
            return Some(Alert {
                title: format!("{} is empty.", self.name),
                text: "There is nothing in it to edit. Choose another file, or start with an edition.".into(),
                offer: Some(Offer::Choose),
            });
        }
        let config = self.reading.document.config();
        let foreign =
            config.api_version.is_empty() && config.kind.is_empty() && config.metadata.name.is_empty();
        if foreign || (has(ym::API_VERSION).is_some() && has(ym::KIND).is_some()) {
            let begins = self.reading.view.line(0).chars().take(40).collect::<String>();
            return Some(Alert {
                title: format!("{} is not an eksctl file.", self.name),
                text: format!(
                    "It begins with `{begins}` and has neither `apiVersion: eksctl.io/v1alpha5` nor `kind: ClusterConfig`."
                ),
                offer: Some(Offer::Open {
                    name: self.name.clone(),
                    text: self.text().to_owned(),
                }),
            });
        }
        None
    }

    /// Answers everything that moves the user and leaves the text alone; what is said of it.
    pub(crate) fn move_to(&mut self, action: Action) -> Option<String> {
        let ui = &mut self.ui;
        match action {
            Action::Rename(name) => self.name = safe_name(&name),
            Action::Downloaded => self.downloaded = self.history.made(),
            Action::Caret(units) => {
                let view = &self.reading.view;
                let range = view.of_units(units.start)..view.of_units(units.end);
                ui.caret = range.end;
                ui.selection = (range.start != range.end).then_some(range);
                ui.typed = true;
            }
            Action::Show(path) => self.show(&path),
            Action::Lines(path) => return self.go_to_lines(&path),
            Action::Plan(look) => ui.plan.answer(look),
            Action::FullHours(hours) => ui.full_hours = Some(hours),
            Action::Jump(at) => {
                self.jump(at, true);
                self.ui.tab = Tab::File;
                self.ui.pane = Pane::Side;
            }
            Action::Problem { index, open } => return self.go_to_problem(index, open),
            Action::CloseProblem => ui.open_problem = None,
            Action::Wait => ui.waiting = !self.reading.is_readable(),
            Action::Tab(tab) => {
                ui.tab = tab;
                ui.pane = Pane::Side;
            }
            Action::Pane(pane) => ui.pane = pane,
            Action::InView(section) => ui.section = Some(section),
            Action::Pool(pool) => {
                if let Some(pool) = pool {
                    ui.visit(&pool.path());
                }
                ui.pool = pool;
                ui.fields = None;
                ui.section = Some(Section::Pools);
                ui.pane = Pane::Form;
            }
            Action::FilterPools(text) => ui.pool_filter = text,
            Action::Fields(path) => {
                if let Some(path) = &path {
                    ui.visit(path);
                }
                ui.fields = path;
                ui.pane = Pane::Form;
            }
            Action::Fold(folded) => ui.folded = folded,
            _ => {}
        }
        None
    }

    /// Shows the lines of a value, and what is said of them.
    fn go_to_lines(&mut self, path: &Path) -> Option<String> {
        let lines = self.reading.lines_of(path)?;
        let start = self.reading.view.line_range(lines.start).start;
        let said = format!("line {}, {}", lines.start + 1, Section::of(path).title());
        self.ui.visit(path);
        self.ui.shown = Some(lines);
        self.jump(start..start, true);
        self.ui.tab = Tab::File;
        self.ui.pane = Pane::Side;
        Some(said)
    }

    fn go_to_problem(&mut self, index: usize, open: bool) -> Option<String> {
        let mark = self.reading.marks.get(index)?.clone();
        self.jump(mark.span.clone(), true);
        self.ui.tab = Tab::File;
        self.ui.pane = Pane::Side;
        self.ui.open_problem = open.then_some(index);
        let part = if self.reading.is_readable() {
            format!("{}, ", mark.section.title())
        } else {
            String::new()
        };
        Some(format!(
            "line {}, {part}{}: {}",
            mark.line,
            mark.severity().word().to_lowercase(),
            mark.problem.message.replace('`', "")
        ))
    }
}
