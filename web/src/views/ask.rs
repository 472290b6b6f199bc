//! Questions: what a new file is made from, and changes that are shown before they are made.

use super::popover::lines_changed;
use crate::{
    components::{
        Button, button,
        choice::{Choice, select},
        dialog::Dialog,
        field::{TextField, Trouble, below, description, label},
        note::mark,
        prose, words,
    },
    state::{Action, Session, Store, names::Question, preset, text::View},
};
use lb_model::{
    leaderboard::Edition,
    preset::{ENVIRONMENT_NAME, GpuImage, Preset},
    problem::Severity,
};
use yew::prelude::*;

/// Lines of a change that are shown.
const LINES: usize = 80;

/// What waits for a yes.
pub(crate) fn question(store: &Store, question: &Question) -> Html {
    let Some(session) = &store.session else {
        return Html::default();
    };
    match question {
        Question::Change {
            title,
            button,
            label,
            edits,
        } => {
            let action = Action::Edit {
                edits: edits.clone(),
                label: label.clone(),
                field: None,
            };
            let (body, action) = match session.reading.document.edit(edits) {
                Ok(edited) => (
                    lines_changed(
                        &session.reading.view,
                        edited.document.text(),
                        LINES,
                        "What changes",
                    ),
                    Some(action),
                ),
                Err(error) => {
                    let refused = words::sentence(&error.to_string()) + ". Change it in the file.";
                    (html! { <p>{ refused }</p> }, None)
                }
            };
            asked(store, title.clone(), button.clone(), body, action)
        }
        Question::SafeFixes => safe_fixes(store, session),
    }
}

/// Each problem that would be removed, with what that changes.
fn safe_fixes(store: &Store, session: &Session) -> Html {
    let wanted = session.safe_fixes();
    let steps = session.fixes(&wanted, &store.facts);
    let fixed: usize = steps.iter().map(|step| step.count).sum();
    let mut before = session.reading.view.clone();
    let rows: Vec<Html> = steps
        .iter()
        .map(|step| {
            let text = step.after.text();
            let difference = lines_changed(&before, text, LINES, "What this fix changes");
            before = View::new(text).into();
            let more = step.count - 1;
            html! {
                <section class="stack">
                    <h3 class="prob-head">
                        { mark(step.mark.severity()) }
                        <span>{ prose(&step.mark.problem.message) }</span>
                    </h3>
                    <p class="hint">
                        { format!("{}, line {}", step.mark.code(), step.mark.line) }
                        if more > 0 { { format!(" and {}", words::count(more, "place")) } }
                        { ": " }{ words::sentence(&step.title) }
                    </p>
                    { difference }
                </section>
            }
        })
        .collect();
    let left = session.reading.marks.len().saturating_sub(fixed);
    let body = html! {
        <>
            { for rows }
            if left > 0 { <p class="soft">{ format!("{} left, for you to decide.", words::count(left, "other problem")) }</p> }
        </>
    };
    let title = format!("Fix {}?", words::count(fixed, "problem"));
    let button = format!("Apply {}", words::count(steps.len(), "change"));
    asked(store, title, button, body, Some(Action::Fix(wanted)))
}

/// A dialog with a change that one button makes; without one, it can only be closed.
fn asked(store: &Store, title: String, label: String, body: Html, action: Option<Action>) -> Html {
    let close = store.then(Action::CloseQuestion);
    let undo = action.is_some();
    let yes = action.map(|action| {
        let store = store.clone();
        Callback::from(move |()| {
            store.dispatch(Action::CloseQuestion);
            store.dispatch(action.clone());
        })
    });
    let footer = html! {
        <>
            if let Some(yes) = yes {
                { button(Button::words(label, "btn-primary"), yes) }
            }
            { button(Button::words("Keep it as it is", "btn-quiet"), close.clone()) }
        </>
    };
    html! {
        <Dialog {title} on_close={close} footer={Some(footer)}>
            if undo { <p class="soft">{ "One undo brings everything back." }</p> }
            { body }
        </Dialog>
    }
}

/// What [`NewFile`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
    /// The edition that was chosen.
    pub edition: Edition,
}

