//! What may follow the file a moment later: while somebody types into it, only the file itself is drawn with each key.
//!
//! Its problems are looked for, and everything else is drawn, when the keys pause, or at once when anything but a key in the
//! file happens, so that what is clicked is never of an older text.

use crate::state::{Action, Session, Store};
use gloo::{
    events::{EventListener, EventListenerOptions},
    timers::callback::Timeout,
};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Keys pause when none has come for so long.
const PAUSE_MS: u32 = 120;
/// The page's value as it was when the keys paused last.
#[hook]
pub(crate) fn use_calm(store: &Store) -> Store {
    let shown = use_mut_ref(|| store.clone());
    if !store.typing {
        shown.replace(store.clone());
    }
    let pause = store.then(Action::Pause);
    use_effect_with(store.clone(), move |store| {
        let waits = store.typing.then(|| {
            let elsewhere = listen(&pause);
            (elsewhere, Timeout::new(PAUSE_MS, move || pause.emit(())))
        });
        move || drop(waits)
    });
    shown.borrow().clone()
}

/// Whatever people do but type ends the wait, before it is answered.
fn listen(pause: &Callback<()>) -> Vec<EventListener> {
    let window = gloo::utils::window();
    let on = |name: &'static str, ends: fn(&Event) -> bool| {
        let pause = pause.clone();
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, name, options, move |event| {
            if ends(event) {
                pause.emit(());
            }
        })
    };
    vec![
        on("pointerdown", |_| true),
        on("focusin", |_| true),
        on("keydown", |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            key.ctrl_key()
                || key.meta_key()
                || key.alt_key()
                || (key.key().len() > 1 && key.key().starts_with('F'))
        }),
    ]
}

/// Draws a part of the editor.
#[derive(Clone, Copy)]
pub(crate) struct Draw(pub fn(&Store, &Session) -> Html);

impl PartialEq for Draw {
    fn eq(&self, _: &Self) -> bool {
        // What draws a part is the same as long as the part is there.
        true
    }
}

/// What a [`Part`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
    /// How the part is drawn.
    pub draw: Draw,
}

/// A part of the editor, drawn anew only when what it shows is another.
#[component]
pub(crate) fn Part(props: &Props) -> Html {
    let session = props.store.session.as_ref();
    session
        .map(|session| (props.draw.0)(&props.store, session))
        .unwrap_or_default()
}
