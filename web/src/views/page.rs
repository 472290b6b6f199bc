//! The page: one screen, and what lies over it.

use super::{alert, ask, editor, find, help, keys, opening, saving, share, start, topbar};
use crate::{
    browser::{clock, page, store},
    components::{Button, button},
    state::{
        Action, App, Store,
        app::{Kept, Screen, Toast},
        store::use_store,
    },
};
use gloo::timers::callback::Timeout;
use lb_model::rules::Facts;
use yew::prelude::*;

/// How long after the last change the work is kept.
const KEEP_MS: u32 = 400;
/// How long a toast stays.
const TOAST_MS: u32 = 8_000;
/// At most one sentence is spoken within this time.
const SAY_MS: u32 = 800;

/// The whole page.
#[component]
pub(crate) fn Page() -> Html {
    let store = use_store(|| App::new(Facts::on(clock::today()), store::works(), page::is_dark()));
    use_keeping(&store);
    use_title(&store);
    keys::use_shortcuts(&store);
    opening::use_arrivals(&store);
    saving::use_served(&store);
    let theme = store.dark;
    use_effect_with(theme, |dark| {
        if *dark != page::is_dark() {
            page::set_dark(*dark);
        }
    });
    html! {
        <>
            { opening::chooser(&store) }
            if store.screen == Screen::Editor && store.session.is_some() {
                <editor::Editor store={store.clone()} />
            } else {
                <div class="page">
                    { topbar::plain(&store) }
                    <main class="start">{ start::start(&store) }</main>
                </div>
            }
            if store.screen == Screen::Editor {
                { alert::floating(&store) }
            }
            if let Some(conflict) = &store.conflict {
                { saving::conflict(&store, conflict) }
            }
            if let Some(question) = &store.question {
                { ask::question(&store, question) }
            }
            if let Some(edition) = store.new {
                <ask::NewFile store={store.clone()} {edition} />
            }
            if store.help {
                { help::card(&store) }
            }
            if let Some(code) = store.explained {
                { help::explained(&store, code) }
            }
            if let Some(session) = store.session.as_ref().filter(|_| store.sharing) {
                { share::dialog(&store, session) }
            }
            if store.finding {
                <find::Palette store={store.clone()} />
            }
            if let Some(toast) = store.toast.clone() {
                <ToastBar key={toast.serial} toast={toast.clone()} store={store.clone()} />
            }
            <Speaker said={store.said.clone()} />
        </>
    }
}

/// Keeps the work in the browser's storage, shortly after each change.
#[hook]
fn use_keeping(store: &Store) {
    let session = store.session.as_ref();
    let change = session.map(|s| {
        let state = (s.revision, s.reading.checked, s.downloaded);
        (s.id.clone(), s.name.clone(), state)
    });
    let store = store.clone();
    use_effect_with(change, move |_| {
        let timer = store
            .session
            .clone()
            .filter(|_| store.kept != Kept::Nothing)
            .map(|session| {
                Timeout::new(KEEP_MS, move || {
                    let counts = session.reading.counts();
                    let work = store::Work {
                        changes: session.changes(),
                        id: session.id.clone(),
                        name: session.name.clone(),
                        origin: session.origin.clone(),
                        at_ms: clock::now_ms(),
                        errors: counts.errors,
                        warnings: counts.warnings,
                    };
                    store.dispatch(Action::Kept(store::keep(
                        &work,
                        session.text(),
                        session.disk.as_ref().map(|disk| &disk.base),
                    )));
                })
            });
        move || drop(timer)
    });
}

/// The browser's title is the name of the file.
#[hook]
fn use_title(store: &Store) {
    let name = store
        .session
        .as_ref()
        .filter(|_| store.screen == Screen::Editor)
        .map(|s| s.name.clone());
    use_effect_with(name, |name| match name {
        Some(name) => page::set_title(&format!("{name} · Cluster configurator")),
        None => page::set_title("Cluster configurator"),
    });
}

#[derive(Properties, PartialEq)]
struct ToastProps {
    toast: Toast,
    store: Store,
}

/// What was removed, for 8 seconds; it waits while the pointer or the focus is on it.
#[component]
fn ToastBar(props: &ToastProps) -> Html {
    let held = use_state_eq(|| false);
    let close = props.store.then(Action::CloseToast);
    use_effect_with(*held, {
        let close = close.clone();
        move |held| {
            let timer = (!held).then(|| Timeout::new(TOAST_MS, move || close.emit(())));
            move || drop(timer)
        }
    });
    let hold = |on: bool| {
        let held = held.clone();
        move || held.set(on)
    };
    let (on, off) = (hold(true), hold(false));
    let (on_focus, off_focus) = (hold(true), hold(false));
    let undo = {
        let store = props.store.clone();
        Callback::from(move |()| {
            store.dispatch(Action::Undo);
            store.dispatch(Action::CloseToast);
        })
    };
    html! {
        <div class="toast" role="status" onpointerenter={move |_| on()} onpointerleave={move |_| off()}
            onfocusin={move |_| on_focus()} onfocusout={move |_| off_focus()}>
            <span>{ &props.toast.text }</span>
            if props.toast.undo {
                { button(Button::words("Undo", "btn-small"), undo) }
            } else {
                { button(Button::words("Close", "btn-small"), close) }
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SpeakerProps {
    said: (String, usize),
}

/// The one polite region: the newest sentence, at most one within 800 ms.
#[component]
fn Speaker(props: &SpeakerProps) -> Html {
    let now = use_state_eq(|| (String::new(), 0));
    use_effect_with(props.said.clone(), {
        let now = now.clone();
        move |said: &(String, usize)| {
            let said = said.clone();
            let timer = Timeout::new(SAY_MS, move || now.set(said));
            move || drop(timer)
        }
    });
    // Saying the same again has to be a new text for a screen reader.
    let end = if now.1 % 2 == 0 { "" } else { "\u{a0}" };
    html! { <div class="sr" role="status" aria-live="polite">{ &now.0 }{ end }</div> }
}
