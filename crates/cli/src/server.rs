//! The configurator, served from inside the binary to this machine only.

mod file;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::{get, post},
};
use include_dir::{Dir, include_dir};
use std::{io, net::Ipv4Addr, path::PathBuf, sync::Arc};
use tokio::net::TcpListener;

static PAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../web/dist");

/// The page needs its own files and WebAssembly, nothing else: no inline script or style, no other host.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The config that the page opens by itself, and saves to.
pub(crate) struct Opened {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What only the page knows whose address was printed; see [`token`].
    pub(crate) token: String,
}

struct Served {
    port: u16,
    opened: Option<Opened>,
}

/// A secret of 128 bits. Other programs and pages of this machine can reach the port; only who was given the address
/// can read or write the file.
///
/// # Errors
/// The system has no randomness.
pub(crate) fn token() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(file::hex(&bytes))
}

/// Takes `port` of this machine, or any free one if that is taken.
pub(crate) async fn listen(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
        bound => bound,
    }
}

/// Answers until `end`.
pub(crate) async fn serve(
    listener: TcpListener,
    opened: Option<Opened>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let port = listener.local_addr()?.port();
    let served = Arc::new(Served { port, opened });
    let router = Router::new()
        .route("/file", get(file::read).put(file::save))
        .route("/copy", post(file::copy))
        .fallback(get(page))
        .with_state(served);
    axum::serve(listener, router).with_graceful_shutdown(end).await
}

async fn page(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    if let Some(refusal) = served.foreign(request.headers()) {
        return refusal;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET");
    }
    let path = match request.uri().path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match PAGE.get_file(path) {
        Some(file) => answer(StatusCode::OK, media_type(path), Body::from(file.contents())),
        None => text(StatusCode::NOT_FOUND, "no such file"),
    }
}

impl Served {
    /// Refuses a request under another name than this machine's: a page of some other site may have let its own
    /// name point here.
    fn foreign(&self, headers: &HeaderMap) -> Option<Response<Body>> {
        let host = word(headers, &header::HOST);
        let ours = ["127.0.0.1", "localhost"]
            .iter()
            .any(|name| host == format!("{name}:{}", self.port));
        (!ours).then(|| {
            text(
                StatusCode::MISDIRECTED_REQUEST,
                "this server answers to 127.0.0.1 only",
            )
        })
    }
}

/// A header's value; empty if it is absent or no text.
fn word<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn text(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    answer(status, "text/plain; charset=utf-8", words.into().into())
}

fn answer(status: StatusCode, media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The types of what trunk writes. Browsers compile WebAssembly while it arrives only under its own type.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
