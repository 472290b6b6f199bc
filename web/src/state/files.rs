//! Files that are opened: which cannot be, and what is said then.

use crate::browser::file::Incoming;

/// Larger files are not opened; the model's own bound.
pub(crate) const LIMIT: usize = lb_model::reader::MAX_BYTES;

/// Something that failed and is no problem of a config. It stays until it is closed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alert {
    /// What it is; stands alone.
    pub title: String,
    /// What it begins like, why, and what to do.
    pub text: String,
    /// A text that may be opened all the same, or downloaded, with its name.
    pub offer: Option<Offer>,
}

/// What an alert offers besides being closed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Offer {
    /// To open this file in spite of it.
    Open {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
    /// To choose another file.
    Choose,
    /// To download the work.
    Download,
}

/// The text of a file, or why it is not opened.
///
/// # Errors
/// If it could not be read, is too large, or is not text.
pub(crate) fn read(incoming: Incoming) -> Result<(String, String), Alert> {
    let Incoming { name, size, bytes } = incoming;
    let refuse = |title: String, text: &str| Alert {
        title,
        text: text.to_owned(),
        offer: Some(Offer::Choose),
    };
    let bytes = bytes.map_err(|error| {
        refuse(
            format!("{name} could not be read."),
            &format!("The browser says: {error}. Choose it again."),
        )
    })?;
    if bytes.len() > LIMIT {
        let mib = size / 1_048_576.0;
        return Err(refuse(
            format!("{name} is too large: {mib:.1} MiB."),
            "A config of 50 pools has about 0.1 MiB; more than 1 MiB is not opened. Choose the config itself.",
        ));
    }
    if let Some(kind) = kind(&bytes) {
        return Err(refuse(
            format!("{name} is not a text file."),
            &format!(
                "It begins like {kind}, so there is nothing to read in it. Choose the .yaml file itself."
            ),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refuse(
            format!("{name} is not UTF-8 text."),
            &format!(
                "Byte {} cannot be read. Save the file as UTF-8 in your editor and open it again.",
                at + 1
            ),
        )
    })?;
    if text.contains('\0') {
        return Err(refuse(
            format!("{name} is not a text file."),
            "It contains NUL characters, which no text has. Choose the .yaml file itself.",
        ));
    }
    Ok((name, text))
}

/// What a file is that is no UTF-8 text, by its first bytes.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ", "an xz archive"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\x7fELF", "a program"),
        (b"\xff\xfe", "UTF-16 text"),
    ];
    KINDS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| *kind)
        .or_else(|| bytes.starts_with(b"\xfe\xff").then_some("UTF-16 text"))
}

/// A name of a file: what stands before its ending, cut of everything that is no letter, digit or `-_.`.
pub(crate) fn safe_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "-_. ".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let kept = kept.trim_matches(['.', ' ', '-']).to_owned();
    if kept.is_empty() {
        "cluster.yaml".to_owned()
    } else {
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &[u8]) -> Result<(String, String), Alert> {
        read(Incoming {
            name: "a.yaml".into(),
            size: bytes.len() as f64,
            bytes: Ok(bytes.to_vec()),
        })
    }

    #[test]
    fn text_is_opened() {
        assert_eq!(
            open(b"\xef\xbb\xbfa: 1\r\n"),
            Ok(("a.yaml".into(), "\u{feff}a: 1\r\n".into()))
        );
        assert_eq!(open(b"").map(|(_, text)| text), Ok(String::new()));
    }

    #[test]
    fn what_is_no_text_is_refused_by_what_it_is() {
        for (bytes, word) in [
            (b"PK\x03\x04rest".as_slice(), "ZIP"),
            (b"\xff\xfea\0", "UTF-16"),
            (b"a: \xff", "Byte 4"),
            (b"a\0b", "NUL"),
            (&vec![b'a'; LIMIT + 1], "1 MiB"),
        ] {
            let alert = open(bytes).unwrap_err();
            assert!(alert.text.contains(word), "{alert:?}");
            assert_eq!(alert.offer, Some(Offer::Choose));
        }
    }

    #[test]
    fn names_are_names() {
        assert_eq!(safe_name("../../etc/x y.yaml"), "etc-x y.yaml");
        assert_eq!(safe_name("///"), "cluster.yaml");
    }
}
