//! What was done, and how to take it back: one history for the form and the file.

use super::text::Splice;
use std::rc::Rc;

/// Steps kept; the oldest go first.
const LIMIT: usize = 10_000;
/// Keys in the same field within this time are one step.
const PAUSE_MS: f64 = 500.0;

/// One thing that undo takes back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// What was done, as a button names it: `rename the table`.
    pub label: String,
    /// The changes that take it back, in the order in which they are made.
    pub back: Vec<Splice>,
    /// The field whose keys grow this step; `None` if the step is complete.
    pub field: Option<String>,
    /// When its last key came, in milliseconds.
    pub at: f64,
}

/// The steps that can be undone, and those that were.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct History {
    // Shared, because each state of the page has a copy of the list.
    undo: Vec<Rc<Step>>,
    redo: Vec<Rc<Step>>,
    made: usize,
}

impl History {
    /// Adds a step that was just made, or grows the last one if both are keys of the same field.
    pub(crate) fn push(&mut self, step: Step) {
        self.redo.clear();
        if let Some(last) = self.undo.last_mut()
            && step.field.is_some()
            && last.field == step.field
            && step.at - last.at < PAUSE_MS
        {
            let mut back = step.back;
            back.extend(last.back.iter().cloned());
            *last = Rc::new(Step { back, ..step });
            return;
        }
        if self.undo.len() == LIMIT {
            self.undo.remove(0);
        }
        self.made += 1;
        self.undo.push(Rc::new(step));
    }

    /// Takes back the last step: the text before it and its label.
    pub(crate) fn undo(&mut self, text: &str) -> Option<(String, Rc<Step>)> {
        let step = self.undo.pop()?;
        let (before, forth) = turn(text, &step)?;
        self.redo.push(Rc::new(forth));
        self.made = self.made.saturating_sub(1);
        Some((before, step))
    }

    /// Makes the last step that was taken back again.
    pub(crate) fn redo(&mut self, text: &str) -> Option<(String, Rc<Step>)> {
        let step = self.redo.pop()?;
        let (after, back) = turn(text, &step)?;
        self.undo.push(Rc::new(back));
        self.made += 1;
        Some((after, step))
    }

    /// What undo would take back.
    pub(crate) fn undo_label(&self) -> Option<&str> {
        self.undo.last().map(|step| step.label.as_str())
    }

    /// When the last step was made, in milliseconds.
    pub(crate) fn last_at(&self) -> Option<f64> {
        self.undo.last().map(|step| step.at)
    }

    /// What redo would make again.
    pub(crate) fn redo_label(&self) -> Option<&str> {
        self.redo.last().map(|step| step.label.as_str())
    }

    /// How many changes were made and not taken back.
    pub(crate) fn made(&self) -> usize {
        self.made
    }
}

/// Makes a step's changes on `text`, and the step that takes them back.
fn turn(text: &str, step: &Step) -> Option<(String, Step)> {
    let mut now = text.to_owned();
    let mut back = Vec::with_capacity(step.back.len());
    for splice in &step.back {
        let (next, inverse) = splice.apply(&now)?;
        now = next;
        back.insert(0, inverse);
    }
    Some((
        now,
        Step {
            label: step.label.clone(),
            back,
            field: None,
            at: step.at,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes `after` of `before` as one key in `field`.
    fn step(history: &mut History, before: &str, after: &str, field: Option<&str>, at: f64) -> String {
        let (text, back) = Splice::between(before, after).unwrap().apply(before).unwrap();
        history.push(Step {
            label: format!("to {after}"),
            back: vec![back],
            field: field.map(Into::into),
            at,
        });
        text
    }

    #[test]
    fn keys_of_one_field_are_one_step() {
        let mut history = History::default();
        let mut text = String::from("a");
        for (after, at) in [("ab", 0.0), ("abc", 100.0), ("xabc", 450.0)] {
            text = step(&mut history, &text, after, Some("name"), at);
        }
        let (before, _) = history.undo(&text).unwrap();
        assert_eq!(before, "a");
        assert_eq!(history.undo_label(), None);
        assert_eq!(history.redo(&before).unwrap().0, "xabc");
    }

    #[test]
    fn a_pause_or_another_field_is_a_new_step() {
        let mut history = History::default();
        let text = step(&mut history, "a", "ab", Some("name"), 0.0);
        let text = step(&mut history, &text, "abc", Some("name"), 900.0);
        let text = step(&mut history, &text, "abcd", Some("region"), 910.0);
        let text = step(&mut history, &text, "z", None, 920.0);
        let (text, _) = history.undo(&text).unwrap();
        let (text, _) = history.undo(&text).unwrap();
        assert_eq!(text, "abc");
        assert_eq!(history.undo(&text).unwrap().0, "ab");
    }

    #[test]
    fn a_new_step_forgets_what_was_undone() {
        let mut history = History::default();
        let text = step(&mut history, "a", "b", None, 0.0);
        let (text, _) = history.undo(&text).unwrap();
        step(&mut history, &text, "c", None, 1.0);
        assert_eq!(history.redo_label(), None);
        assert_eq!(history.made(), 1);
    }

    #[test]
    fn the_oldest_steps_go() {
        let mut history = History::default();
        for n in 0..LIMIT + 3 {
            step(&mut history, &n.to_string(), &(n + 1).to_string(), None, 0.0);
        }
        assert_eq!(history.undo.len(), LIMIT);
    }
}
