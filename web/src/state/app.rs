//! The page's one value and the function that changes it.

use super::{
    Action, Session,
    disk::{Base, Conflict, Disk},
    files::{Alert, Offer, safe_name},
    names::Question,
    session::Change,
    ui::PoolId,
};
use crate::{
    browser::{
        served,
        store::{self, Refused, Work},
    },
    components::words,
};
use lb_model::{
    leaderboard::Edition,
    problem::{Code, Edit},
    rules::Facts,
};

/// Which screen is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Editions, opening, recent works.
    #[default]
    Start,
    /// The form and the file.
    Editor,
}

/// Whether the browser keeps the work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Kept {
    /// Nothing was to be kept yet.
    #[default]
    Nothing,
    /// Changed since it was kept last.
    Soon,
    /// Kept at this moment, in milliseconds.
    At(f64),
    /// The browser refuses.
    Not(Refused),
}

/// What can be undone although its place is gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    /// What was removed.
    pub text: String,
    /// Whether undo brings it back.
    pub undo: bool,
    /// Tells two of the same words from each other.
    pub serial: usize,
}

/// The whole page.
#[derive(Clone, Debug)]
pub(crate) struct App {
    /// What the rules know of the world.
    pub facts: Facts<'static>,
    /// The screen.
    pub screen: Screen,
    /// The file being worked on; it stays while the start screen is shown.
    pub session: Option<Session>,
    /// What this browser keeps.
    pub works: Vec<Work>,
    /// Whether it keeps the present work.
    pub kept: Kept,
    /// Something that failed.
    pub alert: Option<Alert>,
    /// Whether a key in the file was the last that happened, so that others may follow at once.
    pub typing: bool,
    /// A change that waits for a yes.
    pub question: Option<Question>,
    /// The file on disk was changed by something else.
    pub conflict: Option<Conflict>,
    /// The edition of the new file whose answers are being given.
    pub new: Option<Edition>,
    /// What was removed.
    pub toast: Option<Toast>,
    /// What a screen reader says, and how often something was said.
    pub said: (String, usize),
    /// Whether the theme is dark.
    pub dark: bool,
    /// Whether the card of shortcuts is open.
    pub help: bool,
    /// The code whose documentation is open.
    pub explained: Option<Code>,
    /// Whether the palette is open.
    pub finding: bool,
    /// Whether the link that carries the file is shown.
    pub sharing: bool,
    /// Whether a file is dragged over the page.
    pub dragging: bool,
}

impl App {
    /// The page as it begins.
    pub(crate) fn new(facts: Facts<'static>, works: Vec<Work>, dark: bool) -> Self {
        Self {
            facts,
            works,
            dark,
            screen: Screen::default(),
            session: None,
            kept: Kept::default(),
            alert: None,
            typing: false,
            question: None,
            conflict: None,
            new: None,
            toast: None,
            said: Default::default(),
            help: false,
            explained: None,
            finding: false,
            sharing: false,
            dragging: false,
        }
    }

    /// Answers what happened.
    pub(crate) fn reduce_at(&mut self, action: Action, at: f64) {
        self.typing = matches!(action, Action::Type { key: true, .. });
        if !self.typing {
            self.check();
        }
        match action {
            Action::Pause => {}
            Action::Start => self.screen = Screen::Start,
            Action::Continue => self.screen = Screen::Editor,
            Action::New(edition) => self.new = Some(edition),
            Action::CloseNew => self.new = None,
            Action::Create { name, text } => self.create(&name, text, at),
            Action::Open {
                name,
                text,
                origin,
                anyway,
            } => self.open(name, text, origin, anyway, at),
            Action::Reopen(work) => self.reopen(work, at),
            Action::Forget(work) => self.works.retain(|other| other.id != work.id),
            Action::Alert(alert) => self.alert = Some(alert),
            Action::CloseAlert => self.alert = None,
            Action::Ask(question) => self.question = Some(question),
            Action::CloseQuestion => self.question = None,
            Action::CloseToast => self.toast = None,
            Action::Notice(text) => self.notice(text),
            Action::Served { name, token, base } => self.served(&name, token, base, at),
            Action::NotSaved(alert) => {
                self.alert = alert.or(self.alert.take());
                self.on_disk(|disk| disk.saving = false);
            }
            Action::Saving => self.on_disk(|disk| disk.saving = true),
            Action::ServerGone(gone) => self.on_disk(|disk| disk.gone = gone),
            Action::Saved { base, made } => self.saved(base, made, at),
            Action::Conflict(theirs) => self.conflict_with(theirs),
            Action::CloseConflict => self.conflict = None,
            Action::Changed(theirs) => {
                if self
                    .session
                    .as_ref()
                    .is_some_and(|session| session.changes() == 0)
                {
                    let text = theirs.text.clone();
                    self.decide(theirs, text, "take what was written to disk", at);
                    self.say("the file was changed on disk; this is what it says now".to_owned());
                }
            }
            Action::Decide { theirs, text, label } => self.decide(theirs, text, label, at),
            Action::Kept(result) => self.kept(result, at),
            Action::Dark(dark) => self.dark = dark,
            Action::Help(open) => self.help = open,
            Action::Explain(code) => self.explained = code,
            Action::Find(open) => self.finding = open,
            Action::Share(open) => self.sharing = open,
            Action::Drag(over) => self.dragging = over,
            Action::Say(text) => self.say(text),
            action => self.in_session(action, at),
        }
    }

