//! Menus behind a button, in the browser's top layer: a pane with container queries would otherwise be the
//! origin of their position. On phones they are sheets.

use super::icon::{Icon, icon};
use crate::browser::place;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// One line of a menu.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// What it does.
    pub label: AttrValue,
    /// Why it cannot be chosen now.
    pub disabled: Option<AttrValue>,
    /// Called when it is chosen.
    pub on_choose: Callback<()>,
}

impl Item {
    /// A line that can be chosen.
    pub(crate) fn new(label: impl Into<AttrValue>, on_choose: Callback<()>) -> Self {
        Self {
            label: label.into(),
            disabled: None,
            on_choose,
        }
    }

    /// The same, with a reason not to, if there is one.
    pub(crate) fn unless(self, disabled: Option<&'static str>) -> Self {
        Self {
            disabled: disabled.map(Into::into),
            ..self
        }
    }
}

/// What a [`Menu`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The id of its list; the button's is the same with `-b`.
    pub id: AttrValue,
    /// The name of its button.
    pub label: AttrValue,
    /// Its lines.
    pub items: Vec<Item>,
}

/// A button with three dots and its menu.
#[component]
pub(crate) fn Menu(props: &Props) -> Html {
    let (button, list) = (use_node_ref(), use_node_ref());
    let open = use_state_eq(|| false);
    let ontoggle = {
        let (button, list, open) = (button.clone(), list.clone(), open.clone());
        Callback::from(move |_: Event| {
            let (Some(button), Some(list)) = (button.cast::<HtmlElement>(), list.cast::<HtmlElement>())
            else {
                return;
            };
            let shown = list.matches(":popover-open").unwrap_or(false);
            if shown {
                put(&button, &list);
                focus(&list, 0);
            }
            open.set(shown);
        })
    };
    let onkeydown = {
        let list = list.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(list) = list.cast::<HtmlElement>() {
                walk(&list, &event);
            }
        })
    };
    let items = props.items.iter().map(|item| line(item, &button, &list));
    html! {
        <>
            <button ref={button.clone()} type="button" class="btn btn-quiet btn-small btn-icon" id={format!("{}-b", props.id)}
                aria-label={props.label.clone()} title={props.label.clone()} aria-haspopup="menu"
                aria-expanded={if *open { "true" } else { "false" }} popovertarget={props.id.clone()}>
                { icon(Icon::More) }
            </button>
            <div ref={list.clone()} id={props.id.clone()} class="menu" popover="auto" role="menu"
                aria-label={props.label.clone()} {ontoggle} {onkeydown}>
                { for items }
            </div>
        </>
    }
}

fn line(item: &Item, button: &NodeRef, list: &NodeRef) -> Html {
    let off = item.disabled.is_some();
    let onclick = {
        let (item, button, list) = (item.clone(), button.clone(), list.clone());
        Callback::from(move |_: MouseEvent| {
            if item.disabled.is_some() {
                return;
            }
            if let Some(list) = list.cast::<HtmlElement>() {
                let _ = list.hide_popover();
            }
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
            item.on_choose.emit(());
        })
    };
    html! {
        <button type="button" role="menuitem" tabindex="-1" aria-disabled={off.then_some("true")}
            title={item.disabled.clone()} {onclick}>
            { &item.label }
        </button>
    }
}

/// Puts the list under the button, or above it where there is no room, inside the window.
fn put(button: &HtmlElement, list: &HtmlElement) {
    let (at, size) = (button.get_bounding_client_rect(), list.get_bounding_client_rect());
    let below = at.bottom() + 4.0;
    let top = if below + size.height() > place::window_height() {
        at.top() - size.height() - 4.0
    } else {
        below
    };
    let left = (at.right() - size.width()).clamp(8.0, (place::window_width() - size.width() - 8.0).max(8.0));
    place::set_px(list, "--left", left);
    place::set_px(list, "--top", top.max(8.0));
}

/// Moves the focus by arrows, Home and End.
fn walk(list: &HtmlElement, event: &KeyboardEvent) {
    let count = list.child_element_count() as usize;
    let now = (0..count).find(|i| child(list, *i).map(Into::into) == crate::browser::page::focused());
    let next = match (event.key().as_str(), now) {
        ("ArrowDown", Some(i)) => (i + 1) % count.max(1),
        ("ArrowUp", Some(i)) => (i + count - 1) % count.max(1),
        ("Home", _) => 0,
        ("End", _) => count.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    focus(list, next);
}

fn child(list: &HtmlElement, index: usize) -> Option<HtmlElement> {
    list.children().item(u32::try_from(index).ok()?)?.dyn_into().ok()
}

fn focus(list: &HtmlElement, index: usize) {
    if let Some(child) = child(list, index) {
        let _ = child.focus();
    }
}
