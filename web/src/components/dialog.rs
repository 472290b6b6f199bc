//! Modal dialogs, in the browser's top layer: focus is kept inside and given back.

use super::{
    Icon,
    button::{Button, button},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// What a [`Dialog`] shows.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// Its title.
    pub title: AttrValue,
    /// What stands at its top instead of the title, which is only spoken then.
    #[prop_or_default]
    pub head: Option<Html>,
    /// Whether it needs room for two columns.
    #[prop_or_default]
    pub wide: bool,
    /// Called when it closes, by Esc or by its button.
    pub on_close: Callback<()>,
    /// Its body.
    pub children: Html,
    /// Buttons under the body.
    #[prop_or_default]
    pub footer: Option<Html>,
}

/// Where the focus begins, the first of these that is there: what is asked for, what answers it. The browser's own choice
/// would be the button that closes.
const FIRST: [&str; 2] = ["header input, .body input, .body select", "footer button"];

fn begin(dialog: &HtmlDialogElement) {
    let found = FIRST
        .iter()
        .find_map(|selector| dialog.query_selector(selector).ok().flatten());
    let Some(found) = found else { return };
    if let Some(input) = found.dyn_ref::<HtmlInputElement>() {
        let _ = input.focus();
        input.select();
    } else if let Some(element) = found.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// A dialog that is open as long as it is rendered.
#[component]
pub(crate) fn Dialog(props: &Props) -> Html {
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
                begin(&dialog);
            }
        }
    });
    let onclose = props.on_close.reform(|_: Event| ());
    let onclick = {
        // The dialog's own box is filled by its content, so a click on the element itself is one on the backdrop.
        let (node, close) = (node.clone(), props.on_close.clone());
        Callback::from(move |event: MouseEvent| {
            if node
                .get()
                .is_some_and(|dialog| event.target() == Some(dialog.into()))
            {
                close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dlg", props.wide.then_some("dlg-wide"), props.head.is_some().then_some("dlg-bare"))}
            aria-labelledby="dlg-title" {onclose} {onclick}>
            <div class="dlg-in">
                <header>
                    <h2 id="dlg-title" class={props.head.is_some().then_some("sr")}>{ &props.title }</h2>
                    if let Some(head) = &props.head {
                        { head.clone() }
                    } else {
                        <span class="grow"></span>
                    }
                    { button(Button::alone(Icon::Close, "Close", ""), props.on_close.clone()) }
                </header>
                <div class="body">{ props.children.clone() }</div>
                if let Some(footer) = &props.footer {
                    <footer>{ footer.clone() }</footer>
                }
            </div>
        </dialog>
    }
}
