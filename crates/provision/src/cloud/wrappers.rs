//! Clouds around clouds: what was called, and what would happen if something failed.

use super::{CallError, Cloud};
use crate::operations::{Reply, Request};
use futures_util::future::BoxFuture;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call and its answer.
pub type Recorded = (Request, Result<Reply, CallError>);

/// Records every call with its answer, in the order of the answers.
pub struct Recording<C> {
    cloud: C,
    calls: Mutex<Vec<Recorded>>,
}

impl<C: Cloud> Recording<C> {
    /// Around a cloud.
    pub fn new(cloud: C) -> Self {
        Self {
            cloud,
            calls: Mutex::new(Vec::new()),
        }
    }

    /// What has been recorded since the last time that this was asked.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *held(&self.calls))
    }
}

impl<C: Cloud> Cloud for Recording<C> {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        Box::pin(async move {
            let answer = self.cloud.call(request.clone()).await;
            held(&self.calls).push((request, answer.clone()));
            answer
        })
    }
}

/// Counts calls by service and operation, refused ones too.
pub struct Counting<C> {
    cloud: C,
    calls: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

impl<C: Cloud> Counting<C> {
    /// Around a cloud.
    pub fn new(cloud: C) -> Self {
        Self {
            cloud,
            calls: Mutex::new(BTreeMap::new()),
        }
    }

    /// The counts so far.
    pub fn counts(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        held(&self.calls).clone()
    }
}

impl<C: Cloud> Cloud for Counting<C> {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        let info = request.info();
        *held(&self.calls)
            .entry((info.service, info.operation))
            .or_default() += 1;
        self.cloud.call(request)
    }
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never reaches AWS, and no answer comes.
    LostBefore,
    /// AWS does it, and the answer is lost.
    LostAfter,
    /// AWS refuses it with that code and message.
    Refused(String, String),
}

/// Decides, from a call and how many there were before it, what goes wrong.
pub type Plan = Box<dyn FnMut(&Request, u64) -> Option<Fault> + Send>;

/// Makes calls fail by plan.
pub struct Faulty<C> {
    cloud: C,
    plan: Mutex<(Plan, u64)>,
}

impl<C: Cloud> Faulty<C> {
    /// Around a cloud.
    pub fn new(cloud: C, plan: impl FnMut(&Request, u64) -> Option<Fault> + Send + 'static) -> Self {
        Self {
            cloud,
            plan: Mutex::new((Box::new(plan), 0)),
        }
    }

    fn fault(&self, request: &Request) -> Option<Fault> {
        let (plan, calls) = &mut *held(&self.plan);
        let before = *calls;
        *calls += 1;
        plan(request, before)
    }
}

impl<C: Cloud> Cloud for Faulty<C> {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        let (fault, info) = (self.fault(&request), request.info());
        Box::pin(async move {
            let lost = || CallError::lost(info, "the connection was reset before the answer came");
            match fault {
                None => self.cloud.call(request).await,
                Some(Fault::LostBefore) => Err(lost()),
                Some(Fault::LostAfter) => {
                    // Whatever the answer is, nobody hears it.
                    let _unheard = self.cloud.call(request).await;
                    Err(lost())
                }
                Some(Fault::Refused(code, message)) => Err(CallError::new(info, code, message)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::VirtualClock,
        cloud::Verdict,
        operations::{Operation, ec2},
        sandbox::{Account, Facts, Simulated},
    };
    use std::sync::Arc;

    fn create() -> Request {
        ec2::CreateVpc {
            cidr_block: "10.0.0.0/16".into(),
            ..ec2::CreateVpc::default()
        }
        .request()
    }

    #[test]
    fn faults_come_before_or_after_the_effect_and_are_counted_and_recorded() {
        let clock = VirtualClock::new(Facts::default().start);
        let account = Simulated::new(
            Account::new(Facts::default()),
            "us-west-2",
            Arc::new(clock.clone()),
        );
        let faults = |_: &Request, before: u64| match before {
            0 => Some(Fault::LostBefore),
            1 => Some(Fault::LostAfter),
            2 => Some(Fault::Refused("RequestLimitExceeded".into(), "slow down".into())),
            _ => None,
        };
        let cloud = Recording::new(Counting::new(Faulty::new(account, faults)));
        let call = |request: Request| clock.run(cloud.call(request)).unwrap();
        assert_eq!(call(create()).unwrap_err().verdict(), Verdict::Unknown);
        assert_eq!(call(create()).unwrap_err().verdict(), Verdict::Unknown);
        assert_eq!(call(create()).unwrap_err().verdict(), Verdict::Retry);
        call(create()).unwrap();
        clock
            .run(crate::clock::Clock::sleep(
                &clock,
                std::time::Duration::from_secs(60),
            ))
            .unwrap();
        let found = call(ec2::DescribeVpcs::default().request()).unwrap();
        // The second was made although its answer was lost; the first and third were not.
        assert_eq!(ec2::DescribeVpcs::reply(found).unwrap().len(), 2);
        assert_eq!(cloud.cloud.counts().get(&("ec2", "CreateVpc")), Some(&4));
        let recorded = cloud.take();
        assert_eq!(recorded.len(), 5);
        assert!(recorded[3].1.is_ok() && cloud.take().is_empty());
    }
}
