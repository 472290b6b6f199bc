//! Any file is judged, and every fix is made or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let document = lb_fuzz::parse(bytes);
    let problems = lb_fuzz::judge(&document);
    lb_fuzz::mend(&document, &problems);
});
