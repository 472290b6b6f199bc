//! STS, SSM and Service Quotas.

use super::{Answer, Refusal, world::World};
use crate::operations::{servicequotas as quotas, ssm, sts};
use lb_model::catalog::Catalog;

impl World<'_> {
    pub(super) fn sts(&self, request: sts::Request) -> sts::Reply {
        let sts::Request::GetCallerIdentity(_) = request;
        sts::Reply::GetCallerIdentity(sts::CallerIdentity {
            user_id: "AIDASANDBOXSANDBOX000".into(),
            account: self.facts.account.clone(),
            arn: self.facts.caller.clone(),
        })
    }

    pub(super) fn ssm(&self, request: ssm::Request) -> Answer<ssm::Reply> {
        let ssm::Request::GetParameter(ssm::GetParameter { name }) = request;
        let value = self
            .image_of_parameter(&name)
            .ok_or_else(|| Refusal::new("ParameterNotFound", format!("there is no parameter `{name}`")))?;
        Ok(ssm::Reply::GetParameter(ssm::Parameter {
            name,
            value,
            version: 1,
        }))
    }

    pub(super) fn quotas(&self, request: quotas::Request) -> Answer<quotas::Reply> {
        let missing = || {
            Refusal::new(
                "NoSuchResourceException",
                "The request failed because the specified resource does not exist.",
            )
        };
        Ok(match request {
            quotas::Request::GetServiceQuota(input) => {
                let value = *self.facts.quotas.get(&input.quota_code).ok_or_else(missing)?;
                quotas::Reply::GetServiceQuota(quota(input.service_code, input.quota_code, value))
            }
            quotas::Request::GetAWSDefaultServiceQuota(input) => {
                let value = Catalog::builtin()
                    .quotas()
                    .iter()
                    .find(|quota| quota.code == Some(input.quota_code.as_str()))
                    .ok_or_else(missing)?
                    .limit;
                quotas::Reply::GetAWSDefaultServiceQuota(quota(
                    input.service_code,
                    input.quota_code,
                    value as f64,
                ))
            }
        })
    }
}

fn quota(service_code: String, quota_code: String, value: f64) -> quotas::ServiceQuota {
    let quota_name = Catalog::builtin()
        .quotas()
        .iter()
        .find(|quota| quota.code == Some(quota_code.as_str()))
        .map_or_else(String::new, |quota| quota.what.to_owned());
    quotas::ServiceQuota {
        service_code,
        quota_code,
        quota_name,
        value,
    }
}
