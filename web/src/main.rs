//! The configurator.
fn main() {}