    /// Whatever happens next, happens to a text whose problems are known.
    fn check(&mut self) {
        let Some(session) = self.session.as_mut().filter(|session| !session.reading.checked) else {
            return;
        };
        let before = session.reading.counts();
        session.check(&self.facts);
        let now = session.reading.counts();
        if now != before {
            self.say(in_words(now));
        }
    }

    fn in_session(&mut self, action: Action, at: f64) {
        let facts = self.facts;
        let Some(session) = &mut self.session else { return };
        let revision = session.revision;
        let counts = session.reading.counts();
        let mut spoken = None;
        match action {
            Action::Edit { edits, label, field } => {
                if let Err(refused) = session.edit(&edits, Change { label, field, at }, &facts) {
                    self.alert = Some(refusal(&refused));
                    return;
                }
            }
            Action::RemovePool(pool, name) => return self.remove_pool(pool, &name, at),
            Action::Allow(index) => match session.allow(index, at, &facts) {
                Ok(code) => spoken = code.map(|code| format!("{code} is allowed here")),
                Err(why) => {
                    self.alert = Some(refusal(&why));
                    return;
                }
            },
            Action::Fix(marks) => {
                spoken = session
                    .fix(&marks, at, &facts)
                    .map(|done| format!("fixed: {done}"))
            }
            Action::Undo => spoken = session.undo(&facts, at).map(|done| format!("undone: {done}")),
            Action::Redo => spoken = session.redo(&facts, at).map(|done| format!("made again: {done}")),
            Action::Type { text, caret, key } => {
                let change = Change {
                    label: "type into the file".into(),
                    field: key.then(|| "file-text".into()),
                    at,
                };
                session.type_text(&text, caret, change, &facts);
            }
            Action::Replace { text, label } => session.replace(
                &text,
                Change {
                    label,
                    field: None,
                    at,
                },
                &facts,
            ),
            action => spoken = session.move_to(action),
        }
        if session.revision != revision {
            self.kept = Kept::Soon;
            session.ui.open_problem = None;
            let now = session.reading.counts();
            if now != counts && spoken.is_none() {
                spoken = Some(in_words(now));
            }
        }
        if let Some(text) = spoken {
            self.say(text);
        }
    }

    fn remove_pool(&mut self, pool: PoolId, name: &str, at: f64) {
        let edits = vec![Edit::Remove { path: pool.path() }];
        let label = format!("remove pool {name}");
        self.in_session(
            Action::Edit {
                edits,
                label,
                field: None,
            },
            at,
        );
        if let Some(session) = &mut self.session {
            session.ui.pool = None;
            self.toast = Some(Toast {
                text: format!("Pool {name} removed"),
                undo: true,
                serial: session.revision,
            });
        }
    }

    fn notice(&mut self, text: String) {
        self.toast = Some(Toast {
            text,
            undo: false,
            serial: self.said.1,
        });
    }

    fn say(&mut self, text: String) {
        self.said = (text, self.said.1 + 1);
    }

    fn create(&mut self, name: &str, text: String, at: f64) {
        self.new = None;
        self.show(Session::new(
            new_id(at),
            safe_name(name),
            String::new(),
            text,
            &self.facts,
            at,
        ));
    }

    /// Opens a text, unless it is clear that something else was meant.
    fn open(&mut self, name: String, text: String, origin: &str, anyway: bool, at: f64) {
        self.dragging = false;
        let before = self.session.as_ref().map(|session| session.name.clone());
        let name = safe_name(&name);
        let session = Session::new(new_id(at), name.clone(), origin.to_owned(), text, &self.facts, at);
        if let Some(alert) = (!anyway).then(|| session.objection()).flatten() {
            self.alert = Some(alert);
            return;
        }
        self.show(session);
        if let Some(before) = before {
            self.notice(format!("{before} is kept under Recent"));
        }
        self.say(format!("{name} is open"));
    }

