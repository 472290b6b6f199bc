//! Keys that mean more in the file than a character.

use crate::state::{Action, Store};
use std::ops::Range;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::TargetCast;

/// The selection of the text area, in UTF-16 units.
pub(crate) fn selection(area: &HtmlTextAreaElement) -> Range<usize> {
    let at = |n: Result<Option<u32>, _>| n.ok().flatten().map_or(0, |n: u32| n as usize);
    at(area.selection_start())..at(area.selection_end())
}

/// Selects a part of the text area, in UTF-16 units.
pub(crate) fn select(area: &HtmlTextAreaElement, units: Range<usize>) {
    if selection(area) != units {
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let _ = area.set_selection_range(at(units.start), at(units.end));
    }
}

/// Whether a key moves the caret without changing the text. Of changes the text area tells by itself, and until
/// the page has answered one, its caret is not yet where it will be.
pub(crate) fn moves(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let all = (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("a");
    all || key.starts_with("Arrow") || matches!(key.as_str(), "Home" | "End" | "PageUp" | "PageDown")
}

/// Answers a key in the file.
pub(crate) fn key(store: &Store, event: &KeyboardEvent) {
    let Some(session) = &store.session else { return };
    let command = event.ctrl_key() || event.meta_key();
    let change: Change = match event.key().as_str() {
        "]" if command => indent,
        "[" if command => outdent,
        "ArrowUp" if event.alt_key() => |text, at| move_lines(text, at, true),
        "ArrowDown" if event.alt_key() => |text, at| move_lines(text, at, false),
        "Enter" if !command && !event.alt_key() && !event.is_composing() => new_line,
        _ => return,
    };
    event.prevent_default();
    let area: HtmlTextAreaElement = event.target_unchecked_into();
    let view = &session.reading.view;
    let units = selection(&area);
    let at = view.of_units(units.start)..view.of_units(units.end);
    if let Some((text, at)) = change(view.text(), at) {
        let unit = |byte: usize| text.get(..byte).unwrap_or_default().encode_utf16().count();
        let units = unit(at.start)..unit(at.end);
        area.set_value(&text);
        select(&area, units.clone());
        store.dispatch(Action::Type {
            text,
            caret: units.end,
            key: event.key() == "Enter",
        });
    }
}

/// Makes a new text and selection of the present ones, in bytes; `None` if there is nothing to do.
type Change = fn(&str, Range<usize>) -> Option<(String, Range<usize>)>;

/// The whole lines that a selection touches.
fn lines(text: &str, at: &Range<usize>) -> Option<Range<usize>> {
    let start = text.get(..at.start)?.rfind('\n').map_or(0, |i| i + 1);
    let end = text.get(at.end..)?.find('\n').map_or(text.len(), |i| at.end + i);
    Some(start..end)
}

/// Replaces the lines of a selection.
fn replace(text: &str, range: &Range<usize>, new: &str) -> Option<String> {
    Some([text.get(..range.start)?, new, text.get(range.end..)?].concat())
}

fn indent(text: &str, at: Range<usize>) -> Option<(String, Range<usize>)> {
    let range = lines(text, &at)?;
    let old = text.get(range.clone())?;
    let new: Vec<String> = old
        .split('\n')
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("  {line}")
            }
        })
        .collect();
    let new = new.join("\n");
    let first = if old.starts_with('\n') || old.is_empty() {
        0
    } else {
        2
    };
    Some((
        replace(text, &range, &new)?,
        at.start + first..at.end + new.len() - old.len(),
    ))
}

fn outdent(text: &str, at: Range<usize>) -> Option<(String, Range<usize>)> {
    let range = lines(text, &at)?;
    let old = text.get(range.clone())?;
    let cut = |line: &str| {
        line.len()
            - line
                .trim_start_matches(' ')
                .len()
                .max(line.len().saturating_sub(2))
    };
    let new: Vec<&str> = old.split('\n').filter_map(|line| line.get(cut(line)..)).collect();
    let new = new.join("\n");
    let first = old.split('\n').next().map_or(0, cut);
    let start = at.start.saturating_sub(first).max(range.start);
    Some((
        replace(text, &range, &new)?,
        start..(at.end + new.len() - old.len()).max(start),
    ))
}

/// Exchanges the lines of the selection with the line before or behind.
fn move_lines(text: &str, at: Range<usize>, up: bool) -> Option<(String, Range<usize>)> {
    let range = lines(text, &at)?;
    let own = text.get(range.clone())?;
    let (both, new, shift) = if up {
        let before = lines(text, &(range.start.checked_sub(1)?..range.start.checked_sub(1)?))?;
        let other = text.get(before.clone())?;
        (
            before.start..range.end,
            format!("{own}\n{other}"),
            before.start as isize - range.start as isize,
        )
    } else {
        let next = range.end + 1;
        let behind = lines(text, &(next..next)).filter(|_| next <= text.len())?;
        let other = text.get(behind.clone())?;
        (
            range.start..behind.end,
            format!("{other}\n{own}"),
            other.len() as isize + 1,
        )
    };
    let moved = at.start.checked_add_signed(shift)?..at.end.checked_add_signed(shift)?;
    Some((replace(text, &both, &new)?, moved))
}

/// A new line with the indentation of the present one; two more behind a key without a value.
fn new_line(text: &str, at: Range<usize>) -> Option<(String, Range<usize>)> {
    let start = text.get(..at.start)?.rfind('\n').map_or(0, |i| i + 1);
    let line = text.get(start..at.start)?;
    let mut indent = line.len() - line.trim_start_matches(' ').len();
    if line.trim_end().ends_with(':') {
        indent += 2 + 2 * usize::from(line.trim_start().starts_with("- "));
    }
    let new = format!("\n{}", " ".repeat(indent));
    let caret = at.start + new.len();
    Some((replace(text, &at, &new)?, caret..caret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_indented_and_back() {
        let (text, at) = indent("a\nb\n\nc", 2..5).unwrap();
        assert_eq!((text.as_str(), at.clone()), ("a\n  b\n\n  c", 4..9));
        let (text, at) = outdent(&text, at).unwrap();
        assert_eq!((text.as_str(), at), ("a\nb\n\nc", 2..5));
        assert_eq!(outdent(" a", 1..1).unwrap(), ("a".into(), 0..0));
        assert_eq!(outdent("a", 1..1).unwrap(), ("a".into(), 1..1));
    }

    #[test]
    fn lines_change_places() {
        assert_eq!(
            move_lines("a\nbb\nc", 3..3, true).unwrap(),
            ("bb\na\nc".into(), 1..1)
        );
        assert_eq!(
            move_lines("a\nbb\nc", 0..0, false).unwrap(),
            ("bb\na\nc".into(), 3..3)
        );
        assert_eq!(move_lines("a\nb", 0..0, true), None);
        assert_eq!(move_lines("a\nb", 2..2, false), None);
    }

    #[test]
    fn a_new_line_is_indented() {
        assert_eq!(new_line("  a: 1", 6..6).unwrap().0, "  a: 1\n  ");
        assert_eq!(new_line("a:", 2..2).unwrap().0, "a:\n  ");
        assert_eq!(new_line("- a:", 4..4).unwrap().0, "- a:\n    ");
        assert_eq!(new_line("\u{e4}", 2..2).unwrap(), ("\u{e4}\n".into(), 3..3));
    }
}
