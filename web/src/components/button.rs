//! Buttons. One primary a screen; an icon alone has a spoken name.

use super::icon::{Icon, icon};
use yew::prelude::*;

/// How a button looks and reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Button {
    /// Its words; spoken only if `alone`.
    pub label: AttrValue,
    /// Its icon, before the words.
    pub icon: Option<Icon>,
    /// Whether the icon stands alone and the words are its name.
    pub alone: bool,
    /// `btn-primary`, `btn-quiet`, `btn-small`, `btn-link`, `hide-s`.
    pub class: &'static str,
    /// Why it cannot be used now; said in its tooltip.
    pub disabled: Option<AttrValue>,
    /// What it does, where its words do not say all of it.
    pub title: Option<AttrValue>,
    /// Its id, where the focus comes back to it.
    pub id: Option<AttrValue>,
}

impl Button {
    /// A button of words.
    pub(crate) fn words(label: impl Into<AttrValue>, class: &'static str) -> Self {
        Self {
            label: label.into(),
            class,
            ..Self::default()
        }
    }

    /// A button of an icon and words.
    pub(crate) fn with(icon: Icon, label: impl Into<AttrValue>, class: &'static str) -> Self {
        Self {
            icon: Some(icon),
            ..Self::words(label, class)
        }
    }

    /// A quiet button of an icon only.
    pub(crate) fn alone(icon: Icon, label: impl Into<AttrValue>, class: &'static str) -> Self {
        Self {
            alone: true,
            ..Self::with(icon, label, class)
        }
    }
}

/// The button; a disabled one stays focusable, so that its reason can be read.
pub(crate) fn button(button: Button, on_click: Callback<()>) -> Html {
    let Button {
        label,
        icon: drawing,
        alone,
        class,
        disabled,
        title,
        id,
    } = button;
    let off = disabled.is_some();
    let onclick = Callback::from(move |_: MouseEvent| {
        if !off {
            on_click.emit(());
        }
    });
    let shape = if alone { "btn-quiet btn-icon" } else { "" };
    let title = disabled
        .clone()
        .or(title)
        .or_else(|| alone.then(|| label.clone()));
    let name = alone.then(|| match &disabled {
        Some(reason) => AttrValue::from(format!("{label}: {reason}")),
        None => label.clone(),
    });
    html! {
        <button type="button" {id} class={classes!("btn", shape, class)} aria-label={name} {title}
            aria-disabled={off.then_some("true")} {onclick}>
            { drawing.map(icon) }
            if !alone { { label } }
        </button>
    }
}
