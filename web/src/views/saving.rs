//! Saving to the file that `lb edit` serves, and what can come in between.

use super::{keys, popover::lines_changed};
use crate::{
    browser::{
        clock, file,
        served::{self, Answer, Found},
    },
    components::{Button, Icon, button, dialog::Dialog, spoken, words},
    state::{
        Action, Session, Store,
        disk::{Base, Conflict, Disk},
        files::{self, Alert, Offer},
        text::View,
    },
};
use gloo::timers::callback::Interval;
use yew::{platform::spawn_local, prelude::*};

/// How often the page looks whether `lb edit` still runs and the file is as it was.
const LOOK_MS: u32 = 3_000;
/// Lines of a change that a conflict shows.
const LINES: usize = 24;

/// Opens the config that `lb edit` was started on, and looks after it.
#[hook]
pub(crate) fn use_served(store: &Store) {
    let latest = use_mut_ref(|| store.clone());
    *latest.borrow_mut() = store.clone();
    use_effect_with((), move |()| {
        let timer = served::token().map(|token| {
            spawn_local(open(latest.borrow().clone(), token));
            Interval::new(LOOK_MS, move || spawn_local(look(latest.borrow().clone())))
        });
        move || drop(timer)
    });
}

async fn open(store: Store, token: String) {
    let action = match served::look(&token, "").await {
        Answer::Other(found) => match text_of(found) {
            Ok((name, base)) => Action::Served { name, token, base },
            Err(alert) => Action::Alert(alert),
        },
        Answer::Same(_) => return,
        Answer::Refused(why) => Action::Alert(Alert {
            title: "The file cannot be opened.".to_owned(),
            text: format!("`lb edit` says: {why}."),
            offer: None,
        }),
        Answer::Gone => Action::Alert(Alert {
            title: "lb edit has ended.".to_owned(),
            text: "Start `lb edit FILE` again and open the address that it prints.".to_owned(),
            offer: None,
        }),
    };
    store.dispatch(action);
}

fn text_of(found: Found) -> Result<(String, Base), Alert> {
    let Found {
        name,
        version,
        written_at,
        bytes,
    } = found;
    let size = bytes.len() as f64;
    let bytes = Ok(bytes);
    let (name, text) = files::read(file::Incoming { name, size, bytes })?;
    let base = Base {
        text,
        version,
        written_at,
    };
    Ok((name, base))
}

/// Looks whether `lb edit` still runs, and takes what something else wrote, if nothing was changed here.
async fn look(store: Store) {
    let Some((disk, _)) = saved_to(&store).filter(|(disk, _)| !disk.saving) else {
        return;
    };
    let answer = served::look(&disk.token, &disk.base.version).await;
    let gone = answer == Answer::Gone;
    if gone != disk.gone {
        store.dispatch(Action::ServerGone(gone));
    }
    if let Answer::Other(found) = answer
        && let Ok((_, base)) = text_of(found)
    {
        store.dispatch(Action::Changed(base));
    }
}

fn saved_to(store: &Store) -> Option<(Disk, &Session)> {
    let session = store.session.as_ref()?;
    Some((session.disk.clone()?, session))
}

/// Saves the work to its file; without one, gives it to the user as a download.
pub(crate) fn save(store: &Store) {
    match saved_to(store) {
        Some((disk, session)) => {
            let made = session.history.made();
            put(
                store,
                &disk.token,
                disk.base.version,
                session.text().to_owned(),
                made,
            );
        }
        None => keys::download(store),
    }
}

/// Writes a text over this version of the file.
fn put(store: &Store, token: &str, version: String, text: String, made: usize) {
    store.dispatch(Action::Saving);
    let (store, token) = (store.clone(), token.to_owned());
    spawn_local(async move {
        let action = match served::save(&token, &version, &text).await {
            Answer::Same(version) => Action::Saved {
                base: Base {
                    text,
                    version,
                    written_at: Some(clock::now_ms()),
                },
                made,
            },
            Answer::Other(found) => match text_of(found) {
                Ok((_, theirs)) => Action::Conflict(theirs),
                Err(alert) => Action::NotSaved(Some(alert)),
            },
            Answer::Refused(why) => Action::NotSaved(Some(not_saved(&why))),
            Answer::Gone => {
                store.dispatch(Action::ServerGone(true));
                Action::NotSaved(None)
            }
        };
        store.dispatch(action);
    });
}

fn not_saved(why: &str) -> Alert {
    Alert {
        title: "The file was not saved.".to_owned(),
        text: format!("{}. Download it, or save again.", words::sentence(why)),
        offer: Some(Offer::Download),
    }
}

/// What the bar says of the file on disk.
pub(crate) fn state(session: &Session, disk: &Disk) -> String {
    match (session.changes(), disk.saved_at) {
        _ if disk.saving => "Saving".to_owned(),
        (0, Some(at)) => {
            format!("Saved to disk, {}", clock::time(at))
        }
        (0, None) => "As on disk".to_owned(),
        (n, _) => format!("{} not saved", words::count(n, "change")),
    }
}

