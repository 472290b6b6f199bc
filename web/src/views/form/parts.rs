//! What every part of the form needs: the config, its problems, and ways to change it.

use crate::{
    components::{
        Button, button,
        choice::{Choice, select},
        field::{self, TextField, Trouble},
        prose, words,
    },
    state::{
        Action, Session, Store,
        pools::{self, Pool},
        reading::Mark,
        section::Section,
        ui::PoolId,
    },
};
use lb_model::{catalog::Catalog, config::ClusterConfig, path::Path, problem::Edit};
use serde_json::Value;
use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeSet,
};
use yew::prelude::*;

/// The form being drawn.
pub(crate) struct Parts<'a> {
    /// The page's value.
    pub store: &'a Store,
    /// The session.
    pub session: &'a Session,
    /// The newest readable config.
    pub config: &'a ClusterConfig,
    /// The catalog.
    pub catalog: &'static Catalog,
    /// Problems that a field has shown already, by index.
    shown: RefCell<BTreeSet<usize>>,
    value: OnceCell<Value>,
}

impl<'a> Parts<'a> {
    /// The form of a session.
    pub(crate) fn new(store: &'a Store, session: &'a Session) -> Self {
        let config = session.readable.document.config();
        Self {
            store,
            session,
            config,
            catalog: store.facts.catalog,
            shown: RefCell::default(),
            value: OnceCell::new(),
        }
    }

    /// The whole file as a value, for fields that are found by their path.
    pub(crate) fn value(&self) -> &Value {
        self.value.get_or_init(|| self.session.readable.document.value())
    }

