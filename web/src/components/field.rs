//! Text fields: label above, hint or problem below.

use super::{icon, note::Mark, prose};
use gloo::timers::callback::Timeout;
use lb_model::problem::Severity;
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What is wrong with a field, and the link that puts it right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, names in backticks.
    pub message: String,
    /// The name of the fix and what makes it.
    pub fix: Option<(String, Callback<()>)>,
}

/// The id of the element that describes the field of this id.
pub(crate) fn description(id: &str) -> String {
    format!("{id}-d")
}

/// A label above a field, with the path of its value at the right.
pub(crate) fn label(id: &str, text: &str, path: Option<&str>) -> Html {
    html! {
        <label class="lab" for={id.to_owned()}>
            { text }
            if let Some(path) = path { <span class="path">{ path }</span> }
        </label>
    }
}

/// A heading above a group of controls, which refers to it by id.
pub(crate) fn group_label(id: &str, text: &str, path: Option<&str>) -> Html {
    html! {
        <span class="lab" id={id.to_owned()}>
            { text }
            if let Some(path) = path { <span class="path">{ path }</span> }
        </span>
    }
}

/// What stands under a field: its problems, or its hint.
pub(crate) fn below(id: &str, hint: Html, troubles: &[Trouble]) -> Html {
    let id = description(id);
    if troubles.is_empty() {
        return html! { <p class="hint" {id}>{ hint }</p> };
    }
    html! { <div class="troubles" {id}>{ for troubles.iter().map(trouble) }</div> }
}

/// One problem under a field.
pub(crate) fn trouble(trouble: &Trouble) -> Html {
    let class = match trouble.severity {
        Severity::Error => "problem",
        Severity::Warning => "problem is-warn",
        Severity::Info => "problem is-info",
    };
    let fix = trouble.fix.as_ref().map(|(title, on)| {
        let onclick = on.reform(|_: MouseEvent| ());
        html! { <>{ " " }<button type="button" class="btn btn-link small" {onclick}>{ title }</button></> }
    });
    html! {
        <p {class}>{ icon(trouble.severity.icon()) }<span>{ prose(&trouble.message) }{ fix }</span></p>
    }
}

/// What a [`TextField`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Its id in the page.
    pub id: AttrValue,
    /// Its label.
    pub label: AttrValue,
    /// The path of its value in the file.
    #[prop_or_default]
    pub path: Option<AttrValue>,
    /// Its value in the file.
    pub value: AttrValue,
    /// What stands under it while nothing is wrong.
    #[prop_or_default]
    pub hint: Html,
    /// What is wrong with it.
    #[prop_or_default]
    pub troubles: Vec<Trouble>,
    /// Whether each key goes into the file; otherwise only what is left on leaving the field or by Enter,
    /// because many places follow it.
    #[prop_or(true)]
    pub live: bool,
    /// Refuses what cannot be written at all, with words: letters where a number is due.
    #[prop_or_default]
    pub refuse: Option<Callback<String, Option<String>>>,
    /// `numeric` for a phone's number keys.
    #[prop_or_default]
    pub inputmode: Option<&'static str>,
    /// Its class in the grid.
    #[prop_or("field")]
    pub class: &'static str,
    /// Its unit, behind it.
    #[prop_or_default]
    pub unit: Option<Html>,
    /// Whether its text is code.
    #[prop_or_default]
    pub mono: bool,
    /// Called with what was typed.
    pub on_change: Callback<String>,
    /// Called when it gets the focus.
    #[prop_or_default]
    pub on_focus: Callback<()>,
}

/// Keys that come within this time go into the file together, so that each is seen at once.
const PAUSE_MS: u32 = 80;

/// What was typed into a field and stays there, whatever the file makes of it.
#[derive(Clone)]
struct Draft {
    text: UseStateHandle<Option<String>>,
    /// What goes into the file when keys pause.
    later: Rc<RefCell<Option<(Timeout, String)>>>,
    /// Whether the file is being changed by this field itself.
    own: Rc<RefCell<bool>>,
}

