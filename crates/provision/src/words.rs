//! Counts, durations and money as people read them, in the terminal and on the page.

use jiff::SignedDuration;

/// `1 nodegroup`, `4 nodegroups`, `2 policies`.
pub fn count(number: usize, noun: &str) -> String {
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

/// A duration in a table: `0:07`, `12:21`, `1:02:03`.
pub fn clock(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A duration in a sentence, as exact as it deserves: `4 s`, `12 min`, `3 h`, `2 days`.
pub fn about(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5_400 => format!("{} min", (seconds + 30) / 60),
        5_400..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for (i, item) in items.iter().enumerate() {
        text.push_str(match i {
            0 => "",
            _ if i + 1 == items.len() => " and ",
            _ => ", ",
        });
        text.push_str(item.as_ref());
    }
    text
}

/// Dollars with so many digits behind the point: `$0.25`, `$28,704`.
pub fn usd(dollars: f64, digits: usize) -> String {
    format!("${}", figure(dollars, digits))
}

/// A number with so many digits behind the point: `39`, `28,704`.
pub fn figure(number: f64, digits: usize) -> String {
    let plain = format!("{number:.digits$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
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
}
