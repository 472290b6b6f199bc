//! AWS without AWS: what `lb` sends and what it makes, judged by emulators and by the services' own models.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test ends by a panic, helpers of tests included"
)]

mod aws_auth;
mod home;
mod life;
mod models;
mod rights;
