//! The lines in which two texts differ, and both changes of a text put together.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// Lines of a text and the lines of another that stand in their place; either may be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// Lines of the text before, from 0.
    pub old: Range<usize>,
    /// Lines of the text after.
    pub new: Range<usize>,
}

/// What differs between two texts, given by their lines, in their order.
pub(crate) fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    capture_diff_slices(Algorithm::Myers, before, after)
        .into_iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| Hunk {
            old: op.old_range(),
            new: op.new_range(),
        })
        .collect()
}

/// Both changes of a text; `None` if lines of the one are among or right beside those of the other. What both changed
/// alike is changed once.
pub(crate) fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let (base, mine, theirs) = (lines(base), lines(mine), lines(theirs));
    let mut all: Vec<(Range<usize>, &[&str])> = Vec::new();
    for after in [&mine, &theirs] {
        for hunk in hunks(&base, after) {
            all.push((hunk.old, after.get(hunk.new)?));
        }
    }
    all.sort_by_key(|(old, _)| (old.start, old.end));
    all.dedup();
    let mut text = String::new();
    let mut done = None;
    for (old, new) in all {
        if done.is_some_and(|end| old.start <= end) {
            return None;
        }
        text.extend(base.get(done.unwrap_or(0)..old.start)?.iter().chain(new).copied());
        done = Some(old.end);
    }
    text.extend(base.get(done.unwrap_or(0)..)?.iter().copied());
    Some(text)
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n";

    #[test]
    fn only_what_changes_is_shown() {
        let change = |a: &str, b: &str| {
            let (a, b): (Vec<&str>, Vec<&str>) = (a.split('\n').collect(), b.split('\n').collect());
            let hunks = hunks(&a, &b);
            hunks
                .into_iter()
                .map(|hunk| (hunk.old, hunk.new))
                .collect::<Vec<_>>()
        };
        assert_eq!(change("a\nb\nc", "a\nx\nc"), [(1..2, 1..2)]);
        assert_eq!(change("a\nb\nc", "a\nc"), [(1..2, 1..1)]);
        assert_eq!(change("a", "a"), []);
        assert_eq!(
            change("a\nb\nc\nd", "x\nb\nc\nd\ne"),
            [(0..1, 0..1), (4..4, 4..5)]
        );
    }

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        let (mine, theirs) = (
            BASE.replace("a: 1", "a: one").replace("e: 5", "e: five"),
            BASE.replace("c: 3\n", "c: 3\nx: 6\n"),
        );
        let both = "a: one\nb: 2\nc: 3\nx: 6\nd: 4\ne: five\n";
        assert_eq!(merge(BASE, &mine, &theirs).as_deref(), Some(both));
        assert_eq!(merge(BASE, &theirs, &mine).as_deref(), Some(both));
        let end = BASE.replace("e: 5\n", "e: 5\nf: 6");
        assert_eq!(
            merge(BASE, &BASE.replace("a: 1\n", ""), &end).as_deref(),
            Some("b: 2\nc: 3\nd: 4\ne: 5\nf: 6")
        );
    }

    #[test]
    fn what_both_changed_alike_is_changed_once() {
        let mine = BASE.replace("c: 3", "c: three");
        let theirs = mine.replace("a: 1", "a: one");
        assert_eq!(merge(BASE, &mine, &theirs).as_deref(), Some(theirs.as_str()));
        assert_eq!(merge(BASE, &mine, &mine).as_deref(), Some(mine.as_str()));
    }

    #[test]
    fn changes_of_the_same_or_the_next_line_are_not_merged() {
        let mine = BASE.replace("c: 3", "c: three");
        for theirs in [
            BASE.replace("c: 3", "c: 33"),
            BASE.replace("d: 4", "d: 44"),
            BASE.replace("b: 2\n", ""),
            BASE.replace("c: 3\n", "c: 3\nx: 6\n"),
        ] {
            assert_eq!(merge(BASE, &mine, &theirs), None, "{theirs}");
        }
    }
}