#[hook]
fn use_draft(value: &AttrValue) -> Draft {
    let draft = Draft {
        text: use_state_eq(|| None),
        later: use_mut_ref(|| None),
        own: use_mut_ref(|| false),
    };
    // What undo, a fix or the file itself puts here stands over what was typed before.
    use_effect_with(value.clone(), {
        let draft = draft.clone();
        move |_| {
            if !*draft.own.borrow() {
                draft.text.set(None);
            }
        }
    });
    use_effect({
        let own = draft.own.clone();
        move || *own.borrow_mut() = false
    });
    draft
}

impl Draft {
    /// Takes what waits for a pause.
    fn take(&self) -> Option<String> {
        self.later.take().map(|(_, text)| text)
    }
}

/// A field of one line.
#[component]
pub(crate) fn TextField(props: &Props) -> Html {
    let draft = use_draft(&props.value);
    let shown = draft.text.as_deref().unwrap_or(&props.value).to_owned();
    let refused = draft
        .text
        .as_ref()
        .and_then(|text| props.refuse.as_ref()?.emit(text.clone()));
    let troubles: Vec<Trouble> = match &refused {
        Some(message) => vec![Trouble {
            severity: Severity::Error,
            message: message.clone(),
            fix: None,
        }],
        None => props.troubles.clone(),
    };
    let invalid = troubles.iter().any(|t| t.severity == Severity::Error);

    let commit = {
        let (value, refuse, on_change) = (props.value.clone(), props.refuse.clone(), props.on_change.clone());
        let own = draft.own.clone();
        move |text: &str| {
            let allowed = refuse
                .as_ref()
                .is_none_or(|refuse| refuse.emit(text.to_owned()).is_none());
            if allowed && text != &*value {
                own.replace(true);
                on_change.emit(text.to_owned());
            }
            allowed
        }
    };
    let oninput = {
        let (draft, live, commit) = (draft.clone(), props.live, commit.clone());
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            if live {
                let (waits, commit) = (draft.clone(), commit.clone());
                let timer = Timeout::new(PAUSE_MS, move || {
                    if let Some(text) = waits.take() {
                        commit(&text);
                    }
                });
                draft.later.replace(Some((timer, text.clone())));
            }
            draft.text.set(Some(text));
        })
    };
    let onkeydown = {
        let (draft, live, commit) = (draft.clone(), props.live, commit.clone());
        Callback::from(move |event: KeyboardEvent| {
            let command = event.ctrl_key() || event.meta_key();
            if command && let Some(text) = draft.take() {
                // The page's own shortcuts are about what stands here.
                commit(&text);
            }
            if !live && draft.text.is_some() && command && event.key().eq_ignore_ascii_case("z") {
                // What is not in the file yet is taken back by the browser.
                event.stop_propagation();
            }
        })
    };
    let onchange = {
        let (draft, commit) = (draft.clone(), commit);
        Callback::from(move |event: Event| {
            draft.take();
            // What was refused stays, so that it can be corrected.
            if commit(&event.target_unchecked_into::<HtmlInputElement>().value()) {
                draft.text.set(None);
            }
        })
    };
    let onfocus = props.on_focus.reform(|_: FocusEvent| ());
    let id = props.id.clone();
    let input = html! {
        <input class={classes!("in", props.mono.then_some("mono"))} id={&id} value={shown} autocomplete="off"
            spellcheck="false" inputmode={props.inputmode} aria-describedby={description(&id)}
            aria-invalid={invalid.then_some("true")} {oninput} {onkeydown} {onchange} {onfocus} />
    };
    html! {
        <div class={props.class}>
            { label(&id, &props.label, props.path.as_deref()) }
            if let Some(unit) = &props.unit {
                <span class="unit">{ input }<span>{ unit.clone() }</span></span>
            } else {
                { input }
            }
            { below(&id, props.hint.clone(), &troubles) }
        </div>
    }
}

/// Refuses what is not a whole number.
pub(crate) fn whole_number() -> Callback<String, Option<String>> {
    Callback::from(|text: String| {
        (!text.is_empty() && text.parse::<i64>().is_err()).then(|| "use a whole number".to_owned())
    })
}
