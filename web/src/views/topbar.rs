//! The bar at the top.

use super::{keys, saving};
use crate::{
    browser::{clock, page, store::Refused},
    components::{Button, Icon, button, icon},
    state::{Action, Session, Store, app::Kept},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The mark: the way to the start screen.
fn mark(store: &Store) -> Html {
    let onclick = store.on(|event: MouseEvent| {
        event.prevent_default();
        Action::Start
    });
    html! { <a class="mark" href="#" aria-label="lb, start screen" {onclick}>{ "lb" }</a> }
}

fn theme(store: &Store, class: &'static str) -> Html {
    let dark = store.dark;
    let onclick = store.on(move |_: MouseEvent| Action::Dark(!dark));
    html! {
        <button type="button" class={classes!("btn", "btn-quiet", "btn-icon", class)} aria-label="Dark theme"
            title="Dark theme" aria-pressed={dark.to_string()} {onclick}>{ icon(Icon::Theme) }</button>
    }
}

fn help(store: &Store) -> Html {
    button(
        Button::alone(Icon::Help, "Keyboard shortcuts", "hide-s"),
        store.then(Action::Help(true)),
    )
}

/// The way into the palette.
fn find(store: &Store) -> Html {
    let onclick = store.on(|_: MouseEvent| Action::Find(true));
    let keys = if page::is_mac() { "Cmd K" } else { "Ctrl K" };
    html! {
        <button type="button" class="find" aria-label="Find a field or an action" aria-haspopup="dialog" title="Find a field or an action" {onclick}>
            { icon(Icon::Search) }<span>{ "Find a field or an action" }</span><kbd aria-hidden="true">{ keys }</kbd>
        </button>
    }
}

/// The bar of the start screen.
pub(crate) fn plain(store: &Store) -> Html {
    let back = store.session.as_ref().map(|session| {
        button(
            Button::words(format!("Back to {}", session.name), "btn-quiet back"),
            store.then(Action::Continue),
        )
    });
    html! {
        <header class="top">
            { mark(store) }
            <div class="doc"><span class="strong nowrap">{ "Cluster configurator" }</span></div>
            <span class="grow"></span>
            { back }
            { help(store) }
            { theme(store, "") }
        </header>
    }
}

/// The bar of the editor.
pub(crate) fn editor(store: &Store, session: &Session) -> Html {
    let step = |drawing, verb: &str, label: Option<&str>, action: Action| {
        let words = label.map_or(verb.to_owned(), |label| format!("{verb}: {label}"));
        let mut step = Button::alone(drawing, words, "");
        step.disabled = label
            .is_none()
            .then(|| format!("nothing to {}", verb.to_lowercase()).into());
        button(step, store.then(action))
    };
    let copy = {
        let store = store.clone();
        Callback::from(move |()| keys::copy(&store))
    };
    let download = {
        let store = store.clone();
        Callback::from(move |()| keys::download(&store))
    };
    let save = {
        let store = store.clone();
        Callback::from(move |()| saving::save(&store))
    };
    html! {
        <header class="top">
            { mark(store) }
            <div class="doc">
                <Name name={session.name.clone()} on_rename={store.on(Action::Rename)} />
                { state(store, session) }
            </div>
            <span class="sep hide-s"></span>
            { step(Icon::Undo, "Undo", session.history.undo_label(), Action::Undo) }
            { step(Icon::Redo, "Redo", session.history.redo_label(), Action::Redo) }
            <span class="grow hide-s"></span>
            { find(store) }
            <span class="sep hide-s"></span>
            { help(store) }
            { theme(store, "hide-s") }
            { button(Button::alone(Icon::Share, "Share a link", "hide-s"), store.then(Action::Share(true))) }
            { button(Button { label: "Copy the file".into(), ..Button::alone(Icon::Copy, "", "hide-s") }, copy) }
            if session.disk.is_some() {
                { button(Button::alone(Icon::Download, "Download", "hide-s"), download) }
                { button(Button::words("Save", "btn-primary"), save) }
            } else {
                { button(Button::with(Icon::Download, "Download", "btn-primary hide-s"), download) }
            }
        </header>
    }
}

/// Whether the work is kept, in words.
fn state(store: &Store, session: &Session) -> Html {
    if let Some(disk) = &session.disk {
        return html! { <span class="state is-disk">{ saving::state(session, disk) }</span> };
    }
    let text = match store.kept {
        Kept::Nothing => return Html::default(),
        Kept::Soon => "Saving".to_owned(),
        Kept::At(at) => {
            format!("Saved in this browser, {}", clock::time(at))
        }
        Kept::Not(Refused::Forbidden) => "Not kept: this browser forbids storage".to_owned(),
        Kept::Not(Refused::Full) => "Not kept: this browser has no room left".to_owned(),
    };
    html! { <span class="state">{ text }</span> }
}

#[derive(Properties, PartialEq)]
struct NameProps {
    name: String,
    on_rename: Callback<String>,
}

/// The name of the download; a double click or F2 edits it.
#[component]
fn Name(props: &NameProps) -> Html {
    let editing = use_state_eq(|| false);
    use_effect_with(*editing, |editing| {
        if let Some(input) = editing.then(|| page::element("file-name")).flatten() {
            let input: HtmlInputElement = input.unchecked_into();
            let _ = input.focus();
            let end = input
                .value()
                .rfind('.')
                .and_then(|end| u32::try_from(end).ok())
                .unwrap_or(u32::MAX);
            let _ = input.set_selection_range(0, end);
        }
    });
    let set = |on: bool| {
        let editing = editing.clone();
        move || editing.set(on)
    };
    if !*editing {
        let (by_mouse, by_key) = (set(true), set(true));
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "F2" | "Enter") {
                event.prevent_default();
                by_key();
            }
        });
        return html! {
            <h1 tabindex="0" title="Double click or F2 renames the download" ondblclick={move |_| by_mouse()} {onkeydown}>
                { &props.name }
            </h1>
        };
    }
    let (done, off) = (set(false), set(false));
    let on_rename = props.on_rename.clone();
    let onblur = Callback::from(move |event: FocusEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if !input.value().trim().is_empty() {
            on_rename.emit(input.value());
        }
        done();
    });
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => drop(event.target_unchecked_into::<HtmlInputElement>().blur()),
        "Escape" => off(),
        _ => {}
    });
    html! {
        <input class="in" id="file-name" value={props.name.clone()} aria-label="Name of the download" autocomplete="off"
            {onblur} {onkeydown} />
    }
}
