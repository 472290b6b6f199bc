//! The configurator: edits and validates a cluster's file, entirely in the browser.
//!
//! `state` is the page's one value and what can happen to it, without a browser; `views` draw it; `components`
//! are parts that know nothing of clusters; `browser` is the only code that touches the document.

mod browser;
mod components;
mod state;
#[cfg(test)]
mod styles;
mod views;

fn main() {
    if let Some(root) = browser::page::element("app") {
        yew::Renderer::<views::page::Page>::with_root(root.into()).render();
    }
}
