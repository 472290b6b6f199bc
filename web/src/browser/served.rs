//! The config that `lb edit FILE` serves beside the page, and saves to. A static host is never asked for one: only
//! the address that `lb edit` prints says that there is one, and holds the token without which nobody gets it.

use super::clock;
use gloo::net::http::{Request, RequestBuilder, Response};

/// Behind `#` in that address, before the token.
const OFFER: &str = "#file=";
const TOKEN: &str = "lb-token";
const NAME: &str = "lb-file-name";

/// The token, if `lb edit` was started on a file.
pub(crate) fn token() -> Option<String> {
    let hash = gloo::utils::window().location().hash().ok()?;
    let token = hash.strip_prefix(OFFER)?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// What is on disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// The file's name.
    pub name: String,
    /// Names these bytes.
    pub version: String,
    /// When it was written, in milliseconds, if the file system knows.
    pub written_at: Option<f64>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What `lb edit` answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// What is on disk now, because it is another version than the one that was named.
    Other(Found),
    /// Done, or as it was: this version is on disk.
    Same(String),
    /// It refuses, or cannot; in its words.
    Refused(String),
    /// There is nobody: `lb edit` has ended.
    Gone,
}

/// What is on disk, if it is not this version.
pub(crate) async fn look(token: &str, version: &str) -> Answer {
    let request = Request::get("file").header("If-None-Match", version);
    answer(request.header(TOKEN, token).send().await.ok()).await
}

/// Writes the file, if this version is still on disk.
pub(crate) async fn save(token: &str, version: &str, text: &str) -> Answer {
    let request = Request::put("file").header("If-Match", version);
    answer(send(request, token, text).await).await
}

/// Writes a copy beside the file; its name, or why there is none.
pub(crate) async fn copy(token: &str, text: &str) -> Result<String, String> {
    match send(Request::post("copy"), token, text).await {
        Some(response) => {
            let words = response.text().await.unwrap_or_default();
            if response.ok() { Ok(words) } else { Err(words) }
        }
        None => Err("`lb edit` has ended".to_owned()),
    }
}

async fn send(request: RequestBuilder, token: &str, text: &str) -> Option<Response> {
    request.header(TOKEN, token).body(text).ok()?.send().await.ok()
}

async fn answer(response: Option<Response>) -> Answer {
    let Some(response) = response else {
        return Answer::Gone;
    };
    let header = |name| response.headers().get(name).unwrap_or_default();
    let (version, name) = (header("etag"), decoded(&header(NAME)));
    match response.status() {
        304 => Answer::Same(version),
        200 | 412 => match response.binary().await {
            // What was written is not sent back.
            Ok(bytes) if response.status() == 200 && bytes.is_empty() => Answer::Same(version),
            Ok(bytes) => Answer::Other(Found {
                name,
                version,
                written_at: clock::parse(&header("last-modified")),
                bytes,
            }),
            Err(_) => Answer::Gone,
        },
        _ => Answer::Refused(response.text().await.unwrap_or_default()),
    }
}

fn decoded(name: &str) -> String {
    js_sys::decode_uri_component(name).map_or_else(|_| name.to_owned(), String::from)
}