/// The handful of answers that a new file is made from.
#[component]
pub(crate) fn NewFile(props: &Props) -> Html {
    let edition = props.edition;
    let answers = use_state(|| preset::begin(edition));
    // What is missing is only said once the button was used.
    let tried = use_state_eq(|| false);
    let made = answers.yaml();
    let errors = if *tried { answers.errors() } else { Vec::new() };
    let wrong = |field: &str| -> Vec<Trouble> {
        let here = errors.iter().filter(|error| error.field == field);
        here.map(|error| Trouble {
            severity: Severity::Error,
            message: error.message.clone(),
            fix: None,
        })
        .collect()
    };
    let set = |change: fn(&mut Preset, String)| {
        let answers = answers.clone();
        Callback::from(move |text: String| {
            let mut next = (*answers).clone();
            change(&mut next, text.trim().to_owned());
            answers.set(next);
        })
    };
    let create = {
        let (store, name) = (props.store.clone(), answers.name.clone());
        let tried = tried.clone();
        let text = made.as_ref().ok().cloned();
        Callback::from(move |()| match &text {
            Some(text) => store.dispatch(Action::Create {
                name: format!("{name}.yaml"),
                text: text.clone(),
            }),
            None => tried.set(true),
        })
    };
    let by_enter = {
        let create = create.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            create.emit(());
        })
    };
    let close = props.store.then(Action::CloseNew);
    let footer = html! {
        <>
            { button(Button::words("Make the file", "btn-primary"), create) }
            { button(Button::words("Cancel", "btn-quiet"), close.clone()) }
        </>
    };
    let title = format!("New environment for Leaderboard {}", edition.number());
    html! {
        <Dialog {title} on_close={close} footer={Some(footer)}>
            <form class="stack" onsubmit={by_enter}>
                <TextField id="new-name" label="Name" value={answers.name.clone()} troubles={wrong("name")}
                    hint={Html::from(format!("{}. Bucket, table and tags follow it.", words::sentence(ENVIRONMENT_NAME)))}
                    on_change={set(|preset, text| preset.name = text)} />
                <TextField id="new-account" label="AWS account" value={answers.account.clone()} troubles={wrong("account")}
                    hint={Html::from("12 digits, for the ARNs of roles and tables.")} inputmode={Some("numeric")}
                    on_change={set(|preset, text| preset.account = text)} />
                { image(&answers, wrong("image"), set(|preset, text| preset.image = image_of(&text, &preset.image)), set(set_id)) }
                <button type="submit" hidden=true></button>
            </form>
        </Dialog>
    }
}

fn image_of(choice: &str, now: &GpuImage) -> GpuImage {
    match (choice, now) {
        ("stock", _) => GpuImage::Stock,
        (_, GpuImage::Own { .. }) => now.clone(),
        (_, GpuImage::Stock) => preset::own_image(""),
    }
}

fn set_id(preset: &mut Preset, text: String) {
    if let GpuImage::Own { id, .. } = &mut preset.image {
        *id = text;
    }
}

fn image(
    answers: &Preset,
    troubles: Vec<Trouble>,
    choose: Callback<String>,
    set_id: Callback<String>,
) -> Html {
    let own = match &answers.image {
        GpuImage::Own { id, .. } => Some(id.clone()),
        GpuImage::Stock => None,
    };
    let mut choices = vec![Choice::new("own", "Our own, made from Ubuntu 24.04")];
    if answers.edition == Edition::V2 {
        choices.insert(0, Choice::new("stock", "Amazon Linux 2023, NVIDIA"));
    }
    let hint = if own.is_some() {
        "With NVIDIA's driver and container toolkit, Xorg and the Vulkan loader, as the Leaderboard has always used."
    } else {
        "Has the driver and the container runtime, but no X server, whose socket the jobs mount. Try one route on it before you rely on it."
    };
    let chosen = if own.is_some() { "own" } else { "stock" };
    let on = choose.reform(|value: AttrValue| value.to_string());
    html! {
        <>
            <div class="field">
                { label("new-image", "Image of GPU pools", None) }
                { select("new-image", Some(description("new-image")), &choices, chosen, &on) }
                { below("new-image", hint.into(), if own.is_none() { &troubles } else { &[] }) }
            </div>
            if let Some(id) = own {
                <TextField id="new-ami" label="AMI id" value={id} mono=true {troubles} on_change={set_id}
                    hint={Html::from(format!("Begins with ami-, and exists in {}.", answers.region))} />
            }
        </>
    }
}
