//! How files come in: chosen, dropped anywhere, pasted, carried by a link.

use crate::{
    browser::{address, file},
    state::{Action, Store, files, link},
};
use gloo::{
    events::{EventListener, EventListenerOptions},
    file::callbacks::FileReader,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, HtmlInputElement};
use yew::prelude::*;

thread_local! {
    /// The file being read; dropping its reader would end it.
    static READING: RefCell<Option<FileReader>> = const { RefCell::new(None) };
}

/// Reads a file and opens it.
fn open(store: &Store, incoming: web_sys::File) {
    let store = store.clone();
    let reader = file::read(incoming, files::LIMIT, move |incoming| {
        store.dispatch(match files::read(incoming) {
            Ok((name, text)) => Action::Open {
                name,
                text,
                origin: "opened from a file",
                anyway: false,
            },
            Err(alert) => Action::Alert(alert),
        });
    });
    READING.with_borrow_mut(|reading| *reading = Some(reader));
}

/// The one input that the browser's own dialog belongs to.
pub(crate) fn chooser(store: &Store) -> Html {
    let store = store.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(chosen) = input.files().and_then(|files| files.get(0)) {
            open(&store, chosen);
        }
    });
    html! {
        <input type="file" id="choose-file" accept=".yaml,.yml,.json,text/yaml,application/yaml" hidden=true tabindex="-1"
            aria-label="Choose a file" {onchange} />
    }
}

/// Lets files be dropped anywhere, and pasted where no field has the focus.
#[hook]
pub(crate) fn use_arrivals(store: &Store) {
    let latest = use_mut_ref(|| store.clone());
    *latest.borrow_mut() = store.clone();
    use_effect_with((), move |()| {
        open_link(&latest.borrow());
        let listeners = listen(&latest);
        move || drop(listeners)
    });
}

/// Opens the file that the page's address carries.
fn open_link(store: &Store) {
    let Some(carried) = link::read(&address::fragment()) else {
        return;
    };
    address::clear_fragment();
    store.dispatch(match carried {
        Ok((name, text)) => Action::Open {
            name,
            text,
            origin: "opened from a link",
            anyway: false,
        },
        Err(alert) => Action::Alert(alert),
    });
}

fn listen(latest: &Rc<RefCell<Store>>) -> Vec<EventListener> {
    let window = gloo::utils::window();
    let on = |name: &'static str, act: fn(&Store, &Event)| {
        let latest = latest.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&window, name, options, move |event| {
            let store = latest.borrow().clone();
            act(&store, event);
        })
    };
    vec![
        on("hashchange", |store, _| open_link(store)),
        on("dragover", |store, event| {
            if has_files(event) {
                event.prevent_default();
                if !store.dragging {
                    store.dispatch(Action::Drag(true));
                }
            }
        }),
        on("dragleave", |store, event| {
            // Only leaving the window itself has no element that is entered instead.
            if event.unchecked_ref::<DragEvent>().related_target().is_none() && store.dragging {
                store.dispatch(Action::Drag(false));
            }
        }),
        on("drop", |store, event| {
            if let Some(dropped) = transfer(event)
                .and_then(|data| data.files())
                .and_then(|files| files.get(0))
            {
                event.prevent_default();
                store.dispatch(Action::Drag(false));
                open(store, dropped);
            }
        }),
        on("paste", |store, event| {
            let data = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
            let Some(data) = data.filter(|_| !in_field(event)) else {
                return;
            };
            event.prevent_default();
            if let Some(pasted) = data.files().and_then(|files| files.get(0)) {
                open(store, pasted);
            } else if let Some(text) = data
                .get_data("text/plain")
                .ok()
                .filter(|text| !text.trim().is_empty())
            {
                let name = "pasted.yaml".to_owned();
                store.dispatch(Action::Open {
                    name,
                    text,
                    origin: "pasted",
                    anyway: false,
                });
            }
        }),
    ]
}

fn transfer(event: &Event) -> Option<DataTransfer> {
    event.unchecked_ref::<DragEvent>().data_transfer()
}

fn has_files(event: &Event) -> bool {
    transfer(event).is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Whether an event belongs to a field that takes text.
pub(crate) fn in_field(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        let kind = element.get_attribute("type").unwrap_or_default();
        let text = element.tag_name() == "INPUT" && !matches!(kind.as_str(), "radio" | "checkbox" | "file");
        text || matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
    })
}
