//! Choices: few short ones as segments, more as a select.

use super::icon::{Icon, icon};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// One of several values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// What is written into the file.
    pub value: AttrValue,
    /// How it is called.
    pub label: AttrValue,
    /// Whether it can be chosen; a reason belongs into the label.
    pub open: bool,
}

impl Choice {
    /// A value that can be chosen.
    pub(crate) fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            open: true,
        }
    }
}

/// At most four choices beside each other.
pub(crate) fn segments(
    name: &'static str,
    label_id: &'static str,
    choices: &[Choice],
    chosen: Option<&str>,
    on: &Callback<AttrValue>,
) -> Html {
    let options = choices.iter().map(|choice| {
        let onchange = on.reform({
            let value = choice.value.clone();
            move |_: Event| value.clone()
        });
        html! {
            <label>
                <input type="radio" {name} value={choice.value.clone()} checked={chosen == Some(&*choice.value)} {onchange} />
                { choice.label.clone() }
            </label>
        }
    });
    html! { <div class="seg" role="radiogroup" aria-labelledby={label_id}>{ for options }</div> }
}

/// A native select. A value that is none of the choices is shown as it is, so that nothing is lost.
pub(crate) fn select(
    id: &str,
    described_by: Option<String>,
    choices: &[Choice],
    chosen: &str,
    on: &Callback<AttrValue>,
) -> Html {
    let onchange = on.reform(|event: Event| {
        let select = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        AttrValue::from(select.map(|select| select.value()).unwrap_or_default())
    });
    let known = choices.iter().any(|choice| choice.value == chosen);
    let options = choices.iter().map(|choice| {
        html! {
            <option value={choice.value.clone()} selected={choice.value == chosen} disabled={!choice.open}>
                { choice.label.clone() }
            </option>
        }
    });
    html! {
        <span class="sel">
            <select class="in" id={id.to_owned()} aria-describedby={described_by} {onchange}>
                if !known {
                    <option value={chosen.to_owned()} selected=true>
                        { if chosen.is_empty() { "Not in the file" } else { chosen } }
                    </option>
                }
                { for options }
            </select>
            { icon(Icon::Down) }
        </span>
    }
}
