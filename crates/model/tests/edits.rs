//! Random edits, one after the other, on every config that is at hand: each gives what was meant or is refused, and nothing
//! outside the spliced bytes changes.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

#[path = "../../../fuzz/src/lib.rs"]
mod checks;
mod corpus;

use checks::Random;
use lb_model::document::Document;

/// Runs a sequence of edits on each text. At most one in twenty may be refused.
fn edit_all(texts: impl Iterator<Item = String>, length: usize) {
    let (mut made, mut refused) = (0, 0);
    for (index, text) in texts.enumerate() {
        let (more_made, more_refused) =
            checks::sequence(&Document::parse(text), &mut Random::new(index as u64), length);
        made += more_made;
        refused += more_refused;
    }
    println!("{made} edits made, {refused} refused");
    assert!(
        refused * 20 <= made,
        "{refused} of {} edits were refused",
        made + refused
    );
}

#[test]
fn sequences_of_edits_on_every_file_mean_what_was_intended() {
    let files = corpus::files().into_iter();
    edit_all(files.flat_map(|text| [text.replace('\n', "\r\n"), text]), 16);
}

#[test]
fn sequences_of_edits_on_every_recorded_case_mean_what_was_intended() {
    edit_all(corpus::cases().into_iter(), 3);
}
