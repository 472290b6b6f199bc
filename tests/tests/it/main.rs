//! The command line, end to end: whole answers in a sealed environment.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a test ends by a panic, helpers of tests included"
)]

mod account;
mod aws;
mod bad_input;
mod changed;
mod cost;
mod fix;
mod init;
mod killed;
mod lifecycle;
mod parity;
mod usage;
mod validate;
mod wasm;
