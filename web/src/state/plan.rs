//! How the plan is looked at: what it is searched for, and what of it is open.

use super::outlook::Outlook;
use lb_provision::plan::{Action, Group, Step, StepId};
use std::collections::BTreeSet;

/// Groups of at most so many rows are open.
const OPEN: usize = 13;
/// Rows of a group that are shown at once.
const ROWS: usize = 16;

/// What is done to the look at the plan.
#[derive(Clone, Debug)]
pub(crate) enum Look {
    /// Show only what has these words.
    Search(String),
    /// Open a closed group, or close an open one.
    Fold(Group),
    /// Show all rows of a group.
    Whole(Group),
    /// Show the fields of a step, or hide them.
    Row(StepId),
}

/// How the plan is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlanView {
    /// The words that it is searched for.
    pub query: String,
    /// Groups that are not as they are by themselves: closed ones opened, open ones closed.
    turned: BTreeSet<Group>,
    /// Groups of which all rows are shown.
    whole: BTreeSet<Group>,
    /// Steps whose fields are shown.
    open: BTreeSet<StepId>,
}

/// A group as it is shown.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Which.
    pub group: Group,
    /// What it is made of, in a few words.
    pub line: String,
    /// How many of its steps have the words searched for.
    pub found: usize,
    /// How many steps it has.
    pub count: usize,
    /// Whether it is open.
    pub is_open: bool,
    /// The rows that are shown while it is open.
    pub rows: Vec<&'a Step>,
}

/// Adds to a set what is not in it, and takes away what is.
fn turn<T: Ord>(set: &mut BTreeSet<T>, item: T) {
    if !set.remove(&item) {
        set.insert(item);
    }
}

impl PlanView {
    /// Answers what is done.
    pub(crate) fn answer(&mut self, look: Look) {
        match look {
            Look::Search(query) => {
                // What is found is shown, however its group was left.
                if query.trim().is_empty() != self.query.trim().is_empty() {
                    self.turned.clear();
                    self.whole.clear();
                }
                self.query = query;
            }
            Look::Fold(group) => turn(&mut self.turned, group),
            Look::Whole(group) => drop(self.whole.insert(group)),
            Look::Row(step) => turn(&mut self.open, step),
        }
    }

    /// Whether the fields of a step are shown.
    pub(crate) fn is_open(&self, step: &Step) -> bool {
        self.open.contains(&step.id())
    }

    /// The groups that have something of what is searched for.
    pub(crate) fn parts<'a>(&self, outlook: &'a Outlook) -> Vec<Part<'a>> {
        let plan = &outlook.planned.plan;
        let lines = plan.summary();
        let found = outlook.found(&self.query);
        let of = |step: &Step| step.shown().map(Group::of);
        let part = |group: Group| {
            let lines = lines.iter().filter(|line| line.group == group);
            let words: Vec<&str> = lines.clone().map(|line| line.line.as_str()).collect();
            let steps: Vec<&Step> = found
                .iter()
                .copied()
                .filter(|step| of(step) == Some(group))
                .collect();
            let changed = steps.iter().any(|step| step.action != Action::Create);
            let searched = !self.query.trim().is_empty();
            let by_itself = changed || searched || steps.len() <= OPEN;
            let most = if self.whole.contains(&group) {
                usize::MAX
            } else {
                ROWS
            };
            (!steps.is_empty()).then(|| Part {
                group,
                line: words.join(", "),
                found: steps.len(),
                count: lines.map(|line| line.count).sum(),
                is_open: by_itself != self.turned.contains(&group),
                rows: steps.into_iter().take(most).collect(),
            })
        };
        Group::ALL.into_iter().filter_map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{
        self, Session,
        preset::example,
        ui::{Pane, Tab},
    };
    use lb_model::{document::Document, leaderboard::Edition, rules::Facts};

    fn outlook() -> Outlook {
        let facts = Facts::on(jiff::civil::date(2026, 11, 23));
        Outlook::of(Document::parse(example(Edition::V2)).config(), &facts).unwrap()
    }

    fn part<'a>(parts: &'a [Part<'a>], group: Group) -> &'a Part<'a> {
        parts.iter().find(|part| part.group == group).unwrap()
    }

    #[test]
    fn a_long_group_is_closed_and_begins_with_its_first_rows() {
        let outlook = outlook();
        let mut view = PlanView::default();
        let parts = view.parts(&outlook);
        let shown: Vec<Group> = parts.iter().map(|part| part.group).collect();
        assert_eq!(shown, Group::ALL);
        let rules = part(&parts, Group::SecurityGroups);
        assert!(!rules.is_open && rules.rows.len() == ROWS && rules.count == rules.found);
        assert!(part(&parts, Group::Kubernetes).is_open);
        let all: usize = parts.iter().map(|part| part.found).sum();
        assert_eq!(all, outlook.planned.plan.steps.len());
        view.answer(Look::Fold(Group::SecurityGroups));
        view.answer(Look::Whole(Group::SecurityGroups));
        let parts = view.parts(&outlook);
        let rules = part(&parts, Group::SecurityGroups);
        assert!(rules.is_open && rules.rows.len() == rules.count);
    }

    #[test]
    fn what_is_searched_for_is_open_and_the_rest_is_gone() {
        let outlook = outlook();
        let mut view = PlanView::default();
        view.answer(Look::Fold(Group::Kubernetes));
        assert!(!part(&view.parts(&outlook), Group::Kubernetes).is_open);
        view.answer(Look::Search("fluentd".to_owned()));
        let parts = view.parts(&outlook);
        let groups: Vec<(Group, usize)> = parts.iter().map(|part| (part.group, part.found)).collect();
        assert_eq!(groups, [(Group::Roles, 2), (Group::Kubernetes, 1)]);
        assert!(parts.iter().all(|part| part.is_open && part.count > part.found));
        view.answer(Look::Search("nothing is called so".to_owned()));
        assert!(view.parts(&outlook).is_empty());
    }

    #[test]
    fn an_object_leads_to_the_lines_that_ask_for_it() {
        let facts = Facts::on(jiff::civil::date(2026, 11, 23));
        let (id, text) = ("1".to_owned(), example(Edition::V2));
        let mut session = Session::new(id.clone(), id, String::new(), text.clone(), &facts, 0.0);
        session.ui.pane = Pane::More;
        let path = {
            let outlook = session.readable.outlook(&facts).unwrap();
            let group = "ng:submission-worker-g5x12/NodeGroup";
            let mut steps = outlook.planned.plan.steps.iter();
            let step = steps.find(|step| step.key.as_str() == group).unwrap();
            outlook.origin(step, session.readable.document.config()).unwrap()
        };
        let said = session.move_to(state::Action::Lines(path)).unwrap();
        let line = text
            .lines()
            .position(|line| line.contains("name: submission-worker-g5x12"));
        assert_eq!(said, format!("line {}, Node pools", line.unwrap() + 1));
        assert_eq!(session.reading.view.line_at(session.ui.caret), line.unwrap());
        assert_eq!((session.ui.tab, session.ui.pane), (Tab::File, Pane::Side));
    }

    #[test]
    fn two_keys_on_a_row_leave_it_as_it_was() {
        let outlook = outlook();
        let step = outlook.planned.plan.steps.first().unwrap();
        let mut view = PlanView::default();
        view.answer(Look::Row(step.id()));
        assert!(view.is_open(step));
        view.answer(Look::Row(step.id()));
        assert!(!view.is_open(step));
    }
}
