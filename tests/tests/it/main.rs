//! The command line, end to end: whole answers in a sealed environment.

mod bad_input;
mod init;
mod usage;
mod validate;
