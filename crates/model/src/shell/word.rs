//! A word of a script, which knows where it was read from.

use std::ops::Range;

/// A word with its quotes taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What the program would see; expansions stand as they are written.
    pub text: String,
    /// Whether the shell would replace a part of it: `$NAME`, `$(...)`.
    pub expands: bool,
    /// Which bytes of `text` are scripts that the shell runs and replaces.
    pub(super) substitutions: Vec<Range<usize>>,
    /// Where the bytes of `text` stand in the script, as far as they follow each other there.
    runs: Vec<Run>,
}

/// Bytes of a word that stand together in the script, up to the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Where they begin in the word.
    word: usize,
    /// Where they begin in the script.
    script: usize,
}

impl Word {
    /// The bytes of the script that `text` was read from, without quotes around it.
    pub fn range(&self) -> Range<usize> {
        self.part(0..self.text.len())
    }

    /// The bytes of the script that a part of `text` was read from.
    pub fn part(&self, part: Range<usize>) -> Range<usize> {
        let start = self.at(part.start).unwrap_or_default();
        let last = part.end.checked_sub(1).and_then(|last| self.at(last));
        start..last.map_or(start, |last| last + 1).max(start)
    }

    /// Where a byte of the word stands in the script.
    fn at(&self, byte: usize) -> Option<usize> {
        let runs = self.runs.partition_point(|run| run.word <= byte);
        let run = self.runs.get(runs.checked_sub(1)?)?;
        (byte < self.text.len()).then(|| run.script + byte - run.word)
    }

    pub(super) fn push(&mut self, at: usize, c: char) {
        let end = self.text.len();
        let follows = |run: &Run| run.script + end - run.word == at;
        if !self.runs.last().is_some_and(follows) {
            self.runs.push(Run {
                word: end,
                script: at,
            });
        }
        self.text.push(c);
    }

    /// Puts another word behind this one.
    pub(super) fn append(&mut self, other: &Self) {
        let end = self.text.len();
        let moved = |run: &Run| Run {
            word: run.word + end,
            script: run.script,
        };
        self.runs.extend(other.runs.iter().map(moved));
        let moved = |part: &Range<usize>| part.start + end..part.end + end;
        self.substitutions.extend(other.substitutions.iter().map(moved));
        self.text.push_str(&other.text);
    }

    /// Both words with a space between them, as `eval` joins its arguments.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.push(self.range().end, ' ');
        self.expands |= other.expands;
        self.append(&other);
        self
    }

    /// The scripts of the `$(...)` and `` `...` `` in it.
    pub(super) fn substitutions(&self) -> impl Iterator<Item = Self> {
        self.substitutions.iter().map(|part| {
            let mut script = Self::default();
            for (at, c) in self.text.get(part.clone()).unwrap_or_default().char_indices() {
                let at = part.start + at;
                script.push(self.part(at..at + 1).start, c);
            }
            script
        })
    }

    /// The word as it stands in the script around: this one was read from the text of `origin`.
    pub(super) fn through(&self, origin: &Self) -> Self {
        let mut word = Self {
            expands: self.expands,
            substitutions: self.substitutions.clone(),
            ..Self::default()
        };
        for (at, c) in self.text.char_indices() {
            word.push(origin.part(self.part(at..at + 1)).start, c);
        }
        word
    }
}
