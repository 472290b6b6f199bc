//! Words and figures as people read them.

use jiff::SignedDuration;

/// `1 nodegroup`, `4 nodegroups`, `2 policies`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {}", plural(noun))
    }
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with(['x', 's']) => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

/// "`text`, `json` or `yaml`".
pub(crate) fn one_of(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A duration in a table: `0:07`, `12:21`, `1:02:03`.
pub(crate) fn clock(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A duration in a sentence, as exact as it deserves: `4 s`, `12 min`, `3 h`, `2 days`.
pub(crate) fn about(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5_400 => format!("{} min", (seconds + 30) / 60),
        5_400..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Dollars with so many digits behind the point: `$0.25`, `$28,704`.
pub(crate) fn usd(dollars: f64, digits: usize) -> String {
    let plain = format!("{dollars:.digits$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::from("$");
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
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
    fn nouns_have_their_plurals() {
        assert_eq!(count(1, "fix"), "1 fix");
        let said: Vec<String> = ["fix", "policy", "key pair", "gateway"]
            .iter()
            .map(|noun| count(2, noun))
            .collect();
        assert_eq!(said, ["2 fixes", "2 policies", "2 key pairs", "2 gateways"]);
    }

    #[test]
    fn durations_are_as_exact_as_they_deserve() {
        let said = |seconds| about(SignedDuration::from_secs(seconds));
        assert_eq!(
            [said(4), said(740), said(7_200), said(259_200)],
            ["4 s", "12 min", "2 h", "3 days"]
        );
        assert_eq!(clock(SignedDuration::from_secs(741)), "12:21");
        assert_eq!(clock(SignedDuration::from_secs(3_723)), "1:02:03");
        assert_eq!(clock(SignedDuration::from_secs(-3)), "0:00");
    }

    #[test]
    fn dollars_have_thousands() {
        let said = [
            usd(0.2491, 2),
            usd(999.6, 0),
            usd(28_704.44, 2),
            usd(1_234_567.0, 0),
        ];
        assert_eq!(said, ["$0.25", "$1,000", "$28,704.44", "$1,234,567"]);
    }

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
