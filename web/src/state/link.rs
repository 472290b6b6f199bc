//! A link that carries a file behind its `#`, which browsers send to no server.

use super::files::{Alert, LIMIT, Offer};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::io::{Read as _, Write as _};

/// Links of this program begin so, then the number of their form.
const BEGIN: &str = "lb";
/// The form that is written: base64url of gzip, whose checksum tells a link that was cut short, of the file's name, a line
/// feed, and its text.
const FORM: &str = "1";
/// Programs that cut links leave this many characters of them.
pub(crate) const SAFE: usize = 2_000;

/// What stands behind `#`.
///
/// # Errors
/// Never, for a text in memory; the libraries cannot know.
pub(crate) fn fragment(name: &str, text: &str) -> std::io::Result<String> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(format!("{name}\n{text}").as_bytes())?;
    let packed = URL_SAFE_NO_PAD.encode(packed.finish()?);
    Ok(format!("{BEGIN}{FORM}={packed}"))
}

/// Name and text of the file that a fragment carries, or why it cannot be read; `None` if it is none of ours.
pub(crate) fn read(fragment: &str) -> Option<Result<(String, String), Alert>> {
    let (form, packed) = fragment
        .trim_start_matches('#')
        .strip_prefix(BEGIN)?
        .split_once('=')?;
    let number: u32 = form.parse().ok()?;
    let refuse = |title: &str, text: &str| Alert {
        title: title.to_owned(),
        text: text.to_owned(),
        offer: Some(Offer::Choose),
    };
    if number.to_string() != FORM {
        return Some(Err(refuse(
            "This link was made by a newer version.",
            "It begins with another number than this page writes. Open it where it was made, or ask for the file itself.",
        )));
    }
    Some(unpacked(packed).ok_or_else(|| {
        refuse(
            "This link was cut short.",
            "Some of its characters are missing or were changed on the way. Copy the whole link again, or ask for the file \
             itself.",
        )
    }))
}

fn unpacked(packed: &str) -> Option<(String, String)> {
    let packed = URL_SAFE_NO_PAD.decode(packed).ok()?;
    let mut both = String::new();
    let most = u64::try_from(LIMIT).ok()?;
    // A small link can unpack to something very large.
    GzDecoder::new(packed.as_slice())
        .take(most + 1)
        .read_to_string(&mut both)
        .ok()?;
    let (name, text) = both.split_once('\n').filter(|_| both.len() <= LIMIT)?;
    Some((name.to_owned(), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_byte_for_byte() {
        for text in ["", "a: 1\n", "\u{feff}a: \u{e4}\r\nb: \u{1f600}\r\n", "\n\n"] {
            let fragment = fragment("a.yaml", text).unwrap();
            assert!(
                fragment
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_=".contains(c))
            );
            let back = read(&format!("#{fragment}")).unwrap().unwrap();
            assert_eq!(back, ("a.yaml".to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn a_link_cut_anywhere_is_told() {
        let whole = fragment("a.yaml", "kind: ClusterConfig\nmetadata:\n  name: a\n").unwrap();
        for end in BEGIN.len() + 2..whole.len() {
            let title = read(&whole[..end]).unwrap().unwrap_err().title;
            assert_eq!(title, "This link was cut short.", "{end}");
        }
    }

    #[test]
    fn other_fragments_are_not_ours_and_newer_ones_are_told() {
        for other in ["", "#", "#pools", "#file=abc", "#lbx=1", "#lb"] {
            assert!(read(other).is_none(), "{other}");
        }
        let newer = read("#lb2=abc").unwrap().unwrap_err();
        assert_eq!(newer.title, "This link was made by a newer version.");
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bomb = fragment("a.yaml", &" ".repeat(LIMIT + 1)).unwrap();
        assert!(read(&bomb).unwrap().is_err());
    }
}
