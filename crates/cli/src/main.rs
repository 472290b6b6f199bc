//! `lb`.
fn main() {}
