//! The style sheets: colours stand in one file and can be read on every ground; the page has no inline style.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The colours of a theme by their names.
fn colours(theme: &str) -> BTreeMap<String, [f64; 3]> {
    let text = fs::read_to_string(here().join("styles/tokens.css")).unwrap();
    let block = text.split(theme).nth(1).unwrap().split("\n}").next().unwrap();
    let line = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let hex = value.split(';').next()?;
        let part = |i: usize| f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
        Some((name.to_owned(), [part(0), part(2), part(4)]))
    };
    block.lines().filter_map(line).collect()
}

/// The contrast of two colours as WCAG 2 computes it.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = |c: f64| {
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read_on_every_ground_it_stands_on() {
    let grounds = ["surface", "raised", "sunken", "bg"];
    let texts = [
        "ink", "ink-2", "ink-3", "accent", "error", "warn", "info", "ok", "y-key", "y-str", "y-num", "y-com",
    ];
    for theme in [":root {", ":root[data-theme=\"dark\"] {"] {
        let colours = colours(theme);
        for text in texts {
            for ground in grounds {
                let ratio = contrast(colours[text], colours[ground]);
                assert!(ratio >= 4.5, "{theme} --{text} on --{ground}: {ratio:.2}");
            }
        }
        for (text, ground) in [
            ("error", "error-weak"),
            ("warn", "warn-weak"),
            ("info", "info-weak"),
            ("ok", "ok-weak"),
            ("accent", "accent-weak"),
            ("ink-3", "accent-weak"),
            ("on-accent", "accent"),
            ("ink", "error-weak"),
            ("y-com", "accent-weak"),
            ("y-str", "error-weak"),
            ("y-key", "warn-weak"),
        ] {
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= 4.5, "{theme} --{text} on --{ground}: {ratio:.2}");
        }
        for ground in grounds {
            let ratio = contrast(colours["control"], colours[ground]);
            assert!(
                ratio >= 3.0,
                "{theme} border of a control on --{ground}: {ratio:.2}"
            );
        }
    }
}

#[test]
fn colours_stand_in_one_file() {
    for (path, text) in files(&here().join("styles"), "css") {
        if path.ends_with("tokens.css") {
            continue;
        }
        for line in text.lines() {
            let hex = line
                .match_indices('#')
                .any(|(i, _)| line[i + 1..].chars().take_while(char::is_ascii_hexdigit).count() >= 3);
            assert!(
                !hex && !line.contains("rgb(") && !line.contains("hsl("),
                "{}: {line}",
                path.display()
            );
        }
    }
}

#[test]
fn every_variable_is_defined() {
    let tokens = fs::read_to_string(here().join("styles/tokens.css")).unwrap();
    for (path, text) in files(&here().join("styles"), "css") {
        for part in text.split("var(--").skip(1) {
            let name: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '-')
                .collect();
            // A variable with a fallback is one that the program sets.
            let fallback = part[name.len()..].starts_with(',');
            assert!(
                fallback || tokens.contains(&format!("--{name}:")),
                "{}: --{name}",
                path.display()
            );
        }
    }
}

#[test]
fn no_style_is_inline() {
    let mut sources = files(&here().join("src"), "rs");
    sources.push((
        here().join("index.html"),
        fs::read_to_string(here().join("index.html")).unwrap(),
    ));
    for (path, text) in sources {
        let own = path.ends_with("styles.rs");
        assert!(
            own || !text.contains(" style="),
            "{}: the page's policy allows no style attribute",
            path.display()
        );
    }
}

#[test]
fn every_class_of_the_style_sheets_is_used() {
    let sources: String = files(&here().join("src"), "rs")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let page = fs::read_to_string(here().join("index.html")).unwrap();
    // Classes whose ending is a severity are put together by the program.
    let composed = |class: &str| {
        ["-error", "-warn", "-info"]
            .iter()
            .any(|end| class.ends_with(end))
    };
    let mut unused = BTreeSet::new();
    for (_, text) in files(&here().join("styles"), "css") {
        for (i, _) in text.match_indices('.') {
            let class: String = text[i + 1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            let begins = class.starts_with(|c: char| c.is_ascii_lowercase());
            let word = |text: &str| {
                text.match_indices(class.as_str()).any(|(i, _)| {
                    let edge = |c: Option<char>| {
                        c.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
                    };
                    edge(text[..i].chars().next_back()) && edge(text[i + class.len()..].chars().next())
                })
            };
            if begins && !composed(&class) && !word(&sources) && !word(&page) {
                unused.insert(class);
            }
        }
    }
    assert!(
        unused.is_empty(),
        "no part of the page has these classes: {unused:?}"
    );
}
