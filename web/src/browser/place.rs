//! Positions and scrolling.
//!
//! The page's policy allows no `style` attribute, so whatever depends on a measured position is a custom
//! property, set here on the element.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollToOptions};

/// Sets a custom property (`--top`) of an element.
pub(crate) fn set_property(element: &HtmlElement, name: &str, value: &str) {
    let _ = element.style().set_property(name, value);
}

/// Sets a custom property in pixels.
pub(crate) fn set_px(element: &HtmlElement, name: &str, pixels: f64) {
    set_property(element, name, &format!("{pixels:.1}px"));
}

/// Height of the window in pixels.
pub(crate) fn window_height() -> f64 {
    gloo::utils::window()
        .inner_height()
        .ok()
        .and_then(|h| h.as_f64())
        .unwrap_or(800.0)
}

/// Width of the window in pixels.
pub(crate) fn window_width() -> f64 {
    gloo::utils::document_element().client_width().into()
}

/// One line of the file in pixels: 20, or 22.5 where everything is larger.
pub(crate) fn line_height() -> f64 {
    let root = gloo::utils::document_element();
    let size = gloo::utils::window().get_computed_style(&root).ok().flatten();
    let size = size.and_then(|style| style.get_property_value("font-size").ok());
    let px: f64 = size
        .and_then(|s| s.trim_end_matches("px").parse().ok())
        .unwrap_or(16.0);
    px * 1.25
}

fn behaviour(smooth: bool) -> ScrollBehavior {
    let calm = super::page::media("(prefers-reduced-motion: reduce)");
    if smooth && !calm {
        ScrollBehavior::Smooth
    } else {
        ScrollBehavior::Instant
    }
}

/// Scrolls an element, or on phones the window, to `top`.
pub(crate) fn scroll_to(element: &Element, top: f64, smooth: bool) {
    let options = ScrollToOptions::new();
    options.set_top(top.max(0.0));
    options.set_behavior(behaviour(smooth));
    if super::page::is_phone() {
        gloo::utils::window().scroll_to_with_scroll_to_options(&options);
    } else {
        element.scroll_to_with_scroll_to_options(&options);
    }
}

/// How far the window is scrolled, in pixels.
pub(crate) fn window_top() -> f64 {
    gloo::utils::window().scroll_y().unwrap_or(0.0)
}

/// Scrolls the window, at once.
pub(crate) fn scroll_window(top: f64) {
    gloo::utils::window().scroll_to_with_x_and_y(0.0, top);
}

/// The part of the element of this id that is in view inside `pane` (the window on phones): its top edge
/// relative to the pane's, and the pane's height.
pub(crate) fn in_view(pane: &Element, element: &Element) -> (f64, f64) {
    let (top, height) = if super::page::is_phone() {
        (0.0, window_height())
    } else {
        let rect = pane.get_bounding_client_rect();
        (rect.top(), rect.height())
    };
    (element.get_bounding_client_rect().top() - top, height)
}

/// Scrolls the form so that the element of this id is in view; not if it already is.
pub(crate) fn reveal(pane_id: &str, id: &str, always: bool) {
    let (Some(pane), Some(element)) = (super::page::element(pane_id), super::page::element(id)) else {
        return;
    };
    let (top, height) = in_view(&pane, &element);
    if always || top < 8.0 || top > height - 80.0 {
        let from = if super::page::is_phone() {
            window_top() - 56.0
        } else {
            f64::from(pane.scroll_top())
        };
        let third = if always { 16.0 } else { height / 3.0 };
        scroll_to(pane.unchecked_ref(), from + top - third, true);
    }
}

/// Marks the field whose control has this id, and shows it; `false` if there is none.
pub(crate) fn mark_field(pane_id: &str, id: &str) -> bool {
    let Some(pane) = super::page::element(pane_id) else {
        return false;
    };
    if let Ok(Some(before)) = pane.query_selector("[data-at]") {
        let _ = before.remove_attribute("data-at");
    }
    let control = super::page::element(id).filter(|control| pane.contains(Some(control)));
    let Some(field) = control.and_then(|control| control.closest(".field, .sec").ok().flatten()) else {
        return false;
    };
    let _ = field.set_attribute("data-at", "");
    reveal(pane_id, id, false);
    true
}

/// Scrolls the list that is in the element of this id so that what matches is in its middle.
pub(crate) fn center(id: &str, selector: &str) {
    let Some(root) = super::page::element(id) else {
        return;
    };
    let row = root
        .query_selector(selector)
        .ok()
        .flatten()
        .and_then(|row| row.dyn_into::<HtmlElement>().ok());
    let list = root.query_selector("[tabindex]").ok().flatten();
    if let (Some(row), Some(list)) = (row, list) {
        let top = row.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
        let middle = f64::from(list.client_height()) / 2.0;
        list.set_scroll_top((f64::from(list.scroll_top()) + top - middle) as i32);
    }
}
