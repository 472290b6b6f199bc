//! A simulated AWS account with its clusters: a plain value with one function, [`Account::call`].
//!
//! It knows nothing of plans or keys, does no I/O and reads no clock. Time is an argument; what happens by itself
//! (a gateway becomes available, an instance joins, a group retries) is a queue of events that is worked off up to
//! `now` before each call. The same seed and the same calls give the same account, byte for byte.
//!
//! It must never be kinder than AWS: what AWS refuses is refused, with AWS's codes; what AWS shows late is shown
//! late. The facts are those of `aws-facts.md` 3 and `aws-apply.md` 6; what the world offers (versions, instance
//! types, zones) is the catalog's.

/// Answers each operation of a service by a method that takes its input.
macro_rules! dispatch {
    ($self:ident, $request:ident, $service:ident: $($operation:ident => $method:ident),* $(,)?) => {
        Ok(match $request {
            $($service::Request::$operation(input) => $service::Reply::$operation($self.$method(input)?),)*
        })
    };
}

mod account;
mod autoscaling;
#[cfg(test)]
mod behaviours;
mod cidr;
mod cloud;
mod ec2;
mod eks;
mod event;
mod facts;
mod iam;
mod keys;
mod kubernetes;
mod logs;
mod nodes;
mod policy;
mod random;
mod shelf;
mod small;
mod tags;
mod throttle;
mod tokens;
mod world;

#[cfg(not(target_arch = "wasm32"))]
pub mod store;

pub use account::Account;
pub use cloud::Simulated;
pub use facts::{AddonFacts, Facts, GivenRole, GivenSubnet, GivenTemplate, GivenVpc, ImageFacts, KeyFacts};

use std::borrow::Cow;

/// A refusal on its way out: AWS's code and message.
#[derive(Clone, Debug, PartialEq)]
struct Refusal {
    code: Cow<'static, str>,
    message: String,
}

impl Refusal {
    fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

type Answer<T> = Result<T, Refusal>;
