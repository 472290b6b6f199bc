//! The few characters that the parser's events leave out, found in the text.

/// The `|` or `>` before the block of text that begins at `content`: the last one before it that opens
/// a header.
pub(super) fn header_of_block(text: &str, content: usize) -> usize {
    let mut end = content;
    while let Some(before) = text.get(..end) {
        let Some(at) = before.rfind(['|', '>']) else { break };
        let header = text.get(at + 1..content).unwrap_or_default();
        let header = header.trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let line = header
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches([' ', '\t']);
        if line.is_empty() || line.starts_with('#') {
            return at;
        }
        end = at;
    }
    content
}

pub(super) fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find(['\n', '\r']).unwrap_or(rest.len())
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
