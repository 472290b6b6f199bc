//! The opened config, as the page reads and writes it. A version (`ETag`) names what is on disk by its bytes, so that
//! nothing is overwritten that the page has not seen.

use super::{Opened, Served, answer, text, word};
use crate::input;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use lb_model::reader::MAX_BYTES;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Carries the token; no page of another site can send it without being asked for it first.
const TOKEN: HeaderName = HeaderName::from_static("lb-token");
/// The file's name, percent-encoded.
const NAME: HeaderName = HeaderName::from_static("lb-file-name");
/// Names that are tried for a copy before giving up.
const COPIES: usize = 100;

/// What is on disk now, or that it is still what the page has.
pub(super) async fn read(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response<Body> {
    let opened = match served.opened_for(&headers) {
        Ok(opened) => opened,
        Err(refusal) => return *refusal,
    };
    match input::read(&opened.path) {
        Ok(input) => {
            let version = version(&input.bytes);
            let same = word(&headers, &header::IF_NONE_MATCH) == version;
            let (status, body) = if same {
                (StatusCode::NOT_MODIFIED, Vec::new())
            } else {
                (StatusCode::OK, input.bytes)
            };
            file(opened, status, &version, body)
        }
        Err(error) => text(StatusCode::NOT_FOUND, error.message),
    }
}

/// Writes the file, if it is still the version that the page has seen (`If-Match`). If it is another, the answer is that
/// one; a file that was deleted meanwhile is made again.
pub(super) async fn save(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    let (opened, headers, new) = match accept(&served, request).await {
        Ok(accepted) => accepted,
        Err(refusal) => return *refusal,
    };
    // From here on nothing waits, so no other request comes between looking and writing.
    if opened.path.exists() {
        match input::read(&opened.path) {
            Ok(now) => {
                let version = version(&now.bytes);
                if word(&headers, &header::IF_MATCH) != version {
                    return file(opened, StatusCode::PRECONDITION_FAILED, &version, now.bytes);
                }
            }
            Err(error) => return text(StatusCode::INTERNAL_SERVER_ERROR, error.message),
        }
    }
    match input::replace(&opened.path, &new) {
        Ok(()) => file(opened, StatusCode::OK, &version(new.as_bytes()), Vec::new()),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.message),
    }
}

/// Writes a new file beside the opened one, and answers its name.
pub(super) async fn copy(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    let (opened, _, new) = match accept(&served, request).await {
        Ok(accepted) => accepted,
        Err(refusal) => return *refusal,
    };
    match write_copy(&opened.path, &new) {
        Ok(path) => text(StatusCode::OK, name_of(&path)),
        Err(error) => {
            let words = format!("a copy of `{}` cannot be written: {error}", opened.path.display());
            text(StatusCode::INTERNAL_SERVER_ERROR, words)
        }
    }
}

fn write_copy(path: &Path, new: &str) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path.extension().unwrap_or_default().to_string_lossy();
    for n in 1..=COPIES {
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        let copy = path.with_file_name(format!("{stem}-mine{number}.{end}"));
        match OpenOptions::new().write(true).create_new(true).open(&copy) {
            Ok(mut file) => {
                let written = file.write_all(new.as_bytes()).and_then(|()| file.sync_all());
                // Half a copy would look like a whole one.
                return match written {
                    Ok(()) => Ok(copy),
                    Err(error) => fs::remove_file(&copy).and(Err(error)),
                };
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{COPIES} copies exist already")))
}

impl Served {
    /// The opened file, for who has its token.
    fn opened_for(&self, headers: &HeaderMap) -> Result<&Opened, Box<Response<Body>>> {
        if let Some(refusal) = self.foreign(headers) {
            return Err(Box::new(refusal));
        }
        let refuse = |status, words: &str| Err(Box::new(text(status, words)));
        match &self.opened {
            None => refuse(StatusCode::NOT_FOUND, "no file was opened: `lb edit FILE`"),
            Some(opened) if word(headers, &TOKEN) == opened.token => Ok(opened),
            Some(_) => refuse(
                StatusCode::FORBIDDEN,
                "only the page at the address that `lb edit` printed may use the file; open that address",
            ),
        }
    }
}

type Accepted<'a> = (&'a Opened, HeaderMap, String);

/// A request that may write, with its text: from our own page, with the token, of bounded size.
async fn accept(served: &Served, request: Request) -> Result<Accepted<'_>, Box<Response<Body>>> {
    let (parts, body) = request.into_parts();
    let opened = served.opened_for(&parts.headers)?;
    let refuse = |status, words: String| Box::new(text(status, words));
    // Browsers name the page's origin with every write.
    let origin = word(&parts.headers, &header::ORIGIN);
    let ours = format!("http://{}", word(&parts.headers, &header::HOST));
    if origin != ours {
        return Err(refuse(
            StatusCode::FORBIDDEN,
            "only the page of this server may write".to_owned(),
        ));
    }
    let too_large = || {
        refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a config has at most {} MiB", MAX_BYTES >> 20),
        )
    };
    let bytes: Bytes = to_bytes(body, MAX_BYTES).await.map_err(|_| too_large())?;
    let new = String::from_utf8(bytes.into())
        .map_err(|_| refuse(StatusCode::BAD_REQUEST, "a config is UTF-8 text".to_owned()))?;
    Ok((opened, parts.headers, new))
}

fn file(opened: &Opened, status: StatusCode, version: &str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = answer(status, "text/yaml; charset=utf-8", bytes.into());
    let name = utf8_percent_encode(&name_of(&opened.path), NON_ALPHANUMERIC).to_string();
    let written = written_at(&opened.path);
    let headers = [
        (NAME, Some(name.as_str())),
        (header::ETAG, Some(version)),
        (header::LAST_MODIFIED, written.as_deref()),
    ];
    for (key, value) in headers {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            response.headers_mut().insert(key, value);
        }
    }
    response
}

/// When a file was written last, as HTTP says it.
fn written_at(path: &Path) -> Option<String> {
    let modified = fs::metadata(path).and_then(|file| file.modified()).ok()?;
    let at = Timestamp::try_from(modified).ok()?;
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn version(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&Sha256::digest(bytes)))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
