//! The page's own address.

use super::page;

/// What stands behind `#`, with it.
pub(crate) fn fragment() -> String {
    gloo::utils::window().location().hash().unwrap_or_default()
}

/// The address without what stands behind `#`.
pub(crate) fn base() -> String {
    let whole = gloo::utils::window().location().href().unwrap_or_default();
    whole.split('#').next().unwrap_or_default().to_owned()
}

/// Whether only this machine reaches the page.
pub(crate) fn is_local() -> bool {
    let location = gloo::utils::window().location();
    let host = location.hostname().unwrap_or_default();
    location.protocol().is_ok_and(|protocol| protocol == "file:")
        || matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
}

/// Takes away what stands behind `#`, so that a reload does not open it again.
pub(crate) fn clear_fragment() {
    if let Ok(history) = gloo::utils::window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, &page::title(), Some(&base()));
    }
}
