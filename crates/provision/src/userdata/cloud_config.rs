//! Cloud-config for Amazon Linux 2 and Ubuntu.

use super::{Format, Node, of_cluster};
use crate::text::{Attribute, Piece, Text};
use std::fmt::Write;

const SCRIPTS: &str = "/var/lib/cloud/scripts/eksctl";

struct File {
    path: String,
    mode: &'static str,
    content: Text,
}

pub(super) fn text(node: &Node<'_>, format: Format) -> Text {
    let (script, source) = match format {
        Format::AmazonLinux2 => ("bootstrap.al2.sh", include_str!("bootstrap.al2.sh")),
        _ => ("bootstrap.ubuntu.sh", include_str!("bootstrap.ubuntu.sh")),
    };
    let kubelet = node.kubelet.map_or_else(
        || "{}".to_owned(),
        |kubelet| serde_json::to_string(kubelet).unwrap_or_default(),
    );
    let mut files = vec![
        File {
            path: "/etc/eksctl/kubelet-extra.json".to_owned(),
            mode: "0644",
            content: kubelet.into(),
        },
        File {
            path: "/etc/eksctl/kubelet.env".to_owned(),
            mode: "0644",
            content: environment(node, format),
        },
    ];
    let shell = |command: &str| vec!["/bin/bash".to_owned(), "-c".to_owned(), command.to_owned()];
    let mut commands: Vec<Vec<String>> = node.before.iter().map(|command| shell(command)).collect();
    match node.instead {
        Some(command) => commands.push(shell(command)),
        None => {
            commands.push(vec![format!("{SCRIPTS}/{script}")]);
            files.push(File {
                path: format!("{SCRIPTS}/{script}"),
                mode: "0755",
                content: source.into(),
            });
        }
    }
    let helper = format!("{SCRIPTS}/bootstrap.helper.sh");
    commands.push(vec![helper.clone()]);
    files.push(File {
        path: helper,
        mode: "0755",
        content: include_str!("bootstrap.helper.sh").into(),
    });
    write(&commands, &files)
}

/// The variables that the helper starts from.
fn environment(node: &Node<'_>, format: Format) -> Text {
    let mut lines = Text::from(format!("CLUSTER_NAME={}\nAPI_SERVER_URL=", node.cluster))
        .then(of_cluster(Attribute::Endpoint))
        .then("\nB64_CLUSTER_CA=")
        .then(of_cluster(Attribute::CertificateAuthorityData))
        .then("\nCLUSTER_DNS=")
        .then(node.cluster_dns())
        .then(format!(
            "\nNODE_LABELS={}\nNODE_TAINTS={}",
            node.labels(),
            node.taints()
        ));
    if let Some(pods) = node.max_pods {
        lines = lines.then(format!("\nMAX_PODS={pods}"));
    }
    match format {
        Format::AmazonLinux2 => lines.then("\nCONTAINER_RUNTIME=containerd"),
        _ => lines,
    }
}

fn write(commands: &[Vec<String>], files: &[File]) -> Text {
    let mut out = "#cloud-config\npackages: null\nruncmd:\n".to_owned();
    for command in commands {
        for (i, word) in command.iter().enumerate() {
            let dashes = if i == 0 { "- -" } else { "  -" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{dashes} {}", scalar(&Text::from(word.as_str()), 4));
        }
    }
    out.push_str("write_files:\n");
    for File { path, mode, content } in files {
        let content = scalar(content, 4);
        let _ = write!(
            out,
            "- path: {path}\n  owner: root:root\n  permissions: \"{mode}\"\n  content: {content}\n"
        );
    }
    // Every part of `out` is the serialised form of a text.
    Text::decode(&out).unwrap_or_default()
}

/// A text as a YAML scalar: a block where it can stand as it is, so that people can read it; else in quotes.
fn scalar(text: &Text, indent: usize) -> String {
    let encoded = text.encode();
    let readable = !encoded.starts_with([' ', '\t', '\n'])
        && text.pieces().iter().all(|piece| match piece {
            Piece::Literal(literal) => literal.chars().all(|c| c == '\n' || is_printable(c)),
            Piece::Hole(_) => true,
        });
    if !encoded.contains('\n') || !readable {
        return quoted(text);
    }
    let chomping = match encoded.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.ends_with('\n') => "+",
        Some(_) => "",
    };
    let mut out = format!("|{chomping}");
    for line in encoded.strip_suffix('\n').unwrap_or(&encoded).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    out
}

/// What YAML takes outside quotes and cloud-init's reader too.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn quoted(text: &Text) -> String {
    let mut out = String::from('"');
    for piece in text.pieces() {
        match piece {
            // Holes are filled with addresses, base64 and numbers, which need no escaping.
            Piece::Hole(hole) => out.push_str(&Text::hole(&hole.key, hole.attribute).encode()),
            Piece::Literal(literal) => {
                for c in literal.chars() {
                    let _ = match c {
                        '"' | '\\' => write!(out, "\\{c}"),
                        '\n' => write!(out, "\\n"),
                        '\t' => write!(out, "\\t"),
                        c if is_printable(c) => write!(out, "{c}"),
                        c if u32::from(c) <= 0xffff => write!(out, "\\u{:04x}", u32::from(c)),
                        c => write!(out, "\\U{:08x}", u32::from(c)),
                    };
                }
            }
        }
    }
    out.push('"');
    out
}
