//! Problems removed by their fixes, or allowed in the file.

use super::{Session, reading::Mark, session::Change};
use crate::components::words;
use lb_model::{document::Document, problem::Problem, rules::Facts};
use lb_provision::check;

/// Problems that were removed alike.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    /// The first of them, where it was before anything was fixed.
    pub mark: Mark,
    /// What the button of the fix says.
    pub title: String,
    /// How many they are.
    pub count: usize,
    /// The document without them.
    pub after: Document,
}

/// Fixes made for one step at most; each removes a problem, so this is never reached but by a rule's mistake.
const FIXES: usize = 1_000;

impl Session {
    /// What these problems' fixes make of the text, one after the other; problems of one code that are fixed alike are one
    /// step. What an earlier fix has removed with its own problem is in that one's step.
    pub(crate) fn fixes(&self, marks: &[usize], facts: &Facts<'_>) -> Vec<Fixed> {
        let mut steps: Vec<Fixed> = Vec::new();
        for mark in marks.iter().filter_map(|i| self.reading.marks.get(*i)) {
            let now = steps.last().map_or(&*self.reading.document, |step| &step.after);
            // An earlier fix may have moved it, so it is looked up again by its code and message.
            let found = check::problems(now, facts).into_iter().map(|found| found.problem);
            let same = |p: &Problem| p.code == mark.code() && p.message == mark.problem.message;
            let fix = found.filter(same).find_map(|p| p.fix);
            let Some(fix) = fix else { continue };
            let Ok(edited) = now.edit(&fix.edits) else {
                continue;
            };
            let title = fix.title.replace('`', "");
            match steps.last_mut() {
                Some(step) if step.title == title && step.mark.code() == mark.code() => {
                    step.after = edited.document;
                    step.count += 1;
                }
                _ => steps.push(Fixed {
                    mark: mark.clone(),
                    title,
                    count: 1,
                    after: edited.document,
                }),
            }
        }
        steps
    }

    /// Removes these problems by their fixes; what was done.
    pub(crate) fn fix(&mut self, marks: &[usize], at: f64, facts: &Facts<'_>) -> Option<String> {
        let steps = self.fixes(marks, facts);
        let last = steps.last()?;
        let title = match steps.len() {
            1 => last.title.clone(),
            _ => words::count(steps.iter().map(|step| step.count).sum(), "problem"),
        };
        let label = match steps.len() {
            1 => title.to_lowercase(),
            _ => format!("fix {title}"),
        };
        let text = last.after.text().to_owned();
        self.replace(
            &text,
            Change {
                label,
                field: None,
                at,
            },
            facts,
        );
        Some(title)
    }

    /// Writes above a problem's line that it is there on purpose, and puts the caret behind it, where the reason goes;
    /// the problem's code. Nothing where the problem is gone.
    ///
    /// # Errors
    /// Why no comment can stand there, in words.
    pub(crate) fn allow(
        &mut self,
        index: usize,
        at: f64,
        facts: &Facts<'_>,
    ) -> Result<Option<String>, String> {
        let Some(mark) = self.reading.marks.get(index) else {
            return Ok(None);
        };
        let code = mark.code().to_string();
        let edited = self.reading.document.allow(&self.reading.located(mark));
        let edited = edited.map_err(|error| error.to_string())?;
        let Some(splice) = edited.splices.first() else {
            return Ok(None);
        };
        let end = splice.range.start + splice.text.trim_end().len();
        let label = format!("allow {code}");
        let change = Change {
            label,
            field: None,
            at,
        };
        self.replace(edited.document.text(), change, facts);
        let end = self.reading.view.of_document(end);
        self.jump(end..end, true);
        Ok(Some(code))
    }

    /// The problems whose fix cannot change what the cluster is meant to be, in the order of the list.
    pub(crate) fn safe_fixes(&self) -> Vec<usize> {
        let marks = &self.reading.marks;
        let safe = |i: &usize| marks.get(*i).and_then(Mark::fix).is_some_and(|fix| fix.safe);
        let groups = self.reading.groups().into_iter();
        groups
            .flat_map(|group| group.marks)
            .filter(safe)
            .take(FIXES)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::state::{Action, testing::app};

    #[test]
    fn what_cannot_be_allowed_says_why() {
        let json = r#"{"metadata": {"name": "lb", "region": "us-west-2", "version": "1.29"}}"#;
        let mut app = app(json);
        let marks = &app.session.as_ref().unwrap().reading.marks;
        let index = marks.iter().position(|mark| mark.code().0 == "LB020").unwrap();
        app.reduce_at(Action::Allow(index), 1.0);
        assert!(app.alert.unwrap().text.contains("put a line `---`"));
        assert_eq!(app.session.unwrap().text(), json);
    }
}
