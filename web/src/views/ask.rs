//! Questions: what a new file is made from, and changes that are shown before they are made.

use super::popover::lines_changed;
use crate::{
    components::{
        Button, button,
        choice::{Choice, select},
        dialog::Dialog,
        field::{TextField, Trouble, below, description, label},
        words,
    },
    state::{Action, Store, names::Question, preset},
};
use lb_model::{
    leaderboard::Edition,
    preset::{ENVIRONMENT_NAME, GpuImage, Preset},
    problem::Severity,
};
use yew::prelude::*;

/// A change that waits for a yes, with its difference.
pub(crate) fn question(store: &Store, question: &Question) -> Html {
    let close = store.then(Action::CloseQuestion);
    let Some(session) = &store.session else {
        return Html::default();
    };
    let (difference, refused) = match session.reading.document.edit(&question.edits) {
        Ok(edited) => (
            lines_changed(&session.reading.view, edited.document.text(), 80, "What changes"),
            None,
        ),
        Err(error) => (Html::default(), Some(error.to_string())),
    };
    let yes = {
        let (store, question) = (store.clone(), question.clone());
        Callback::from(move |()| {
            let Question { edits, label, .. } = question.clone();
            store.dispatch(Action::CloseQuestion);
            store.dispatch(Action::Edit {
                edits,
                label,
                field: None,
            });
        })
    };
    let footer = html! {
        <>
            if refused.is_none() {
                { button(Button::words(question.button.clone(), "btn-primary"), yes) }
            }
            { button(Button::words("Keep it as it is", "btn-quiet"), close.clone()) }
        </>
    };
    html! {
        <Dialog title={question.title.clone()} on_close={close} footer={Some(footer)}>
            if let Some(refused) = refused {
                <p>{ words::sentence(&refused) }{ ". Change it in the file." }</p>
            } else {
                <p class="soft">{ "Undo brings everything back." }</p>
                { difference }
            }
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
