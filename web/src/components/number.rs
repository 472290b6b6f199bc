//! Small whole numbers: steppers, and the three sizes of a pool.

use super::icon::{Icon, icon};
use gloo::timers::callback::{Interval, Timeout};
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A button held for so long repeats.
const HOLD_MS: u32 = 400;
/// Eight times a second.
const REPEAT_MS: u32 = 125;
/// No pool is larger; typing more digits is a slip.
const MOST: i64 = 100_000;

/// The number typed into an input; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|n| (0..=MOST).contains(n))
}

/// What an arrow key adds; Shift makes it ten.
fn arrow(event: &KeyboardEvent) -> Option<i64> {
    let step = if event.shift_key() { 10 } else { 1 };
    match event.key().as_str() {
        "ArrowUp" => Some(step),
        "ArrowDown" => Some(-step),
        _ => None,
    }
}

/// What a [`NumberInput`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct InputProps {
    /// Its id.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Its name, where no label stands beside it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// The id of what describes it.
    #[prop_or_default]
    pub described_by: Option<AttrValue>,
    /// The number in the file; `None` if it is not there.
    pub value: Option<i64>,
    /// What stands in it when the file has none: what eksctl would take.
    #[prop_or_default]
    pub otherwise: Option<i64>,
    /// Whether something is wrong with it.
    #[prop_or_default]
    pub invalid: bool,
    /// Called with each number.
    pub on_change: Callback<i64>,
    /// Called when it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
    /// Called when it gets the focus.
    #[prop_or_default]
    pub on_focus: Callback<()>,
}

/// An input of digits; arrow keys change it by 1, with Shift by 10. What is no number is put back on leaving.
#[component]
pub(crate) fn NumberInput(props: &InputProps) -> Html {
    let draft = use_state(|| None::<String>);
    let value = props.value.or(props.otherwise);
    let shown = draft
        .as_deref()
        .map(str::to_owned)
        .or(value.map(|n| n.to_string()))
        .unwrap_or_default();
    let bad = draft.as_deref().is_some_and(|text| parse(text).is_none());
    let oninput = {
        let (draft, on_change) = (draft.clone(), props.on_change.clone());
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            if let Some(n) = parse(&text) {
                on_change.emit(n);
            }
            draft.set(Some(text));
        })
    };
    let by = use_steps(value, &props.on_change);
    let onkeydown = {
        let draft = draft.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(step) = arrow(&event) {
                event.prevent_default();
                draft.set(None);
                by.emit(step);
            }
        })
    };
    let onblur = {
        let (draft, on_leave) = (draft, props.on_leave.clone());
        Callback::from(move |_: FocusEvent| {
            draft.set(None);
            on_leave.emit(());
        })
    };
    let onfocus = props.on_focus.reform(|event: FocusEvent| {
        event.target_unchecked_into::<HtmlInputElement>().select();
    });
    html! {
        <input id={props.id.clone()} value={shown} inputmode="numeric" autocomplete="off" aria-label={props.label.clone()}
            aria-describedby={props.described_by.clone()} aria-invalid={(bad || props.invalid).then_some("true")}
            {oninput} {onkeydown} {onblur} {onfocus} />
    }
}

/// Changes a number by steps, each from the one before: keys, clicks and a timer come before a render tells the next value.
#[hook]
fn use_steps(value: Option<i64>, on_change: &Callback<i64>) -> Callback<i64> {
    let now = use_mut_ref(|| 0);
    *now.borrow_mut() = value.unwrap_or(0);
    on_change.reform(move |by: i64| {
        let next = (*now.borrow() + by).clamp(0, MOST);
        now.replace(next);
        next
    })
}

/// What a [`Stepper`] is given: the same as its input, and a label for the ear.
#[derive(Properties, PartialEq)]
pub(crate) struct StepperProps {
    /// The id of its input.
    pub id: AttrValue,
    /// What it counts, for its buttons: `most nodes`.
    pub what: AttrValue,
    /// The number in the file.
    pub value: Option<i64>,
    /// What eksctl takes when the file has none.
    #[prop_or_default]
    pub otherwise: Option<i64>,
    /// Whether something is wrong with it.
    #[prop_or_default]
    pub invalid: bool,
    /// Called with each number.
    pub on_change: Callback<i64>,
    /// Called when it is left.
    #[prop_or_default]
    pub on_leave: Callback<()>,
    /// Called when it gets the focus.
    #[prop_or_default]
    pub on_focus: Callback<()>,
}

/// The timers of a held button.
#[derive(Default)]
struct Hold {
    _first: Option<Timeout>,
    rest: Option<Interval>,
}

/// A number between two buttons, which repeat while they are held.
#[component]
pub(crate) fn Stepper(props: &StepperProps) -> Html {
    let hold = use_mut_ref(Hold::default);
    let step = use_steps(props.value.or(props.otherwise), &props.on_change);
    let at = |label: String, drawing: Icon, by: i64| {
        let press = {
            let (hold, step) = (hold.clone(), step.clone());
            Callback::from(move |_: PointerEvent| begin(&hold, &step, by))
        };
        let end = {
            let hold = hold.clone();
            Callback::from(move |_: PointerEvent| *hold.borrow_mut() = Hold::default())
        };
        let onclick = step.reform(move |_: MouseEvent| by);
        html! {
            <button type="button" aria-label={label} {onclick} onpointerdown={press} onpointerup={end.clone()}
                onpointerleave={end.clone()} onpointercancel={end}>
                { icon(drawing) }
            </button>
        }
    };
    html! {
        <span class="step">
            { at(format!("Fewer, {}", props.what), Icon::Minus, -1) }
            <NumberInput id={props.id.clone()} value={props.value} otherwise={props.otherwise} invalid={props.invalid}
                described_by={super::field::description(&props.id)} on_change={props.on_change.clone()}
                on_leave={props.on_leave.clone()} on_focus={props.on_focus.clone()} />
            { at(format!("More, {}", props.what), Icon::Plus, 1) }
        </span>
    }
}

/// Starts the timers of a held button; the click itself makes the first step.
fn begin(hold: &Rc<RefCell<Hold>>, step: &Callback<i64>, by: i64) {
    let (inner, step) = (hold.clone(), step.clone());
    let first = Timeout::new(HOLD_MS, move || {
        let rest = Interval::new(REPEAT_MS, move || step.emit(by));
        inner.borrow_mut().rest = Some(rest);
    });
    *hold.borrow_mut() = Hold {
        _first: Some(first),
        rest: None,
    };
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_counts_are_numbers() {
        assert_eq!(parse(" 12 "), Some(12));
        for text in ["", "-1", "1.5", "1e3", "100001", "99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
