//! The text character by character: what may not be in it, and what the parser's events leave out.

use super::MAX_BYTES;
use crate::{
    lines::line_end,
    problem::{Place, Problem},
    ym,
};
use std::ops::Range;

/// How many line ends, colons and commas there may be: a bound that is cheap to see. The largest config known
/// has under 500.
const MAX_MARKS: usize = 10_000;

/// What makes a text unreadable before its first line is looked at.
pub(super) fn refuse(text: &str) -> Option<Problem> {
    let limit = |message: String, help: &str| {
        Some(Problem::error(ym::LIMIT, Place::Text(0..0), message).with_help(help))
    };
    if text.len() > MAX_BYTES {
        let message = format!("the file has more than {} MiB", MAX_BYTES >> 20);
        return limit(message, "give the config alone, without other data");
    }
    if text.bytes().filter(|b| matches!(b, b'\n' | b':' | b',')).count() > MAX_MARKS {
        let message = format!("more than {MAX_MARKS} line ends, colons and commas are not read");
        return limit(message, "make the config smaller");
    }
    forbidden_character(text)
}

/// Characters that eksctl's reader refuses anywhere, and the three that are line breaks to it alone.
fn forbidden_character(text: &str) -> Option<Problem> {
    // Most texts are plain all through, which is seen faster by bytes.
    let plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let from = text.bytes().position(|byte| !plain(&byte))?;
    let (at, c) = text.get(from..)?.char_indices().find(|(_, c)| {
        let printable = matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        !printable || matches!(c, '\u{2028}' | '\u{2029}')
    })?;
    let at = from + at;
    let place = Place::Text(at..at + c.len_utf8());
    if c == '\0' {
        let message = "the file contains NUL bytes, as UTF-16 and binary files do".to_owned();
        return Some(Problem::error(ym::ENCODING, place, message).with_help("save the file as UTF-8 text"));
    }
    let message = format!("the character U+{:04X} cannot be in a config", u32::from(c));
    Some(Problem::error(ym::ENCODING, place, message).with_help(format!(
        "remove it, or write `\\u{:04x}` in double quotes",
        u32::from(c)
    )))
}

/// Characters that are not seen, or turn the direction of those behind them, so that a name is not what it looks like:
/// zero-width ones, and those that control writing from right to left. One problem for the first of each line.
pub(super) fn invisible(text: &str) -> Vec<Problem> {
    let is_one = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
    };
    let mut found = Vec::new();
    if text.is_ascii() {
        return found;
    }
    let mut end_of_line = 0;
    // The byte order mark at the beginning is no text.
    let is_mark = |at: usize, c: char| at == 0 && c == '\u{feff}';
    for (at, c) in text
        .char_indices()
        .filter(|(at, c)| is_one(*c) && !is_mark(*at, *c))
    {
        if at < end_of_line {
            continue;
        }
        end_of_line = line_end(text, at);
        let message = format!(
            "the character U+{:04X} here is not seen, and is part of the text",
            u32::from(c)
        );
        found.push(
            Problem::warning(ym::INVISIBLE, Place::Text(at..at + c.len_utf8()), message)
                .with_help("remove it; it often comes with text that was copied"),
        );
    }
    found
}

/// The first `\/` in a text in double quotes, which JSON and YAML 1.2 know and YAML 1.1 does not.
pub(super) fn escaped_slash(quoted: &str) -> Option<usize> {
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && chars.next().is_some_and(|(_, c)| c == '/') {
            return Some(at);
        }
    }
    None
}

/// What may not stand before the first document: an end of none, and a directive that YAML does not have.
pub(super) fn before_document(text: &str) -> Option<Problem> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches('\u{feff}').trim_end();
        let word = content.split_whitespace().next().unwrap_or_default();
        let start = at + line.len() - line.trim_start_matches('\u{feff}').len();
        let place = || Place::Text(start..start + word.len());
        at += line.len();
        if content.starts_with("...") && word == "..." {
            let problem = Problem::error(ym::SYNTAX, place(), "no document ends here");
            return Some(problem.with_help("remove the line"));
        }
        if content.starts_with('%') && !["%YAML", "%TAG"].contains(&word) {
            let problem = Problem::error(ym::SYNTAX, place(), format!("YAML has no directive `{word}`"));
            return Some(problem.with_help("remove the line"));
        }
        let is_blank = word.is_empty() || word.starts_with('#');
        if !is_blank && !content.starts_with('%') {
            return None;
        }
    }
    None
}

/// The `|` or `>` of a block of text, the first thing behind `from` but for blanks, comments, anchor and tag.
pub(super) fn header_of_block(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        match rest.chars().next()? {
            '|' | '>' => return Some(at),
            '#' => at = line_end(text, at),
            '&' | '!' => at += rest.find(char::is_whitespace)?,
            c if c.is_whitespace() || c == '\u{feff}' => at += c.len_utf8(),
            _ => return None,
        }
    }
}

/// The first tab from a byte on that leads its line, else the first of all, else the byte itself.
pub(super) fn tab_from(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    if rest.starts_with('\t') {
        return from;
    }
    let leads = |at: &usize| {
        let before = rest.get(..*at).unwrap_or_default();
        before.trim_end_matches(' ').ends_with(['\n', '\r'])
    };
    let tabs = || rest.match_indices('\t').map(|(at, _)| at);
    let found = tabs().find(leads).or_else(|| tabs().next());
    from + found.unwrap_or_default()
}

/// Where the indicator is, behind blanks, comments and the anchor and tag of the collection around it; `None`
/// where something else comes first.
pub(super) fn skip_blanks(text: &str, from: usize, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match *bytes.get(at)? {
            b if b == wanted => {
                // `?` and `-` may also begin a text.
                let next = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
                return (next || wanted == b':').then_some(at);
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
            b'#' => at = bytes.get(at..)?.iter().position(|b| matches!(b, b'\n' | b'\r'))? + at,
            b'&' | b'!' if wanted == b'-' => {
                at += bytes.get(at..)?.iter().position(|b| b.is_ascii_whitespace())?;
            }
            0xEF if text.get(at..)?.starts_with('\u{feff}') => at += 3,
            _ => return None,
        }
    }
}

/// The text with a range of it blanked, so that all positions stay.
pub(super) fn mask(text: &str, range: &Range<usize>) -> String {
    let (before, after) = (text.get(..range.start), text.get(range.end..));
    [
        before.unwrap_or_default(),
        &" ".repeat(range.len()),
        after.unwrap_or_default(),
    ]
    .concat()
}
