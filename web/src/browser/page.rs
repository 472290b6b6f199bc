//! The document around the program: theme, title, media, focus.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// The element of this id.
pub(crate) fn element(id: &str) -> Option<HtmlElement> {
    gloo::utils::document().get_element_by_id(id)?.dyn_into().ok()
}

/// Whether the element of this id is inside the one of `outer`.
pub(crate) fn is_in(outer: &str, id: &str) -> bool {
    element(outer).is_some_and(|outer| outer.contains(element(id).as_deref().map(AsRef::as_ref)))
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<Element> {
    gloo::utils::document().active_element()
}

/// Gives the focus to the element of this id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Later than what Yew renders: with much to do it goes on in timers of its own, and browsers put nested timers off by
/// 4 ms, behind one that asks for no delay.
const AFTER_RENDER_MS: u32 = 5;

/// Does something once what was dispatched before is on the page.
pub(crate) fn after_render(act: impl FnOnce() + 'static) {
    Timeout::new(AFTER_RENDER_MS, act).forget();
}

/// Scrolls what lies around the element of this id as far as it takes to see it.
pub(crate) fn bring(id: &str) {
    if let Some(element) = element(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Closes the dialog around the element of this id; the focus goes back to where it was.
pub(crate) fn close_dialog(id: &str) {
    let dialog = element(id).and_then(|inner| inner.closest("dialog").ok().flatten());
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Whether nothing has the focus.
pub(crate) fn is_focus_lost() -> bool {
    focused().is_none_or(|element| element.tag_name() == "BODY")
}

/// The nearest elements around one that match these selectors.
pub(crate) fn around(element: &Element, selectors: [&str; 4]) -> Vec<Element> {
    let nearest = selectors
        .iter()
        .map(|selector| element.closest(selector).ok().flatten());
    nearest.flatten().collect()
}

/// Gives the focus to the first control in the first of these elements that is still in the page and has one.
pub(crate) fn focus_within(elements: &[Element]) {
    let control = |element: &Element| {
        let found = element.query_selector("input:enabled, select:enabled, button:enabled, summary, a");
        found.ok().flatten()?.dyn_into::<HtmlElement>().ok()
    };
    let here = elements.iter().filter(|element| element.is_connected());
    if let Some(control) = here.filter_map(control).next() {
        let _ = control.focus();
    }
}

/// Opens the details of this id and gives the focus to its first field.
pub(crate) fn open_details(id: &str) {
    if let Some(details) =
        element(id).and_then(|element| element.dyn_into::<web_sys::HtmlDetailsElement>().ok())
    {
        details.set_open(true);
        let input = details.query_selector("input").ok().flatten();
        if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            let _ = input.focus();
            input.select();
        }
    }
}

/// Which of several elements gets the focus.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// The one after that which has it.
    Next,
    /// The one before.
    Previous,
    /// The first.
    First,
    /// The last.
    Last,
}

/// Moves the focus among the elements that match inside the element of this id.
pub(crate) fn focus_among(id: &str, selector: &str, step: Step) {
    let Some(all) = element(id).and_then(|root| root.query_selector_all(selector).ok()) else {
        return;
    };
    let now = (0..all.length()).find(|i| all.item(*i).as_ref() == focused().as_deref());
    let next = match step {
        Step::Next => now.and_then(|now| now.checked_add(1)),
        Step::Previous => now.and_then(|now| now.checked_sub(1)),
        Step::First => Some(0),
        Step::Last => all.length().checked_sub(1),
    };
    let next = next.and_then(|next| all.item(next));
    if let Some(element) = next.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Gives the focus to the input of this id and selects its text.
pub(crate) fn select_all(id: &str) {
    if let Some(input) = element(id).and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok())
    {
        let _ = input.focus();
        input.select();
    }
}

/// Whether the page is in its dark theme.
pub(crate) fn is_dark() -> bool {
    gloo::utils::document_element()
        .get_attribute("data-theme")
        .as_deref()
        == Some("dark")
}

/// Changes the theme and keeps the choice.
pub(crate) fn set_dark(dark: bool) {
    let theme = if dark { "dark" } else { "light" };
    let _ = gloo::utils::document_element().set_attribute("data-theme", theme);
    super::store::choose("theme", theme);
}

/// The title of the browser's tab.
pub(crate) fn title() -> String {
    gloo::utils::document().title()
}

/// Changes the title of the browser's tab.
pub(crate) fn set_title(title: &str) {
    gloo::utils::document().set_title(title);
}

/// Whether a media query holds now.
pub(crate) fn media(query: &str) -> bool {
    gloo::utils::window()
        .match_media(query)
        .ok()
        .flatten()
        .is_some_and(|list| list.matches())
}

/// Whether the whole page scrolls instead of its panes.
pub(crate) fn is_phone() -> bool {
    media("(max-width: 39.99rem)")
}

/// Whether this is a Mac, where Cmd is the key of shortcuts.
pub(crate) fn is_mac() -> bool {
    gloo::utils::window()
        .navigator()
        .user_agent()
        .is_ok_and(|agent| agent.contains("Mac"))
}
