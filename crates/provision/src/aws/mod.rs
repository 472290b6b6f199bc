//! AWS itself, through its SDK, and Kubernetes, through its client. Nothing of either leaves this module: what goes in and
//! out is the table's ([`crate::operations`]).
//!
//! It sends one request for one call (and one a page), never again by itself, but for two refusals that say that nothing
//! was done: credentials that ran out, which are loaded again, and a signature whose time was wrong, once AWS has told
//! the time.

#[macro_use]
mod convert;
mod autoscaling;
mod clock;
mod connect;
mod ec2;
mod eks;
mod fault;
mod iam;
mod kubernetes;
mod small;

pub use clock::ServerClock;
pub use connect::{Aws, ConnectError, configured_region};
pub use kubernetes::{Endpoint, Token, endpoint, token};

use futures_util::future::BoxFuture;

use crate::cloud::{CallError, Cloud};
use crate::operations::{Reply, Request};
use fault::Fault;

/// The future of one call; boxed one by one, since the SDK's are large.
fn boxed<'a>(
    call: impl Future<Output = Result<Reply, Fault>> + Send + 'a,
) -> BoxFuture<'a, Result<Reply, Fault>> {
    Box::pin(call)
}

impl Aws {
    /// Sends one request, or one a page.
    async fn send(&self, request: Request) -> Result<Reply, Fault> {
        let clients = self.clients();
        match request {
            Request::Ec2(request) => ec2::call(&clients.ec2, request).await,
            Request::Iam(request) => iam::call(&clients.iam, request).await,
            Request::Eks(request) => eks::call(&clients.eks, request).await,
            Request::AutoScaling(request) => autoscaling::call(&clients.autoscaling, request).await,
            Request::Logs(request) => small::logs::call(&clients.logs, request).await,
            Request::Sts(request) => small::sts::call(&clients.sts, request).await,
            Request::Ssm(request) => small::ssm::call(&clients.ssm, request).await,
            Request::ServiceQuotas(request) => {
                small::servicequotas::call(&clients.servicequotas, request).await
            }
            Request::Kms(request) => small::kms::call(&clients.kms, request).await,
            Request::Elb(request) => small::elb::call(&clients.elb, request).await,
            Request::ElbV2(request) => small::elbv2::call(&clients.elbv2, request).await,
            Request::Kubernetes(request) => kubernetes::call(self, request).await,
        }
    }
}

impl Cloud for Aws {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, CallError>> {
        Box::pin(async move {
            let info = request.info();
            let signed_with = self.clock().ahead();
            let mut answer = self.send(request.clone()).await;
            if let Err(fault) = &answer
                && self.heals(fault, signed_with).await
            {
                answer = self.send(request).await;
            }
            answer.map_err(|fault| fault.of(info))
        })
    }
}