/// What is said while there is nobody to save to.
pub(crate) fn gone(store: &Store) -> Html {
    let Some((_, session)) = saved_to(store).filter(|(disk, _)| disk.gone) else {
        return Html::default();
    };
    let next = match session.changes() {
        0 => "everything is saved; start it again to go on".to_owned(),
        n => format!("download to keep {}", words::count(n, "change")),
    };
    let download = {
        let store = store.clone();
        Callback::from(move |()| keys::download(&store))
    };
    html! {
        <div class="banner" role="alert">
            { spoken(Icon::Warning, "t-warn", "Warning") }
            <span class="grow"><b>{ "lb edit has ended; " }</b>{ next }</span>
            { button(Button::words("Download", "btn-small"), download) }
        </div>
    }
}

/// The file was changed by something else since it was opened or saved here.
pub(crate) fn conflict(store: &Store, conflict: &Conflict) -> Html {
    let Some((disk, session)) = saved_to(store) else {
        return Html::default();
    };
    let close = store.then(Action::CloseConflict);
    let before = View::new(&disk.base.text);
    let same_part = conflict.merged.is_none();
    let together = match (&conflict.merged, conflict.errors) {
        (None, _) => "Both change the same lines, so one of them has to give way.".to_owned(),
        (Some(_), 0) => "They change different lines; together they have no errors.".to_owned(),
        (Some(_), n) => format!(
            "They change different lines; together they have {}.",
            words::count(n, "error")
        ),
    };
    html! {
        <Dialog title={format!("{} was changed on disk", session.name)} wide=true on_close={close}
            footer={Some(choices(store, &disk, session, conflict))}>
            <p class="soft">{ "Something else wrote the file since you opened or saved it here. Nothing is overwritten until you choose. " }{ together }</p>
            <div class="two">
                <div class="stack"><h3>{ "On disk" }{ when(conflict.theirs.written_at, "written") }</h3>{ lines_changed(&before, &conflict.theirs.text, LINES, "Changed on disk") }</div>
                <div class="stack"><h3>{ "Yours" }{ when(session.history.last_at(), "last changed") }</h3>{ lines_changed(&before, session.text(), LINES, "Changed here") }</div>
            </div>
            if same_part {
                <p class="hint">{ "A copy keeps yours beside the file; what is on disk is shown then, and undo brings yours back." }</p>
            }
        </Dialog>
    }
}

/// When a side changed, beside its title.
fn when(at: Option<f64>, verb: &str) -> Html {
    let words = at.map(|at| format!("{verb} at {}", clock::moment(at)));
    html! { if let Some(words) = words { { " " }<span class="muted when">{ words }</span> } }
}

fn choices(store: &Store, disk: &Disk, session: &Session, conflict: &Conflict) -> Html {
    let theirs = &conflict.theirs;
    let made = session.history.made();
    let go_on = |text: String, label: &'static str| Action::Decide {
        theirs: theirs.clone(),
        text,
        label,
    };
    let write = |text: &str, label: &'static str, made: usize| {
        let (store, token, version) = (store.clone(), disk.token.clone(), theirs.version.clone());
        let (decide, text) = (go_on(text.to_owned(), label), text.to_owned());
        Callback::from(move |()| {
            store.dispatch(decide.clone());
            put(&store, &token, version.clone(), text.clone(), made);
        })
    };
    let take = store.then(go_on(theirs.text.clone(), "take the one on disk"));
    let merged = conflict.merged.as_ref().map(|text| {
        button(
            Button::words("Keep both and save", "btn-primary"),
            // Putting them together is one more step.
            write(text, "keep both", made + 1),
        )
    });
    html! {
        <>
            { merged }
            { button(Button::words("Save mine as a copy", ""), copy(store, disk, session, theirs)) }
            <span class="grow hide-s"></span>
            { button(Button::words("Take the one on disk", "btn-quiet"), take) }
            { button(Button::words("Overwrite it", "btn-quiet btn-loses"), write(session.text(), "keep mine", made)) }
        </>
    }
}

/// Writes mine beside the file, and goes on with the one on disk.
fn copy(store: &Store, disk: &Disk, session: &Session, theirs: &Base) -> Callback<()> {
    let (store, token, text) = (store.clone(), disk.token.clone(), session.text().to_owned());
    let decide = Action::Decide {
        theirs: theirs.clone(),
        text: theirs.text.clone(),
        label: "take the one on disk",
    };
    Callback::from(move |()| {
        let (store, token, text, decide) = (store.clone(), token.clone(), text.clone(), decide.clone());
        spawn_local(async move {
            match served::copy(&token, &text).await {
                Ok(name) => {
                    store.dispatch(decide);
                    store.dispatch(Action::Notice(format!("Yours is saved as {name}")));
                }
                Err(why) => {
                    store.dispatch(Action::CloseConflict);
                    store.dispatch(Action::Alert(not_saved(&why)));
                }
            }
        });
    })
}
