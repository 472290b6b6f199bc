//! The config that `lb edit FILE` serves beside the page. A static host is never asked for one: only the address
//! that `lb edit` prints says that there is one.

use super::file::Incoming;
use gloo::net::http::Request;

/// The end of the address that says so.
const OFFER: &str = "#file";

/// Whether `lb edit` was started on a file.
pub(crate) fn is_offered() -> bool {
    gloo::utils::window()
        .location()
        .hash()
        .is_ok_and(|hash| hash == OFFER)
}

/// The file; from then on the address says no more that there is one, so that a reload keeps what was edited.
pub(crate) async fn file() -> Incoming {
    if let Ok(history) = gloo::utils::window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some("./"));
    }
    let fallback = || "cluster.yaml".to_owned();
    let response = match Request::get("file").send().await {
        Ok(response) => response,
        Err(error) => {
            return Incoming {
                name: fallback(),
                size: 0.0,
                bytes: Err(error.to_string()),
            };
        }
    };
    let name = response.headers().get("lb-file-name").unwrap_or_else(fallback);
    let bytes = match (response.ok(), response.binary().await) {
        (true, Ok(bytes)) => Ok(bytes),
        (false, _) => Err(format!("`lb edit` answered {}", response.status())),
        (true, Err(error)) => Err(error.to_string()),
    };
    Incoming {
        name,
        size: bytes.as_ref().map_or(0.0, |bytes| bytes.len() as f64),
        bytes,
    }
}
