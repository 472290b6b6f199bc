//! Words and figures as people read them.

pub(crate) use lb_provision::words::{about, clock, count, usd};

/// "`text`, `json` or `yaml`".
pub(crate) fn one_of(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Cuts the middle out of what is longer than `width` characters; ends of names tell them apart.
pub(crate) fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let keep = width.saturating_sub(ellipsis.chars().count());
    let (head, tail) = (keep.div_ceil(2), keep / 2);
    text.chars()
        .take(head)
        .chain(ellipsis.chars())
        .chain(text.chars().skip(length - tail))
        .collect()
}

/// Lines of at most `width` columns. Words are never broken, nor is what stands in backticks.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut quoted = false;
    for word in text.split_whitespace() {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= width;
        match lines.last_mut() {
            Some(line) if quoted || fits(line) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
        if word.matches('`').count() % 2 == 1 {
            quoted = !quoted;
        }
    }
    lines
}

/// The words on lines of at most `width` columns, `taken` of which are not theirs.
pub(crate) fn folded(text: &str, width: usize, taken: usize) -> String {
    wrap(text, width.saturating_sub(taken).max(30)).join("\n")
}

/// The words folded, the lines below the first under it.
pub(crate) fn indented(text: &str, width: usize, taken: usize) -> String {
    folded(text, width, taken).replace('\n', &format!("\n{:taken$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_cut_name_stay() {
        assert_eq!(
            cut("arn:aws:iam::111122223333:role/operator", 20, "..."),
            "arn:aws:i...operator"
        );
        assert_eq!(cut("short", 20, "..."), "short");
    }

    #[test]
    fn a_long_word_stands_on_a_line_of_its_own() {
        assert_eq!(
            wrap("one two arn:aws:iam::111122223333:root three", 10),
            ["one two", "arn:aws:iam::111122223333:root", "three"]
        );
    }
}
