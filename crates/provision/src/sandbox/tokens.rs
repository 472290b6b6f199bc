//! Client tokens: the same token with the same parameters answers what the first call made, even when that has been
//! deleted since; with other parameters it is refused.

use super::{Answer, Refusal, world::World};
use crate::operations::Operation;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How long EC2 remembers a token.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Tokens that were used, by operation and token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Tokens(BTreeMap<String, Used>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Used {
    parameters: String,
    /// The id of what was made.
    id: String,
    at: Timestamp,
}

impl World<'_> {
    /// Makes what `make` makes, unless the token was used: then `find` says what the object of that id looks like
    /// now. `make` answers the object and its id.
    pub(super) fn once<O: Operation>(
        &mut self,
        token: Option<&str>,
        input: &O,
        find: impl FnOnce(&mut Self, &str) -> Option<O::Reply>,
        make: impl FnOnce(&mut Self) -> Answer<(O::Reply, String)>,
    ) -> Answer<O::Reply> {
        let Some(token) = token else {
            return make(self).map(|(reply, _)| reply);
        };
        if token.is_empty() || token.len() > 64 || !token.bytes().all(|b| (33..127).contains(&b)) {
            return Err(Refusal::new(
                "InvalidParameterValue",
                "the client token must be 1 to 64 ASCII characters",
            ));
        }
        let key = format!("{} {token}", O::INFO.operation);
        let parameters = parameters(input);
        let now = self.now;
        if let Some(used) = self
            .region
            .tokens
            .0
            .get(&key)
            .filter(|used| now.duration_since(used.at) < REMEMBERED)
        {
            if used.parameters != parameters {
                return Err(Refusal::new(
                    "IdempotentParameterMismatch",
                    "The client token you have provided is associated with a resource that was created with \
                     different parameters.",
                ));
            }
            let id = used.id.clone();
            if let Some(reply) = find(self, &id) {
                return Ok(reply);
            }
        }
        let (reply, id) = make(self)?;
        self.region
            .tokens
            .0
            .retain(|_, used| now.duration_since(used.at) < REMEMBERED);
        self.region.tokens.0.insert(
            key,
            Used {
                parameters,
                id,
                at: now,
            },
        );
        Ok(reply)
    }
}

/// A hash of the parameters.
fn parameters<O: Operation>(input: &O) -> String {
    let text = serde_json::to_string(input).unwrap_or_default();
    Sha256::digest(text)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