    fn reopen(&mut self, work: Work, at: f64) {
        if self.session.as_ref().is_some_and(|session| session.id == work.id) {
            self.screen = Screen::Editor;
            return;
        }
        match store::text(&work.id) {
            Some(text) => {
                let mut session = Session::new(work.id, work.name, work.origin, text, &self.facts, at);
                session.disk = disk_of(&session.id);
                self.show(session);
            }
            None => {
                self.alert = Some(Alert {
                    title: format!("{} is no longer kept.", work.name),
                    text: "This browser has deleted it. Open the file itself, if you downloaded it.".into(),
                    offer: Some(Offer::Choose),
                });
                self.works.retain(|other| other.id != work.id);
            }
        }
    }

    /// Opens the file that `lb edit` serves; what was edited before a reload and not saved comes back.
    fn served(&mut self, name: &str, token: String, base: Base, at: f64) {
        let id = Disk::id(&token);
        let kept = store::text(&id).zip(store::base(&id));
        let unsaved = kept.filter(|(text, before)| *text != before.text && *text != base.text);
        let (text, base) = unsaved.unwrap_or_else(|| (base.text.clone(), base));
        let origin = "opened by lb edit".to_owned();
        let mut session = Session::new(id, safe_name(name), origin, text, &self.facts, at);
        session.disk = Some(Disk::new(token, base));
        self.say(format!("{name} is open"));
        self.show(session);
    }

    fn on_disk(&mut self, change: impl FnOnce(&mut Disk)) {
        if let Some(disk) = self.session.as_mut().and_then(|session| session.disk.as_mut()) {
            change(disk);
        }
    }

    fn saved(&mut self, base: Base, made: usize, at: f64) {
        self.on_disk(|disk| {
            disk.base = base;
            disk.saving = false;
            disk.gone = false;
            disk.saved_at = Some(at);
        });
        if let Some(session) = &mut self.session {
            session.downloaded = made;
        }
        self.conflict = None;
        self.say("saved".to_owned());
    }

    fn conflict_with(&mut self, theirs: Base) {
        self.on_disk(|disk| disk.saving = false);
        let Some(session) = &self.session else { return };
        let Some(disk) = &session.disk else { return };
        self.conflict = Some(Conflict::new(session, &disk.base.text, theirs, &self.facts));
    }

    /// Goes on with a text, over what is on disk now.
    fn decide(&mut self, theirs: Base, text: String, label: &str, at: f64) {
        self.conflict = None;
        self.on_disk(|disk| {
            disk.base = theirs;
            disk.saved_at = None;
        });
        let label = label.to_owned();
        self.in_session(Action::Replace { text, label }, at);
        if let Some(session) = &mut self.session
            && session.changes() == 0
        {
            session.downloaded = session.history.made();
        }
    }

    fn show(&mut self, session: Session) {
        self.session = Some(session);
        self.screen = Screen::Editor;
        self.alert = None;
        self.kept = Kept::Soon;
    }

    fn kept(&mut self, result: Result<(), Refused>, at: f64) {
        self.works = store::works();
        let before = self.kept;
        self.kept = match result {
            Ok(()) => Kept::At(at),
            Err(refused) => Kept::Not(refused),
        };
        if self.kept == Kept::Not(Refused::Full) && before != self.kept {
            self.alert = Some(Alert {
                title: "This browser has no room left.".into(),
                text: "Your changes are kept only as long as this page is open. Download the file.".into(),
                offer: Some(Offer::Download),
            });
        }
    }
}

/// The file of a kept work, if it is that of the `lb edit` which serves this page.
fn disk_of(id: &str) -> Option<Disk> {
    let token = served::token().filter(|token| Disk::id(token) == id)?;
    Some(Disk::new(token, store::base(id)?))
}

/// An edit that the model refuses, in words.
fn refusal(why: &str) -> Alert {
    Alert {
        title: "This cannot be changed here.".into(),
        text: format!(
            "{} Change it in the file.",
            words::sentence(why.trim_end_matches('.')) + "."
        ),
        offer: None,
    }
}

fn new_id(at: f64) -> String {
    format!("{at:.0}")
}

/// `1 error, 1 warning, 1 note`.
pub(crate) fn in_words(counts: super::reading::Counts) -> String {
    let parts: Vec<String> = [
        (counts.errors, "error"),
        (counts.warnings, "warning"),
        (counts.infos, "note"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, word)| words::count(n, word))
    .collect();
    if parts.is_empty() {
        "no problems".to_owned()
    } else {
        parts.join(", ")
    }
}
