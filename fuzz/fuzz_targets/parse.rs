//! Any bytes are read, and what was read is written right.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    lb_fuzz::parse(bytes);
});
