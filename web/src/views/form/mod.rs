//! The form: the same document as the file, in fields.

mod access;
mod amounts;
mod capacity;
mod comparison;
mod derived;
mod environment;
mod fields;
mod images;
mod parts;
mod permissions;
mod picker;
mod policy;
mod pool;
mod pools;
mod version;

use super::problems;
use crate::{
    browser::{page, place},
    components::note,
    state::{Action, Store, section::Section, ui::PoolId},
};
use gloo::timers::callback::Timeout;
use lb_model::path::Path;
use parts::Parts;
use web_sys::HtmlElement;
use yew::prelude::*;

/// The caret rests when it has not moved for so long.
const REST_MS: u32 = 400;

/// What the form is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
}

/// The form of the page's session.
#[component]
pub(crate) fn Form(props: &Props) -> Html {
    let store = &props.store;
    let node = use_node_ref();
    let opened = store
        .session
        .as_ref()
        .map(|session| (session.ui.pool, session.ui.fields.clone()));
    use_top(&node, opened.unwrap_or_default());
    use_place_of_caret(store);
    let onscroll = {
        let (store, node) = (store.clone(), node.clone());
        Callback::from(move |_: Event| {
            if let Some(section) = node.cast::<HtmlElement>().and_then(|form| in_view(&form)) {
                let now = store.session.as_ref().and_then(|session| session.ui.section);
                if now != Some(section) {
                    store.dispatch(Action::InView(section));
                }
            }
        })
    };
    let Some(session) = &store.session else {
        return Html::default();
    };
    let parts = Parts::new(store, session);
    let waits = session.is_waiting();
    html! {
        <section class="form" id="form" ref={node} aria-label="Form" tabindex="-1" {onscroll}>
            <div class="form-in">
                if waits {
                    { problems::waiting(store, session) }
                }
                <fieldset class="form-fields" disabled={waits}>
                    if let Some(path) = &session.ui.fields {
                        { fields::page(&parts, path) }
                    } else if let Some(pool) = parts.open_pool() {
                        { pool::page(&parts, &pool) }
                    } else {
                        { section(&parts, Section::Environment, environment::section(&parts)) }
                        { section(&parts, Section::Version, version::section(&parts)) }
                        { section(&parts, Section::Pools, pools::section(&parts)) }
                        { section(&parts, Section::Permissions, permissions::section(&parts)) }
                        { section(&parts, Section::Access, access::section(&parts)) }
                        { for [Section::Network, Section::AddOns, Section::Logging, Section::Encryption].map(|part| {
                            section(&parts, part, fields::section(&parts, part))
                        }) }
                        { section(&parts, Section::Fields, fields::all(&parts)) }
                    }
                </fieldset>
            </div>
        </section>
    }
}

/// A part of the form: its title, what it is about, its fields.
fn section(parts: &Parts<'_>, section: Section, fields: Html) -> Html {
    let heading = format!("h-{}", section.id());
    let rest = parts.unplaced(section);
    html! {
        <section class="sec" id={section.id()} aria-labelledby={heading.clone()}>
            <div class="sec-head"><h2 id={heading}>{ section.title() }</h2><p>{ section.about() }</p></div>
            { fields }
            { rest }
        </section>
    }
}

/// The pool and the value whose pages are open.
type Opened = (Option<PoolId>, Option<Path>);

/// Begins at the top when a page is opened, and goes back to the part that it belongs to when it is left.
#[hook]
fn use_top(node: &NodeRef, opened: Opened) {
    let node = node.clone();
    let before = use_mut_ref(Opened::default);
    use_effect_with(opened, move |opened| {
        let was = before.replace(opened.clone());
        let Some(form) = node.cast::<HtmlElement>().filter(|_| was != *opened) else {
            return;
        };
        match (opened, was) {
            ((None, None), (Some(_), _)) => place::reveal("form", Section::Pools.id(), true),
            ((None, None), (_, Some(path))) => place::reveal("form", Section::of(&path).id(), true),
            _ => place::scroll_to(&form, 0.0, false),
        }
    });
}

/// Marks the part and the field of the value at the file's caret, once it rests; the focus stays in the file.
#[hook]
fn use_place_of_caret(store: &Store) {
    let caret = store
        .session
        .as_ref()
        .filter(|session| session.ui.typed)
        .map(|session| session.ui.caret);
    let store = store.clone();
    use_effect_with(caret, move |caret| {
        let timer = caret.map(|caret| Timeout::new(REST_MS, move || follow(&store, caret)));
        move || drop(timer)
    });
}

fn follow(store: &Store, caret: usize) {
    let Some(session) = store
        .session
        .as_ref()
        .filter(|session| session.reading.is_readable())
    else {
        return;
    };
    let reading = &session.reading;
    let mut path = reading.document.path_at(reading.view.to_document(caret));
    let section = Section::of(&path);
    if session.ui.section != Some(section) && Section::FORM.contains(&section) {
        store.dispatch(Action::InView(section));
    }
    // The field of the value itself, else of what holds it.
    loop {
        if place::mark_field("form", &path.to_string()) {
            return;
        }
        match path.split_last() {
            Some((parent, _)) if !parent.segments().is_empty() => path = parent,
            _ => break,
        }
    }
    place::reveal("form", section.id(), false);
}

/// Shows a field of the form and gives it the focus: where the form has it, else on the page of what holds it.
pub(crate) fn go(store: &Store, path: &Path) {
    store.dispatch(Action::Pool(PoolId::around(path)));
    let (store, path) = (store.clone(), path.clone());
    page::after_render(move || {
        let id = path.to_string();
        if page::is_in("form", &id) {
            place::reveal("form", &id, false);
            page::focus(&id);
        } else {
            fields::go(&store, &path);
        }
    });
}

/// Shows a part of the form.
pub(crate) fn go_to_part(store: &Store, section: Section) {
    store.dispatch(Action::Pool(None));
    store.dispatch(Action::InView(section));
    page::after_render(move || place::reveal("form", section.id(), true));
}

/// The last part whose beginning is above the upper third.
fn in_view(form: &HtmlElement) -> Option<Section> {
    let third = f64::from(form.client_height()) / 3.0;
    let top = form.get_bounding_client_rect().top();
    let begun = |section: &Section| {
        page::element(section.id()).is_some_and(|part| part.get_bounding_client_rect().top() - top < third)
    };
    Section::FORM.into_iter().rev().find(begun)
}

/// A note for problems that no single field has.
pub(super) fn problem_note(parts: &Parts<'_>, index: usize) -> Html {
    let Some(mark) = parts.session.readable.marks.get(index) else {
        return Html::default();
    };
    note::note(
        mark.severity(),
        parts.words_of(mark),
        Some(parts.fix_or_show(index, mark)),
    )
}
