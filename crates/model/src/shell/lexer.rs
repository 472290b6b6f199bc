//! A script, character by character, into its commands.

use super::{Command, Redirect, Word};
use std::{iter::Peekable, str::CharIndices};

pub(super) struct Lexer<'s> {
    chars: Peekable<CharIndices<'s>>,
    commands: Vec<Command>,
    command: Command,
    word: Option<Word>,
    /// A redirection that waits for its target.
    operator: Option<String>,
    /// Ends of here-documents that begin on the next line: the mark, and whether tabs before it are dropped.
    heredocs: Vec<(String, bool)>,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(script: &'s str) -> Self {
        Self {
            chars: script.char_indices().peekable(),
            commands: Vec::new(),
            command: Command::default(),
            word: None,
            operator: None,
            heredocs: Vec::new(),
        }
    }

    pub(super) fn commands(mut self) -> Vec<Command> {
        while let Some((at, c)) = self.take() {
            match c {
                ' ' | '\t' | '\r' => self.end_word(),
                '\n' => {
                    self.end_command();
                    self.heredoc_bodies();
                }
                '#' if self.word.is_none() => {
                    while self.peek().is_some_and(|c| c != '\n') && self.take().is_some() {}
                }
                '(' if self.peek() == Some('(') && self.word.is_none() => self.arithmetic(),
                ';' | '|' | '(' | ')' => self.end_command(),
                '&' if self.peek() == Some('>') => self.redirect(at, c),
                '&' => {
                    self.end_word();
                    self.command.background = self.peek() != Some('&');
                    self.end_command();
                    if self.peek() == Some('&') {
                        self.take();
                    }
                }
                '<' | '>' => self.redirect(at, c),
                _ => self.word_char(at, c),
            }
        }
        self.end_command();
        self.commands
    }

    /// `((...))`, in which `<<` and `>` are no redirections.
    fn arithmetic(&mut self) {
        self.end_command();
        let mut last = '(';
        self.take();
        while let Some((_, c)) = self.take() {
            if (last, c) == (')', ')') || c == '\n' {
                break;
            }
            last = c;
        }
    }

    fn take(&mut self) -> Option<(usize, char)> {
        self.chars.next()
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    fn word_char(&mut self, at: usize, c: char) {
        let mut word = self.word.take().unwrap_or_default();
        match c {
            '\'' => {
                while let Some((at, c)) = self.take().filter(|(_, c)| *c != '\'') {
                    word.push(at, c);
                }
            }
            '"' => self.double_quoted(&mut word),
            '\\' => match self.take() {
                Some((_, '\n')) if word.text.is_empty() => return,
                Some((_, '\n')) | None => {}
                Some((at, c)) => word.push(at, c),
            },
            // `$"..."` is translated, which leaves it as it is.
            '$' if self.peek() == Some('"') => {}
            '$' if self.peek() == Some('\'') => self.escaped(&mut word),
            '$' | '`' => self.expansion(&mut word, at, c),
            _ => word.push(at, c),
        }
        self.word = Some(word);
    }

    /// `$'...'`, in which a backslash escapes; what it stands for is kept as it is written.
    fn escaped(&mut self, word: &mut Word) {
        self.take();
        while let Some((at, c)) = self.take().filter(|(_, c)| *c != '\'') {
            word.push(at, c);
            if let ('\\', Some((at, c))) = (c, (c == '\\').then(|| self.take()).flatten()) {
                word.push(at, c);
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) {
        while let Some((at, c)) = self.take().filter(|(_, c)| *c != '"') {
            match c {
                '\\' => match self.take() {
                    Some((_, '\n')) | None => {}
                    Some((at, c @ ('$' | '`' | '"' | '\\'))) => word.push(at, c),
                    Some((behind, c)) => {
                        word.push(at, '\\');
                        word.push(behind, c);
                    }
                },
                '$' | '`' => self.expansion(word, at, c),
                _ => word.push(at, c),
            }
        }
    }

    /// `$NAME`, `${...}`, `$(...)` or `` `...` ``, copied as it is written.
    fn expansion(&mut self, word: &mut Word, at: usize, c: char) {
        word.push(at, c);
        let close = match (c, self.peek()) {
            ('`', _) => '`',
            ('$', Some('(')) => ')',
            ('$', Some('{')) => '}',
            ('$', Some(c)) if c.is_alphanumeric() || "_@*#?!$-".contains(c) => {
                word.expands = true;
                return;
            }
            _ => return,
        };
        word.expands = true;
        let mut depth = 0_usize;
        let start = word.text.len();
        while let Some((at, c)) = self.take() {
            word.push(at, c);
            match c {
                '\\' => {
                    if let Some((at, c)) = self.take() {
                        word.push(at, c);
                    }
                }
                '(' | '{' => depth += 1,
                _ if c == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        let script = match word.text.get(start..) {
                            Some(text) if close == '}' || text.starts_with("((") => return,
                            _ => start + usize::from(close == ')')..word.text.len() - 1,
                        };
                        word.substitutions.push(script);
                        return;
                    }
                }
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn redirect(&mut self, at: usize, c: char) {
        // `2>`: the number of the stream is no word of the command.
        if self
            .word
            .as_ref()
            .is_some_and(|word| word.text.bytes().all(|byte| byte.is_ascii_digit()))
        {
            self.word = None;
        }
        self.end_word();
        let mut operator = Word::default();
        operator.push(at, c);
        while let Some(c) = self.peek().filter(|c| "<>&|".contains(*c)) {
            operator.push(at, c);
            self.take();
        }
        if operator.text == "<<" && self.peek() == Some('-') {
            self.take();
            operator.push(at, '-');
        }
        self.operator = Some(operator.text);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.operator.take() {
            None => self.command.words.push(word),
            Some(operator) if operator == "<<" || operator == "<<-" => {
                self.heredocs.push((word.text, operator == "<<-"));
            }
            Some(operator) => self.command.redirects.push(Redirect {
                operator,
                target: word,
            }),
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.operator = None;
        let command = std::mem::take(&mut self.command);
        if !command.words.is_empty() || !command.redirects.is_empty() {
            self.commands.push(command);
        }
    }

    /// The here-documents of the line that just ended, given to its last command.
    fn heredoc_bodies(&mut self) {
        for (mark, drop_tabs) in std::mem::take(&mut self.heredocs) {
            let mut body = Word::default();
            while self.peek().is_some() {
                let mut line = Word::default();
                while let Some((at, c)) = self.take() {
                    line.push(at, c);
                    if c == '\n' {
                        break;
                    }
                }
                let text = line.text.trim_end_matches('\n');
                if mark
                    == if drop_tabs {
                        text.trim_start_matches('\t')
                    } else {
                        text
                    }
                {
                    break;
                }
                body.append(&line);
            }
            if let Some(command) = self.commands.last_mut() {
                command.redirects.push(Redirect {
                    operator: "<<".to_owned(),
                    target: body,
                });
            }
        }
    }
}
