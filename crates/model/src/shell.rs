//! Shell scripts as commands and words, for the rules about user data. Not an interpreter: it knows quoting,
//! comments, continued lines, separators, redirections and here-documents, and the scripts inside (what `sh -c`,
//! `eval` and `$(...)` run), so that a rule asks for the first argument of a command and not for a pattern in a
//! line. Every word knows which bytes of the script it was read from. Anything reads as something; nothing fails.

mod lexer;
mod word;

pub use word::Word;

use lexer::Lexer;

/// A redirection of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `<<` (its target is the text of the here-document), `<<<`, `>&`, `&>`.
    pub operator: String,
    /// Where to, or where from.
    pub target: Word,
}

/// A simple command: a program with its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its words in order, assignments and `sudo` included.
    pub words: Vec<Word>,
    /// Its redirections in order.
    pub redirects: Vec<Redirect>,
    /// Whether it runs in the background: `&` follows.
    pub background: bool,
    /// Whether it stands in a script inside the script, such as that of `sh -c`.
    pub is_inner: bool,
}

/// Words that run the words behind them, and those of their options that take a value.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U"]),
    ("env", &["-u", "-C", "-S"]),
    ("exec", &["-a"]),
    ("nice", &["-n"]),
    ("ionice", &["-c", "-n"]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("timeout", &["-s", "-k"]),
    ("nohup", &[]),
    ("setsid", &[]),
    ("command", &[]),
    ("builtin", &[]),
    ("time", &[]),
];

/// Words of the shell's grammar that may stand before a command.
const KEYWORDS: &[&str] = &[
    "if", "then", "elif", "else", "do", "while", "until", "{", "!", "coproc",
];

/// Programs that run a script.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh"];

impl Command {
    /// The program's name without its folder, and its arguments, past assignments, keywords, `sudo`, and a shell
    /// that is given a file.
    pub fn program(&self) -> Option<(&str, &[Word])> {
        let mut words = self.words.as_slice();
        while let [word, rest @ ..] = words {
            let name = word.text.rsplit('/').next().unwrap_or(&word.text);
            if let Some((_, with_value)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
                words = past_options(rest, with_value, name == "timeout");
            } else if word.text == "function" {
                words = rest.get(1..).unwrap_or_default();
            } else if KEYWORDS.contains(&word.text.as_str()) || assignment(word).is_some() {
                words = rest;
            } else if SHELLS.contains(&name) && !takes_script(rest) && !shell_operands(rest).is_empty() {
                words = shell_operands(rest);
            } else {
                return Some((name, rest));
            }
        }
        None
    }

    /// The variables that it sets for the script: `NAME=value`, alone or behind `export`.
    pub fn assignments(&self) -> impl Iterator<Item = (&str, &str)> {
        let words = match self.words.as_slice() {
            [first, rest @ ..]
                if ["export", "declare", "readonly", "local"].contains(&first.text.as_str()) =>
            {
                rest
            }
            words if words.iter().all(|word| assignment(word).is_some()) => words,
            _ => &[],
        };
        words.iter().filter_map(assignment)
    }

    /// The scripts that it runs besides itself: of `bash -c` and its like, of `eval`, of `bash <<END`, and of the
    /// `$(...)` in its words.
    fn inner_scripts(&self) -> Vec<Word> {
        let substituted = self.words.iter().flat_map(Word::substitutions);
        let mut scripts: Vec<Word> = substituted.collect();
        match self.program() {
            Some((shell, arguments)) if SHELLS.contains(&shell) => {
                if takes_script(arguments) {
                    scripts.extend(shell_operands(arguments).first().cloned());
                } else {
                    let fed = self
                        .redirects
                        .iter()
                        .filter(|redirect| redirect.operator.starts_with("<<"));
                    scripts.extend(fed.map(|redirect| redirect.target.clone()));
                }
            }
            Some(("eval", arguments)) => scripts.extend(arguments.iter().cloned().reduce(Word::and)),
            Some(("su" | "runuser", arguments)) => {
                let option = |word: &Word| ["-c", "--command"].contains(&word.text.as_str());
                let script = arguments.iter().skip_while(|word| !option(word)).nth(1);
                scripts.extend(script.cloned());
            }
            _ => {}
        }
        scripts
    }
}

/// Whether a shell's options say that a script follows.
fn takes_script(arguments: &[Word]) -> bool {
    let options = arguments.len() - shell_operands(arguments).len();
    let mut options = arguments.iter().take(options);
    options.any(|option| {
        option.text.starts_with('-') && !option.text.starts_with("--") && option.text.contains('c')
    })
}

/// What follows the options of a shell; `-o` and `-O` take a value.
fn shell_operands(mut arguments: &[Word]) -> &[Word] {
    while let [option, rest @ ..] = arguments {
        if !option.text.starts_with(['-', '+']) || option.text.len() < 2 {
            break;
        }
        let value = !option.text.starts_with("--") && option.text.ends_with(['o', 'O']);
        arguments = rest.get(usize::from(value)..).unwrap_or_default();
    }
    arguments
}

fn past_options<'a>(mut words: &'a [Word], with_value: &[&str], takes_argument: bool) -> &'a [Word] {
    while let [option, rest @ ..] = words {
        if !option.text.starts_with('-') {
            break;
        }
        let skip = usize::from(with_value.contains(&option.text.as_str()));
        words = rest.get(skip..).unwrap_or_default();
    }
    words.get(usize::from(takes_argument)..).unwrap_or_default()
}