    /// All nodegroups.
    pub(crate) fn pools(&self) -> Vec<Pool<'a>> {
        pools::pools(self.config, self.catalog)
    }

    /// The pool whose page is open, unless it is gone.
    pub(crate) fn open_pool(&self) -> Option<Pool<'a>> {
        let open = self.session.ui.pool?;
        self.pools().into_iter().find(|pool| pool.id == open)
    }

    /// Opens the page of a pool.
    pub(crate) fn to_pool(&self, pool: Option<PoolId>) -> Callback<()> {
        self.store.then(Action::Pool(pool))
    }

    /// The problems of the value at a path; with `below`, of everything in it too.
    pub(crate) fn marks(&self, path: &Path, below: bool) -> Vec<(usize, &'a Mark)> {
        // While the file cannot be read, nothing else is reported.
        let marks = self.session.readable.marks.iter().enumerate();
        let marks = marks.filter(|_| !self.session.is_waiting());
        let here: Vec<_> = marks
            .filter(|(_, mark)| {
                if below {
                    mark.path.starts_with(path)
                } else {
                    mark.path == *path
                }
            })
            .collect();
        self.shown.borrow_mut().extend(here.iter().map(|(i, _)| *i));
        here
    }

    /// The problems of a value as they stand under its field.
    pub(crate) fn troubles(&self, path: &Path) -> Vec<Trouble> {
        self.marks(path, false)
            .into_iter()
            .map(|(index, mark)| self.trouble(index, mark))
            .collect()
    }

    /// One problem as it stands under a field.
    pub(crate) fn trouble(&self, index: usize, mark: &Mark) -> Trouble {
        let fix = mark
            .fix_title()
            .map(|title| (title, self.store.then(Action::Fix(vec![index]))));
        let mut message = mark.problem.message.clone();
        if let Some(help) = mark.problem.help.as_ref().filter(|_| fix.is_none()) {
            message = format!("{message}; {help}");
        }
        Trouble {
            severity: mark.severity(),
            message,
            fix,
        }
    }

    /// The button that fixes a problem, else the one that shows its place.
    pub(crate) fn fix_or_show(&self, index: usize, mark: &Mark) -> Html {
        let same = self
            .session
            .readable
            .groups()
            .into_iter()
            .find(|group| group.marks.contains(&index));
        match mark.fix_title() {
            Some(title) => {
                let all = same.map_or_else(|| vec![index], |group| group.marks);
                button(
                    Button::words(title, "btn-small"),
                    self.store.then(Action::Fix(all)),
                )
            }
            None => {
                let show = Action::Problem { index, open: true };
                button(
                    Button::words("Show the place", "btn-small"),
                    self.store.then(show),
                )
            }
        }
    }

    /// A problem in a note: what it is, and what to do.
    pub(crate) fn words_of(&self, mark: &Mark) -> Html {
        let help = mark.problem.help.as_ref().filter(|_| mark.fix().is_none());
        html! {
            <>
                <b>{ prose(&(words::sentence(&mark.problem.message) + ".")) }</b>
                if let Some(help) = help { { " " }{ prose(&(words::sentence(help) + ".")) } }
            </>
        }
    }

    /// Notes for the problems of a part that no field of it has shown: one for each code and fix.
    pub(crate) fn unplaced(&self, section: Section) -> Html {
        self.notes(|mark| mark.section == section)
    }

    /// Notes for the problems at or below a path that no field has shown.
    pub(crate) fn unplaced_under(&self, path: &Path) -> Html {
        self.notes(|mark| mark.path.starts_with(path))
    }

    fn notes(&self, wanted: impl Fn(&Mark) -> bool) -> Html {
        if self.session.is_waiting() {
            return Html::default();
        }
        let reading = &self.session.readable;
        let shown = self.shown.borrow().clone();
        let notes: Vec<Html> = reading
            .groups()
            .iter()
            .filter_map(|group| {
                let first = group
                    .marks
                    .iter()
                    .find(|i| reading.marks.get(**i).is_some_and(&wanted))?;
                let new = !group.marks.iter().any(|i| shown.contains(i));
                new.then(|| super::problem_note(self, *first))
            })
            .collect();
        if notes.is_empty() {
            Html::default()
        } else {
            html! { <div class="stack">{ for notes }</div> }
        }
    }

    /// What shows the lines of a value in the file.
    pub(crate) fn show(&self, path: &Path) -> Callback<()> {
        self.store.then(Action::Show(path.clone()))
    }

    /// What puts the caret on a value in the file.
    pub(crate) fn go_to(&self, path: &Path) -> Callback<()> {
        let span = self.session.reading.span(path);
        self.store.then(Action::Jump(span))
    }

    /// What sets the value at a path, key by key.
    pub(crate) fn set<T: 'static>(
        &self,
        path: &Path,
        label: &str,
        value: impl Fn(T) -> Option<Value> + 'static,
    ) -> Callback<T> {
        let (path, label) = (path.clone(), label.to_lowercase());
        self.store.on(move |given: T| {
            let edit = match value(given) {
                Some(value) => Edit::Set {
                    path: path.clone(),
                    value,
                },
                None => Edit::Remove { path: path.clone() },
            };
            Action::Edit {
                edits: vec![edit],
                label: format!("change {label}"),
                field: Some(path.to_string()),
            }
        })
    }

    /// What sets the text at a path; an empty text removes an optional entry.
    pub(crate) fn set_text(&self, path: &Path, label: &str, required: bool) -> Callback<String> {
        self.set(path, label, move |text: String| {
            (required || !text.is_empty()).then(|| text.into())
        })
    }

    /// A text field of the value at a path; its id is the path.
    pub(crate) fn text(&self, text: Text<'_>) -> Html {
        let Text {
            path,
            label,
            value,
            hint,
            class,
            required,
            mono,
            shows_path,
        } = text;
        let id = path.to_string();
        html! {
            <TextField id={id.clone()} label={label.to_owned()} path={shows_path.then(|| short(&id))} value={value.to_owned()}
                {hint} troubles={self.troubles(path)} {class} {mono} on_change={self.set_text(path, label, required)}
                on_focus={self.show(path)} />
        }
    }

    /// A select of the value at a path; its id is the path.
    pub(crate) fn choice(
        &self,
        path: &Path,
        label: &str,
        class: &'static str,
        choices: &[Choice],
        chosen: &str,
        hint: Html,
    ) -> Html {
        let id = path.to_string();
        let on = self
            .set_text(path, label, true)
            .reform(|value: AttrValue| value.to_string());
        html! {
            <div {class}>
                { field::label(&id, label, None) }
                { select(&id, Some(field::description(&id)), choices, chosen, &on) }
                { field::below(&id, hint, &self.troubles(path)) }
            </div>
        }
    }
}

/// A text field, in words.
pub(crate) struct Text<'a> {
    /// Where its value stands.
    pub path: &'a Path,
    /// Its label.
    pub label: &'a str,
    /// Its value.
    pub value: &'a str,
    /// What stands under it.
    pub hint: Html,
    /// Its class in the grid.
    pub class: &'static str,
    /// Whether an empty text stays in the file.
    pub required: bool,
    /// Whether its text is code.
    pub mono: bool,
    /// Whether the path stands at its label.
    pub shows_path: bool,
}

impl<'a> Text<'a> {
    /// A field across the whole form.
    pub(crate) fn new(path: &'a Path, label: &'a str, value: &'a str) -> Self {
        let hint = Html::default();
        Self {
            path,
            label,
            value,
            hint,
            class: "field c6",
            required: true,
            mono: false,
            shows_path: true,
        }
    }
}

/// The end of a path, for the right of a label.
fn short(path: &str) -> AttrValue {
    AttrValue::from(path.to_owned())
}
