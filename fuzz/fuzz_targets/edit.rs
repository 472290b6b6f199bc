//! Any edits of any file mean what was intended, or are refused. The bytes themselves tell which edits.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document = lb_model::document::Document::parse(text);
    let seed = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    lb_fuzz::sequence(&document, &mut lb_fuzz::Random::new(seed), 4);
});