fn assignment(word: &Word) -> Option<(&str, &str)> {
    let (name, value) = word.text.split_once('=')?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let begins = name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    (plain && begins).then_some((name, value))
}

/// How deep a script inside a script is followed.
const MAX_DEPTH: usize = 4;

/// The commands of a script in order; the scripts inside a command come right behind it.
pub fn commands(script: &str) -> Vec<Command> {
    let mut found = Vec::new();
    collect(script, MAX_DEPTH, None, &mut found);
    found
}

/// The commands of a script; `origin` is the word that it was given as, which knows where its bytes come from.
fn collect(script: &str, depth: usize, origin: Option<&Word>, found: &mut Vec<Command>) {
    for mut command in Lexer::new(script).commands() {
        command.is_inner = origin.is_some();
        if let Some(origin) = origin {
            let redirected = command.redirects.iter_mut().map(|redirect| &mut redirect.target);
            for word in command.words.iter_mut().chain(redirected) {
                *word = word.through(origin);
            }
        }
        let inner = if depth > 0 {
            command.inner_scripts()
        } else {
            Vec::new()
        };
        found.push(command);
        for script in inner {
            collect(&script.text, depth.saturating_sub(1), Some(&script), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(script: &str) -> Vec<Vec<String>> {
        commands(script)
            .into_iter()
            .map(|command| command.words.into_iter().map(|word| word.text).collect())
            .collect()
    }

    #[test]
    fn quotes_comments_and_separators() {
        assert_eq!(words("a 'b c' \"d $e\" f\\ g # h"), [["a", "b c", "d $e", "f g"]]);
        assert_eq!(
            words("#!/bin/bash\na;b&&c||d|e\n"),
            [["a"], ["b"], ["c"], ["d"], ["e"]]
        );
        assert_eq!(words("a \\\n  b\\\nc"), [["a", "bc"]]);
        assert_eq!(words("a $\"b\" $'c d' ${e#f}"), [["a", "b", "c d", "${e#f}"]]);
        assert_eq!(words("x ''"), [["x", ""]]);
        assert_eq!(words("a 'open"), [["a", "open"]]);
    }

    #[test]
    fn scripts_inside_come_behind_their_command() {
        let of = |script: &str| words(script).into_iter().skip(1).collect::<Vec<_>>();
        for script in [
            "sh -c 'b c'",
            "bash -euo pipefail -c 'b c'",
            "eval b c",
            "su - root -c 'b c'",
            "bash <<'END'\nb c\nEND",
            "a \"$(b c)\"",
            "a x`b c`",
        ] {
            assert_eq!(of(script), [["b", "c"]], "{script}");
        }
        for script in [
            "a $((1 << 2))",
            "a ${b}",
            "cat <<END\nb c\nEND",
            "bash b c",
            "echo 'b c'",
        ] {
            assert_eq!(of(script), Vec::<Vec<String>>::new(), "{script}");
        }
        assert_eq!(words("((a = 1 << 2)) && b"), [["b"]]);
        assert!(commands("sh -c a")[1].is_inner && !commands("sh -c a")[0].is_inner);
    }

    #[test]
    fn redirections_are_no_words() {
        let found = commands("sudo bash -c 'echo x > /etc/a' 2>&1 >>log; X :0&");
        assert_eq!(found[0].words.len(), 4);
        assert_eq!(found[0].redirects.len(), 2);
        assert_eq!(found[1].redirects[0].target.text, "/etc/a");
        assert!(found[2].background);
        assert!(!commands("a && b")[0].background);
    }

    #[test]
    fn here_documents_belong_to_their_command() {
        let found = commands("cat <<'EOF' > /etc/x\nline $y\nEOF\nnext\n");
        assert_eq!(found[0].redirects[1].target.text, "line $y\n");
        assert_eq!(found[1].words[0].text, "next");
    }

    #[test]
    fn words_know_where_they_come_from() {
        let script = "sudo bash -c \"run \\\"my name\\\" 'x'\"\n";
        let found = commands(script);
        let (program, arguments) = found[1].program().unwrap();
        assert_eq!(program, "run");
        assert_eq!(&script[arguments[0].range()], "my name");
        assert_eq!(&script[arguments[1].range()], "x");
    }

    #[test]
    fn programs_are_found_behind_wrappers() {
        let program = |script: &str| {
            commands(script)[0]
                .program()
                .map(|(name, rest)| (name.to_owned(), rest.len()))
        };
        assert_eq!(
            program("A=1 sudo -E -u root /etc/eks/bootstrap.sh x"),
            Some(("bootstrap.sh".to_owned(), 1))
        );
        assert_eq!(
            program("if ! env A=b timeout 5 run y"),
            Some(("run".to_owned(), 1))
        );
        assert_eq!(
            program("/usr/bin/env bash -x /opt/run y"),
            Some(("run".to_owned(), 1))
        );
        assert_eq!(program("function f { run y"), Some(("run".to_owned(), 1)));
        assert_eq!(program("A=1"), None);
        assert_eq!(
            commands("export A=1 B")[0].assignments().collect::<Vec<_>>(),
            [("A", "1")]
        );
    }

    proptest! {
        #[test]
        fn any_text_reads_and_every_word_lies_in_it(script in "[ -~\\n\\t“é]{0,80}") {
            for command in commands(&script) {
                for word in &command.words {
                    prop_assert!(word.range().end <= script.len());
                    prop_assert!(script.get(word.range()).is_some());
                }
            }
        }
    }
}
