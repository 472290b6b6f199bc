//! The progress of a run: drawn in place on a terminal, else one line an event, or one JSON event a line.

use crate::{
    report::retries,
    ui::{BOLD, DIM, GREEN, RED, Ui, YELLOW, paint},
    words,
};
use jiff::{SignedDuration, Timestamp};
use lb_provision::{
    execute::{Event, Listener},
    plan::{Action, Group, Plan},
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A step that waits is mentioned again in a log after this long.
const MENTIONED_AGAIN_SECONDS: i64 = 60;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In place, on a terminal.
    Drawn,
    /// One line an event, to stderr.
    Lines,
    /// One JSON event a line, to stdout.
    Json,
}

/// A step as it is spoken of.
struct Described {
    section: Option<Group>,
    action: Action,
    noun: String,
    type_name: String,
    key: String,
}

fn described(plan: &Plan) -> Vec<Described> {
    let steps = plan.steps.iter().map(|step| {
        let spec = step.shown();
        Described {
            section: spec.map(Group::of),
            action: step.action,
            noun: spec.map_or("object", |spec| spec.noun()).to_owned(),
            type_name: spec.map_or_else(String::new, lb_provision::objects::Spec::type_name),
            key: step.key.to_string(),
        }
    });
    steps.collect()
}

/// A step that is under way.
struct Running {
    /// Since when it waits, how long that takes as a rule, and AWS's word for its state.
    waits: Option<(Timestamp, Duration, String)>,
    mentioned: Timestamp,
}

struct State<'a> {
    ui: &'a mut Ui,
    steps: Vec<Described>,
    start: Timestamp,
    now: Timestamp,
    running: BTreeMap<usize, Running>,
    done: Vec<bool>,
    /// When the last step of a section was done.
    finished: BTreeMap<Group, Timestamp>,
    lines_drawn: usize,
}

impl State<'_> {
    /// What is said of a step: `launch template ng:gpu/NodeGroupLaunchTemplate`.
    fn name(&self, step: usize) -> String {
        self.steps
            .get(step)
            .map_or_else(String::new, |step| format!("{} {}", step.noun, step.key))
    }
}

/// Watches a run.
pub(crate) struct Progress<'a> {
    form: Form,
    title: String,
    expected: Duration,
    state: Mutex<State<'a>>,
}

impl<'a> Progress<'a> {
    /// For one run of `plan`, which begins at `start` and usually takes `expected`.
    pub(crate) fn new(ui: &'a mut Ui, form: Form, plan: &Plan, start: Timestamp, expected: Duration) -> Self {
        Self {
            form,
            title: format!("{} in {}", plan.cluster, plan.region),
            expected,
            state: Mutex::new(State {
                ui,
                steps: described(plan),
                start,
                now: start,
                running: BTreeMap::new(),
                done: vec![false; plan.steps.len()],
                finished: BTreeMap::new(),
                lines_drawn: 0,
            }),
        }
    }

