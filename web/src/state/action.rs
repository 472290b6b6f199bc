//! Everything that can happen.

use super::{
    disk::Base,
    files::Alert,
    names::Question,
    plan::Look,
    section::Section,
    ui::{Pane, PoolId, Tab},
};
use crate::browser::store::{Refused, Work};
use lb_model::{
    leaderboard::Edition,
    path::Path,
    problem::{Code, Edit},
};
use std::ops::Range;

/// What happened. [`super::App::reduce_at`] is the only place that answers it.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Show the start screen; the work stays as it is.
    Start,
    /// Show the work again.
    Continue,
    /// Ask what a new file of this edition is made from.
    New(Edition),
    /// Close that question.
    CloseNew,
    /// Begin to work on a new file.
    Create {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
    /// Work on this text.
    Open {
        /// Its name.
        name: String,
        /// The text.
        text: String,
        /// Where it came from: `opened from a file`.
        origin: &'static str,
        /// Whether it is opened although it is no eksctl file.
        anyway: bool,
    },
    /// Go on with a work that this browser kept.
    Reopen(Work),
    /// Forget a work that this browser kept.
    Forget(Work),
    /// Something failed that is no problem of a config.
    Alert(Alert),
    /// Close what an alert says.
    CloseAlert,
    /// Say in a toast what was done elsewhere.
    Notice(String),
    /// Close the toast.
    CloseToast,

    /// `lb edit` has answered with its file.
    Served {
        /// Its name.
        name: String,
        /// The token that goes with it.
        token: String,
        /// What is on disk.
        base: Base,
    },
    /// The work is being saved.
    Saving,
    /// The work, as it was after so many changes, is on disk.
    Saved {
        /// What is on disk.
        base: Base,
        /// The changes that had been made then.
        made: usize,
    },
    /// The work was not saved.
    NotSaved(Option<Alert>),
    /// Something else wrote the file: take its text if nothing was changed here.
    Changed(Base),
    /// Something else wrote the file, and the work should be saved.
    Conflict(Base),
    /// Leave a conflict undecided.
    CloseConflict,
    /// Decide a conflict: go on with this text over what is on disk.
    Decide {
        /// What is on disk.
        theirs: Base,
        /// The text to go on with.
        text: String,
        /// What it is, as undo names it.
        label: &'static str,
    },
    /// Whether `lb edit` has ended.
    ServerGone(bool),

    /// Change the config.
    Edit {
        /// How.
        edits: Vec<Edit>,
        /// What it is, as undo names it.
        label: String,
        /// The field that is typed into, if this is one of many keys.
        field: Option<String>,
    },
    /// The file was typed into.
    Type {
        /// All that the text area holds.
        text: String,
        /// Its caret, in UTF-16 units.
        caret: usize,
        /// Whether it is one of many keys; a paste is a step of its own.
        key: bool,
    },
    /// The keys pause: look for what they made wrong, and let everything follow.
    Pause,
    /// Replace the whole text, as one step.
    Replace {
        /// The new text.
        text: String,
        /// What it is, as undo names it.
        label: String,
    },
    /// Say in the file that this problem is there on purpose.
    Allow(usize),
    /// Remove these problems by their fixes.
    Fix(Vec<usize>),
    /// Show a change before it is made.
    Ask(Question),
    /// Close the question without an answer.
    CloseQuestion,
    /// Remove a nodegroup, and say how to get it back.
    RemovePool(PoolId, String),
    /// Take back the last step.
    Undo,
    /// Make it again.
    Redo,

    /// Give the download another name.
    Rename(String),
    /// The file was downloaded.
    Downloaded,
    /// The browser kept the work, or refused to.
    Kept(Result<(), Refused>),

    /// The caret moved in the text area: its selection in UTF-16 units.
    Caret(Range<usize>),
    /// A field of the form shows this value: show its lines.
    Show(Path),
    /// Show the lines of this value in the file.
    Lines(Path),
    /// Look at the plan in another way.
    Plan(Look),
    /// Ask for the cost of so many hours a month at full scale.
    FullHours(i64),
    /// Show a part of the file, in bytes of the view.
    Jump(Range<usize>),
    /// Show a problem in the file, with its popover if asked.
    Problem {
        /// Which.
        index: usize,
        /// Whether its popover opens.
        open: bool,
    },
    /// Close the popover of the problem.
    CloseProblem,
    /// The form has waited long enough for a text that can be read.
    Wait,
    /// Show a view.
    Tab(Tab),
    /// Show a pane of a narrow page.
    Pane(Pane),
    /// A part of the form came into view.
    InView(Section),
    /// Open the page of a pool, or close it.
    Pool(Option<PoolId>),
    /// Show only the pools that contain this in name or type.
    FilterPools(String),
    /// Open the page of fields of a value, or close it.
    Fields(Option<Path>),
    /// Fold or unfold the list under the file.
    Fold(bool),
    /// Change the theme.
    Dark(bool),
    /// Open or close the card of shortcuts.
    Help(bool),
    /// Show what a code means, or close it.
    Explain(Option<Code>),
    /// Open or close the palette.
    Find(bool),
    /// Show the link that carries the file, or close it.
    Share(bool),
    /// A file is dragged over the page, or no more.
    Drag(bool),
    /// Say a sentence to a screen reader.
    Say(String),
}
