//! Files that come in and go out.

use gloo::file::{Blob, ObjectUrl, callbacks::FileReader};
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, HtmlInputElement};

/// Reads a file that was chosen or dropped. The reader must be kept until `done` was called.
pub(crate) fn read(file: web_sys::File, limit: usize, done: impl FnOnce(Incoming) + 'static) -> FileReader {
    let name = file.name();
    let size = file.size();
    // One byte more than allowed is enough to say that it is too large.
    let end = i32::try_from(limit + 1).unwrap_or(i32::MAX);
    let part = file
        .slice_with_i32_and_i32(0, end)
        .unwrap_or_else(|_| file.clone().into());
    gloo::file::callbacks::read_as_bytes(&Blob::from(part), move |bytes| {
        done(Incoming {
            name,
            size,
            bytes: bytes.map_err(|error| error.to_string()),
        });
    })
}

/// A file as it came in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Incoming {
    /// Its name, without a folder.
    pub name: String,
    /// Its size in bytes.
    pub size: f64,
    /// Its first bytes, or why the browser could not read it.
    pub bytes: Result<Vec<u8>, String>,
}

/// Gives a text to the user as a file.
pub(crate) fn download(name: &str, text: &str) {
    let blob = Blob::new_with_options(text, Some("application/yaml"));
    let url = ObjectUrl::from(blob);
    let document = gloo::utils::document();
    if let Some(link) = document
        .create_element("a")
        .ok()
        .and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok())
    {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The address has to live until the browser has begun to read.
    gloo::timers::callback::Timeout::new(10_000, move || drop(url)).forget();
}

/// Lets the user choose a file, through the page's one hidden input.
pub(crate) fn choose() {
    if let Some(input) = gloo::utils::document().get_element_by_id("choose-file") {
        let input: HtmlInputElement = input.unchecked_into();
        input.set_value("");
        input.click();
    }
}

/// Puts a text on the clipboard; a browser that refuses does nothing.
pub(crate) fn copy(text: &str) {
    let _ = gloo::utils::window().navigator().clipboard().write_text(text);
}