    /// Draws again, for time has passed.
    pub(crate) fn tick(&self, now: Timestamp) {
        if self.form == Form::Drawn {
            let mut state = self.lock();
            state.now = now;
            self.draw(&mut state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the books of what runs.
    fn note(&self, state: &mut State<'_>, at: Timestamp, event: &Event<'_>) {
        state.now = at;
        match event {
            Event::Started { step, .. } => {
                state.running.insert(
                    *step,
                    Running {
                        waits: None,
                        mentioned: at,
                    },
                );
            }
            Event::Waiting {
                step,
                elapsed,
                expected,
                state: word,
                ..
            } => {
                if let Some(running) = state.running.get_mut(step) {
                    let since = SignedDuration::try_from(*elapsed)
                        .ok()
                        .and_then(|e| at.checked_sub(e).ok());
                    running.waits = Some((since.unwrap_or(at), *expected, (*word).to_owned()));
                }
            }
            Event::Done { step, .. } => {
                state.running.remove(step);
                if let Some(done) = state.done.get_mut(*step) {
                    *done = true;
                }
                if let Some(section) = state.steps.get(*step).and_then(|step| step.section) {
                    state.finished.insert(section, at);
                }
            }
            Event::Failed { step, .. } => {
                state.running.remove(step);
            }
            Event::Planned { plan } => {
                state.steps = described(plan);
                state.done = vec![false; plan.steps.len()];
                state.running.clear();
                state.finished.clear();
            }
            _ => {}
        }
    }

    /// The words of a line, if the event is worth one.
    fn line(&self, state: &State<'_>, at: Timestamp, event: &Event<'_>) -> Option<(String, String)> {
        let (verb, words) = match event {
            Event::Started { step, .. } => {
                let verb = state.steps.get(*step).map_or("start", |step| verb(step.action));
                (verb, state.name(*step))
            }
            Event::Waiting {
                step,
                elapsed,
                expected,
                state: word,
                ..
            } => {
                let last = state.running.get(step).map_or(at, |running| running.mentioned);
                if at.duration_since(last).as_secs() < MENTIONED_AGAIN_SECONDS {
                    return None;
                }
                let (elapsed, usual) = (clock(*elapsed), clock(*expected));
                (
                    "wait",
                    format!("{}, {elapsed} of about {usual}, {word}", state.name(*step)),
                )
            }
            Event::Retried {
                operation,
                code,
                attempts,
                pause,
                ..
            } => {
                let said = retries::said(operation, code, *attempts, *pause)?;
                ("retry", said)
            }
            Event::Done { step, id, .. } => (
                "done",
                format!("{} {id}", state.name(*step)).trim_end().to_owned(),
            ),
            Event::Failed { step, failure, .. } if failure.is_stop() => ("stopped", state.name(*step)),
            Event::Failed { step, failure, .. } => ("failed", format!("{}: {failure}", state.name(*step))),
            Event::NodeReady { nodegroup, node } => ("ready", format!("node {node} ({nodegroup})")),
            Event::Trouble { key, reason } => ("trouble", format!("{key}: {reason}")),
            Event::LockTakenOver { holder } => ("lock", format!("taken over from {holder}, which has ended")),
            Event::LockLeft { failure } => (
                "lock",
                format!("not given back, it ends by itself in five minutes: {failure}"),
            ),
            Event::Planned { plan } => {
                let steps = words::count(plan.steps.len(), "step");
                (
                    "planned",
                    format!("again, for the account changed meanwhile: {steps}"),
                )
            }
            Event::Stopping { .. } => return None,
        };
        Some((verb.to_owned(), words))
    }

    fn json(&self, state: &mut State<'_>, at: Timestamp, event: &Event<'_>) {
        let mut object = match event {
            Event::Started { .. } => serde_json::json!({ "event": "step_started" }),
            Event::Waiting {
                elapsed,
                expected,
                state,
                ..
            } => serde_json::json!({
                "event": "step_waiting", "state": state,
                "elapsed_s": seconds(*elapsed), "expected_s": seconds(*expected),
            }),
            Event::Retried {
                operation,
                code,
                attempts,
                pause,
                ..
            } => serde_json::json!({
                "event": "call_retried", "operation": operation, "code": code,
                "attempts": attempts, "pause_s": seconds(*pause),
            }),
            Event::Done { id, elapsed, .. } => serde_json::json!({
                "event": "step_done", "id": id, "elapsed_s": seconds(*elapsed),
            }),
            Event::Failed { failure, .. } => serde_json::json!({
                "event": "step_failed", "message": failure.to_string(),
                "code": failure.call().map(|call| call.code.as_str()),
                "request_id": failure.call().and_then(|call| call.request_id.as_deref()),
            }),
            Event::NodeReady { nodegroup, node } => serde_json::json!({
                "event": "node_ready", "nodegroup": nodegroup, "node": node,
            }),
            Event::Trouble { key, reason } => serde_json::json!({
                "event": "trouble", "step": key, "reason": reason,
            }),
            Event::LockTakenOver { holder } => serde_json::json!({
                "event": "lock_taken_over", "holder": holder,
            }),
            Event::LockLeft { failure } => serde_json::json!({
                "event": "lock_left", "message": failure.to_string(),
            }),
            Event::Planned { plan } => serde_json::json!({ "event": "planned", "steps": plan.steps.len() }),
            Event::Stopping { calls } => serde_json::json!({ "event": "stopping", "calls": calls }),
        };
        if let (Some(step), Some(fields)) = (
            step_of(event).and_then(|s| state.steps.get(s)),
            object.as_object_mut(),
        ) {
            fields.insert(
                "action".into(),
                serde_json::to_value(step.action).unwrap_or_default(),
            );
            fields.insert("step".into(), step.key.clone().into());
            fields.insert("object".into(), step.type_name.clone().into());
        }
        write_event(state.ui, at, object);
    }

    /// Draws the block again where it was.
    fn draw(&self, state: &mut State<'_>) {
        let block = self.block(state);
        let up = match state.lines_drawn {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\r\x1b[J"),
        };
        state.lines_drawn = block.lines().count();
        state.ui.talk(format_args!("{up}{block}"));
    }

    fn block(&self, state: &State<'_>) -> String {
        let width = state.ui.width.min(90);
        let done = state.done.iter().filter(|done| **done).count();
        let elapsed = words::clock(state.now.duration_since(state.start));
        let usual = words::about(SignedDuration::try_from(self.expected).unwrap_or_default());
        let right = format!("{elapsed} of about {usual}, {done} of {}", state.steps.len());
        let room = width.saturating_sub(right.len() + 1);
        let mut text = format!(
            "{:<room$} {right}\n\n",
            words::cut(&self.title, room, state.ui.ellipsis())
        );
        let mut next = Vec::new();
        for section in Group::ALL {
            let of_section: Vec<usize> = (0..state.steps.len())
                .filter(|i| state.steps.get(*i).is_some_and(|s| s.section == Some(section)))
                .collect();
            if of_section.is_empty() {
                continue;
            }
            let ready = of_section
                .iter()
                .filter(|i| state.done.get(**i) == Some(&true))
                .count();
            let under_way = of_section.iter().any(|i| state.running.contains_key(i));
            if ready == of_section.len() {
                let at = state
                    .finished
                    .get(&section)
                    .map_or(SignedDuration::ZERO, |at| at.duration_since(state.start));
                row(
                    &mut text,
                    width,
                    &paint(GREEN, "done   "),
                    section.title(),
                    &words::clock(at),
                );
            } else if ready > 0 || under_way {
                let count = format!("{ready} of {}", of_section.len());
                row(
                    &mut text,
                    width,
                    &paint(YELLOW, "making "),
                    section.title(),
                    &count,
                );
            } else {
                next.push(section.title());
            }
        }
        for (step, running) in state
            .running
            .iter()
            .filter(|(_, running)| running.waits.is_some())
            .take(6)
        {
            let Some((since, expected, word)) = &running.waits else {
                continue;
            };
            let right = format!(
                "{} of about {}, {word}",
                words::clock(state.now.duration_since(*since)),
                clock(*expected)
            );
            let room = width.saturating_sub(right.chars().count() + 13);
            let name = words::cut(&state.name(*step), room, state.ui.ellipsis());
            row(&mut text, width, &paint(DIM, "waiting"), &name, &right);
        }
        if !next.is_empty() {
            let _ = writeln!(text, "  {}  {}", paint(DIM, "next   "), next.join(", "));
        }
        text
    }
}

impl Listener for Progress<'_> {
    fn event(&self, at: Timestamp, event: &Event<'_>) {
        let mut state = self.lock();
        let line = self.line(&state, at, event);
        self.note(&mut state, at, event);
        if let Event::Stopping { calls } = event {
            state.lines_drawn = 0;
            let calls = words::count(*calls, "call");
            state.ui.always(format_args!(
                "finishing {calls}, then stopping; Ctrl-C again stops at once"
            ));
        }
        match self.form {
            Form::Json => self.json(&mut state, at, event),
            Form::Drawn => self.draw(&mut state),
            Form::Lines => {
                let Some((verb, words)) = line else { return };
                if let Some(running) = step_of(event).and_then(|step| state.running.get_mut(&step)) {
                    running.mentioned = at;
                }
                let clock = words::clock(at.duration_since(state.start));
                let style = if verb == "failed" { RED } else { BOLD };
                state.ui.say(format_args!(
                    "{clock:<5} {} {words}",
                    paint(style, format_args!("{verb:<7}"))
                ));
            }
        }
    }
}

/// Writes one event of `--format json`. Nobody can be told that stdout is closed; the work goes on.
pub(crate) fn write_event(ui: &mut Ui, at: Timestamp, mut event: serde_json::Value) {
    let mut whole = serde_json::json!({ "version": 1, "at": format!("{at:.0}") });
    if let (Some(whole), Some(event)) = (whole.as_object_mut(), event.as_object_mut()) {
        whole.append(event);
    }
    let _ = ui.line(whole);
}

/// A line of the block, its end at the right edge.
fn row(text: &mut String, width: usize, mark: &str, left: &str, right: &str) {
    let room = width.saturating_sub(12 + right.chars().count());
    let _ = writeln!(text, "  {mark}  {left:<room$} {right}");
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "change",
        Action::NewVersion => "version",
        Action::Replace => "replace",
        Action::Roll => "roll",
        Action::Delete => "delete",
        Action::Await => "wait",
    }
}

fn step_of(event: &Event<'_>) -> Option<usize> {
    match event {
        Event::Started { step, .. }
        | Event::Waiting { step, .. }
        | Event::Done { step, .. }
        | Event::Failed { step, .. } => Some(*step),
        _ => None,
    }
}

fn clock(duration: Duration) -> String {
    words::clock(SignedDuration::try_from(duration).unwrap_or_default())
}

/// To a tenth.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}
