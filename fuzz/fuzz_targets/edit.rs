//! Any edits of any file mean what was intended, or are refused. What stands behind the last zero byte, which no file has,
//! tells which edits: the engine changes them apart from the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = std::str::from_utf8(bytes) else { return };
    let (text, edits) = input.rsplit_once('\0').unwrap_or((input, ""));
    let document = lb_model::document::Document::parse(text);
    let seed = edits.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    lb_fuzz::sequence(&document, &mut lb_fuzz::Random::new(seed), 4);
});
