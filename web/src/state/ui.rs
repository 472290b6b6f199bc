//! Where the user is in the file and in the form.

use super::{plan::PlanView, section::Section};
use lb_model::path::{Path, Segment};
use std::ops::Range;

/// The views beside the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The file.
    #[default]
    File,
    /// The list of problems.
    Problems,
    /// What an apply would do.
    Plan,
    /// What the cluster costs.
    Cost,
}

impl Tab {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 4] = [Self::File, Self::Problems, Self::Plan, Self::Cost];
}

/// What a narrow page shows: one pane at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Pane {
    /// The form.
    #[default]
    Form,
    /// The view that the tab names.
    Side,
    /// Everything that has no room in a phone's bar.
    More,
}

/// A pool, in either list of the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolId {
    /// Whether it is in `managedNodeGroups`.
    pub managed: bool,
    /// Its place in its list.
    pub index: usize,
}

impl PoolId {
    /// The pool that a path is of, or leads into.
    pub(crate) fn around(path: &Path) -> Option<Self> {
        match path.segments() {
            [Segment::Key(list), Segment::Index(index), ..] => Some(Self {
                managed: match list.as_str() {
                    "managedNodeGroups" => true,
                    "nodeGroups" => false,
                    _ => return None,
                },
                index: *index,
            }),
            _ => None,
        }
    }

    /// Its list in the config.
    pub(crate) fn list(self) -> Path {
        Path::root().key(if self.managed {
            "managedNodeGroups"
        } else {
            "nodeGroups"
        })
    }

    /// Where it stands in the config.
    pub(crate) fn path(self) -> Path {
        self.list().index(self.index)
    }
}

/// A place of the file to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Jump {
    /// The part of the view to select.
    pub at: Range<usize>,
    /// Tells two jumps to the same place from each other.
    pub serial: usize,
    /// Whether its line is marked for a moment.
    pub flash: bool,
    /// Whether the file gets the focus.
    pub focus: bool,
}

/// Where the user is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ui {
    /// The view beside the form.
    pub tab: Tab,
    /// The pane of a narrow page.
    pub pane: Pane,
    /// The part of the form that is in view.
    pub section: Option<Section>,
    /// The pool whose page is open.
    pub pool: Option<PoolId>,
    /// What the pools in the table are filtered by, where there are many.
    pub pool_filter: String,
    /// The value whose page of fields is open.
    pub fields: Option<Path>,
    /// The values that were visited last, the newest first.
    pub places: Vec<Path>,
    /// The caret in the view of the file, in bytes.
    pub caret: usize,
    /// Whether the text area itself put it there.
    pub typed: bool,
    /// What is selected in the file, in bytes of the view; the caret if `None`.
    pub selection: Option<Range<usize>>,
    /// The lines of the value that the form's field shows.
    pub shown: Option<Range<usize>>,
    /// Grows with each field that asks for its lines to be shown.
    pub reveal: usize,
    /// A place of the file to be shown.
    pub jump: Option<Jump>,
    /// The problem whose popover is open, by its index.
    pub open_problem: Option<usize>,
    /// Whether the list of problems under the file is folded.
    pub folded: bool,
    /// How the plan is looked at.
    pub plan: PlanView,
    /// For how many hours of a month the cost is asked at full scale; `None` for the usual number.
    pub full_hours: Option<i64>,
    /// Whether the form waits while the file cannot be read.
    pub waiting: bool,
    /// The field that gets the focus back after undo.
    pub back_to: Option<String>,
}

/// Places that are remembered.
const PLACES: usize = 5;

impl Ui {
    /// Remembers that a value was visited.
    pub(crate) fn visit(&mut self, path: &Path) {
        self.places.retain(|other| other != path);
        self.places.insert(0, path.clone());
        self.places.truncate(PLACES);
    }
}
