//! The page's value in the hands of a view.

use super::{Action, App};
use crate::browser::clock;
use lb_model::problem::Edit;
use std::rc::Rc;
use yew::prelude::*;

/// An action and its moment: the value itself has no clock.
pub(crate) struct Timed {
    at: f64,
    action: Action,
}

/// The page's value as yew keeps it.
#[derive(Clone)]
pub(crate) struct Root(Rc<App>);

impl Reducible for Root {
    type Action = Timed;

    fn reduce(self: Rc<Self>, timed: Timed) -> Rc<Self> {
        let mut app = Rc::unwrap_or_clone(Rc::unwrap_or_clone(self).0);
        app.reduce_at(timed.action, timed.at);
        Rc::new(Self(Rc::new(app)))
    }
}

/// The page's value at one moment, and the way to change it, handed down to every view. Yew's own handle always shows the
/// newest value, so it could not tell whether what a view has drawn is of an older one.
#[derive(Clone)]
pub(crate) struct Store {
    app: Rc<App>,
    dispatcher: UseReducerDispatcher<Root>,
}

/// The store of the page, which begins with this value.
#[hook]
pub(crate) fn use_store(begin: impl FnOnce() -> App) -> Store {
    let root = use_reducer(|| Root(Rc::new(begin())));
    Store {
        app: root.0.clone(),
        dispatcher: root.dispatcher(),
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        // Each change makes a new value.
        Rc::ptr_eq(&self.app, &other.app)
    }
}

impl std::ops::Deref for Store {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Store {
    /// Lets something happen, now.
    pub(crate) fn dispatch(&self, action: Action) {
        self.dispatcher.dispatch(Timed {
            at: clock::now_ms(),
            action,
        });
    }

    /// What lets something happen when it is called.
    pub(crate) fn on<T: 'static>(&self, action: impl Fn(T) -> Action + 'static) -> Callback<T> {
        let dispatch = self.dispatcher.clone();
        Callback::from(move |value| {
            dispatch.dispatch(Timed {
                at: clock::now_ms(),
                action: action(value),
            })
        })
    }

    /// What lets one thing happen.
    pub(crate) fn then(&self, action: Action) -> Callback<()> {
        self.on(move |()| action.clone())
    }

    /// What changes the config by these edits.
    pub(crate) fn edit(&self, label: impl Into<String>, edits: Vec<Edit>) -> Callback<()> {
        self.then(Action::Edit {
            edits,
            label: label.into(),
            field: None,
        })
    }
}
