//! An account in memory as a [`Cloud`].

use super::Account;
use crate::{
    clock::Clock,
    cloud::{CallError, Cloud},
    operations::{Reply, Request},
};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};

/// A simulated account seen from one region, on somebody's clock. Clones share the account.
#[derive(Clone)]
pub struct Simulated {
    account: Arc<Mutex<Account>>,
    region: String,
    clock: Arc<dyn Clock>,
}

impl Simulated {
    /// A new handle.
    pub fn new(account: Account, region: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            account: Arc::new(Mutex::new(account)),
            region: region.into(),
            clock,
        }
    }

    /// Looks at the account, or changes it behind everyone's back.
    pub fn with<R>(&self, look: impl FnOnce(&mut Account) -> R) -> R {
        look(&mut self.account.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Cloud for Simulated {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        Box::pin(async move {
            let now = self.clock.now();
            let (answer, latency) = self.with(|account| account.call(&self.region, now, request));
            self.clock.sleep(latency).await;
            answer
        })
    }
}
