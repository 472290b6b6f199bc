//! The configurator, served from inside the binary to this machine only.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse as _,
    routing::get,
};
use include_dir::{Dir, include_dir};
use std::{io, net::Ipv4Addr, sync::Arc};
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

/// The config that the page opens by itself.
pub(crate) struct Opened {
    /// What the page calls it.
    pub(crate) name: String,
    /// What is on disk; the page says what is wrong with it.
    pub(crate) bytes: Vec<u8>,
}

struct Served {
    port: u16,
    opened: Option<Opened>,
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
        .route("/file", get(file))
        .fallback(get(page))
        .with_state(served);
    axum::serve(listener, router).with_graceful_shutdown(end).await
}

/// The opened config, with its name in a header of our own.
async fn file(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    if let Some(refusal) = refuse(&served, &request) {
        return refusal;
    }
    match &served.opened {
        Some(opened) => {
            let mut response = answer(
                StatusCode::OK,
                "text/yaml; charset=utf-8",
                opened.bytes.clone().into(),
            );
            if let Ok(name) = HeaderValue::from_bytes(opened.name.as_bytes()) {
                response.headers_mut().insert("lb-file-name", name);
            }
            response
        }
        None => text(StatusCode::NOT_FOUND, "no file was opened: `lb edit FILE`"),
    }
}

async fn page(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    if let Some(refusal) = refuse(&served, &request) {
        return refusal;
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

/// Refuses a request under another name than this machine's: a page of some other site may have let its own
/// name point here.
fn refuse(served: &Served, request: &Request) -> Option<Response<Body>> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let ours = ["127.0.0.1", "localhost"]
        .iter()
        .any(|name| host == format!("{name}:{}", served.port));
    if !ours {
        return Some(text(
            StatusCode::MISDIRECTED_REQUEST,
            "this server answers to 127.0.0.1 only",
        ));
    }
    (!matches!(*request.method(), Method::GET | Method::HEAD))
        .then(|| text(StatusCode::METHOD_NOT_ALLOWED, "only GET"))
}

fn text(status: StatusCode, words: &'static str) -> Response<Body> {
    answer(status, "text/plain; charset=utf-8", words.into())
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
