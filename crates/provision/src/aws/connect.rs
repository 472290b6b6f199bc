//! Credentials, region and endpoints as every AWS tool finds them, and the first call, which tells whether they work.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs};

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::ProvideCredentials as _};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use jiff::SignedDuration;

use super::clock::ServerClock;
use super::fault::{self, Fault, unanswered};
use super::kubernetes::Reached;
use crate::cloud::{CallError, Cloud, Trouble};
use crate::operations::Operation as _;
use crate::operations::sts::{CallerIdentity, GetCallerIdentity};

/// A call without an answer after this long has lost it. AWS's slowest answers take about ten seconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// STS says at once who is calling; whoever does not is not worth waiting for.
const STS_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A region that every account has, to ask whether credentials are known at all.
const ALWAYS_ENABLED: &str = "us-east-1";

/// An AWS account in one region.
pub struct Aws {
    region: String,
    clock: ServerClock,
    caller: CallerIdentity,
    clients: Mutex<Arc<Clients>>,
    /// Clients of clusters' own APIs, by cluster.
    reached: Mutex<BTreeMap<String, Reached>>,
}

/// The SDK's clients, which hold the credentials.
pub(super) struct Clients {
    config: SdkConfig,
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) eks: aws_sdk_eks::Client,
    pub(super) autoscaling: aws_sdk_autoscaling::Client,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) ssm: aws_sdk_ssm::Client,
    pub(super) servicequotas: aws_sdk_servicequotas::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) elb: aws_sdk_elasticloadbalancing::Client,
    pub(super) elbv2: aws_sdk_elasticloadbalancingv2::Client,
}

/// A client whose answers tell the time.
macro_rules! client {
    ($sdk:ident, $config:expr, $clock:expr $(, $timeouts:expr)?) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from($config)
                .interceptor($clock.clone())
                $(.timeout_config($timeouts))?
                .build(),
        )
    };
}

impl Clients {
    pub(super) async fn load(region: &str, clock: &ServerClock, http: &SharedHttpClient) -> Self {
        let timeouts = |attempt| {
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(attempt)
                .build()
        };
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(http.clone())
            .time_source(clock.clone())
            .timeout_config(timeouts(TIMEOUT))
            // One place retries, counts and waits: the executor.
            .retry_config(RetryConfig::disabled())
            .disable_clock_skew_correction(true)
            // Answers are small, and the timeout covers them.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .load()
            .await;
        Self {
            ec2: client!(aws_sdk_ec2, &config, clock),
            iam: client!(aws_sdk_iam, &config, clock),
            eks: client!(aws_sdk_eks, &config, clock),
            autoscaling: client!(aws_sdk_autoscaling, &config, clock),
            logs: client!(aws_sdk_cloudwatchlogs, &config, clock),
            sts: client!(aws_sdk_sts, &config, clock, timeouts(STS_TIMEOUT)),
            ssm: client!(aws_sdk_ssm, &config, clock),
            servicequotas: client!(aws_sdk_servicequotas, &config, clock),
            kms: client!(aws_sdk_kms, &config, clock),
            elb: client!(aws_sdk_elasticloadbalancing, &config, clock),
            elbv2: client!(aws_sdk_elasticloadbalancingv2, &config, clock),
            config,
        }
    }

    /// The credentials as they are now.
    pub(super) async fn credentials(&self) -> Result<Credentials, Fault> {
        let Some(provider) = self.config.credentials_provider() else {
            return Err(Fault::unsent("NoCredentials", "no provider of credentials"));
        };
        provider
            .provide_credentials()
            .await
            .map_err(|error| unanswered(&error))
    }
}

impl Aws {
    /// Finds credentials by the standard chain and asks AWS who they belong to.
    ///
    /// # Errors
    /// There are no credentials, AWS does not take them, or whoever answers is not AWS.
    pub async fn connect(region: &str) -> Result<Self, ConnectError> {
        let clock = ServerClock::new();
        let http = http_client()?;
        let clients = Clients::load(region, &clock, &http).await;
        let mut aws = Self {
            region: region.to_owned(),
            clock,
            caller: CallerIdentity::default(),
            clients: Mutex::new(Arc::new(clients)),
            reached: Mutex::default(),
        };
        match (&aws as &dyn Cloud).send(GetCallerIdentity {}).await {
            Ok(caller) if caller.account.is_empty() => {
                let half = "answered without saying whose account it is";
                let error = CallError::new(&GetCallerIdentity::INFO, "NotAnAwsAnswer", half);
                return Err(aws.explain(&error, &http).await);
            }
            Ok(caller) => aws.caller = caller,
            Err(error) => return Err(aws.explain(&error, &http).await),
        }
        Ok(aws)
    }

    /// Who the credentials belong to.
    #[must_use]
    pub fn caller(&self) -> &CallerIdentity {
        &self.caller
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// AWS's time.
    #[must_use]
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    pub(super) fn clients(&self) -> Arc<Clients> {
        Arc::clone(&self.clients.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn reached(&self, cluster: &str) -> Option<Reached> {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.get(cluster).cloned()
    }

    pub(super) fn remember(&self, cluster: &str, client: Reached) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.insert(cluster.to_owned(), client);
    }

    /// Does what makes sense of sending a refused request once more: loads the credentials again if they ran out;
    /// and if the time of its signature was wrong, AWS's answer has corrected the clock since `signed_with`.
    pub(super) async fn heals(&self, fault: &Fault, signed_with: SignedDuration) -> bool {
        let trouble = Trouble::of("", fault.code());
        let may_be_mistimed = matches!(trouble, Some(Trouble::Signature | Trouble::Expired));
        if may_be_mistimed && self.clock.moved_since(signed_with) {
            return true;
        }
        if trouble != Some(Trouble::Expired) {
            return false;
        }
        let Ok(http) = http_client() else { return false };
        let fresh = Arc::new(Clients::load(&self.region, &self.clock, &http).await);
        *self.clients.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        true
    }
}

/// Why there is no working with this account: what is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectError {
    /// What is wrong: one sentence.
    pub message: String,
    /// What to do.
    pub next: String,
}

impl ConnectError {
    fn new(message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            next: next.into(),
        }
    }

    pub(super) fn no_credentials(said: &str) -> Self {
        Self::new(
            format!("there are no AWS credentials: {said}"),
            Trouble::NoCredentials.remedy(),
        )
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.next)
    }
}

impl std::error::Error for ConnectError {}

impl Aws {
    /// What the first refusal means.
    async fn explain(&self, error: &CallError, http: &SharedHttpClient) -> ConnectError {
        let (said, code) = (&error.message, &error.code);
        let Some(trouble) = error.trouble() else {
            return ConnectError::new(
                format!("AWS does not say who is calling: {error}"),
                "look at the credentials, then run the same command again",
            );
        };
        let message = match trouble {
            Trouble::NoCredentials => return ConnectError::no_credentials(said),
            Trouble::UnknownKey => return self.unknown_key(error, http).await,
            Trouble::Expired => format!("the AWS credentials have expired ({code}: {said})"),
            Trouble::Signature => format!("AWS refuses the signature ({code}: {said})"),
            Trouble::NoName => {
                let message = format!("{} cannot be found: {said}", self.endpoint());
                let next = format!(
                    "is `{}` a region? if so, this machine has no network or no name service",
                    self.region
                );
                return ConnectError::new(message, next);
            }
            Trouble::Foreign => format!("{} {said}", self.endpoint()),
            Trouble::Certificate => format!("{} does not prove that it is AWS: {said}", self.endpoint()),
            Trouble::Unreachable | Trouble::ClusterUnreachable => {
                format!("{} cannot be reached: {said}", self.endpoint())
            }
        };
        ConnectError::new(message, trouble.remedy())
    }

    /// AWS knows no such key, or the region has not been told of the account.
    async fn unknown_key(&self, error: &CallError, http: &SharedHttpClient) -> ConnectError {
        let elsewhere = Self {
            region: ALWAYS_ENABLED.to_owned(),
            clock: self.clock.clone(),
            caller: CallerIdentity::default(),
            clients: Mutex::new(Arc::new(Clients::load(ALWAYS_ENABLED, &self.clock, http).await)),
            reached: Mutex::default(),
        };
        match (&elsewhere as &dyn Cloud).send(GetCallerIdentity {}).await {
            Ok(caller) if self.region != ALWAYS_ENABLED => ConnectError::new(
                format!(
                    "the region `{}` is not enabled in account {}",
                    self.region, caller.account
                ),
                "enable it in the account's settings, or choose another region",
            ),
            _ => ConnectError::new(
                format!(
                    "AWS does not know the access key ({}: {})",
                    error.code, error.message
                ),
                Trouble::UnknownKey.remedy(),
            ),
        }
    }

    /// Where calls go, as far as a person needs to know.
    fn endpoint(&self) -> String {
        let named = env::var("AWS_ENDPOINT_URL_STS").ok();
        let named = named.or_else(|| self.clients().config.endpoint_url().map(str::to_owned));
        named.map_or_else(
            || format!("AWS in the region `{}`", self.region),
            |url| format!("the endpoint `{url}`"),
        )
    }
}

/// The region that the environment or the profile names; none is assumed.
pub async fn configured_region() -> Option<String> {
    let profile = ProfileFileRegionProvider::builder().build();
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile);
    chain.region().await.map(|region| region.to_string())
}

/// The HTTP client: the system's certificates or those of `AWS_CA_BUNDLE`, and the proxies that the environment names.
pub(super) fn http_client() -> Result<SharedHttpClient, ConnectError> {
    let tls = tls()?;
    let proxies = ProxyConfig::from_env();
    Ok(
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut connector = Connector::builder().proxy_config(proxies.clone());
            connector.set_connector_settings(settings.cloned());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(tls.clone())
                .build()
        }),
    )
}

fn tls() -> Result<TlsContext, ConnectError> {
    let store = match env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) {
        None => TrustStore::default(),
        Some(path) => {
            let bundle = fs::read(&path).map_err(|error| {
                ConnectError::new(
                    format!("cannot read `{}`: {}", path.display(), fault::root(&error)),
                    "`AWS_CA_BUNDLE` names a file with the certificates to trust",
                )
            })?;
            TrustStore::empty().with_pem_certificate(bundle)
        }
    };
    let broken = |error| ConnectError::new(format!("cannot use TLS: {error}"), "look at `AWS_CA_BUNDLE`");
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(broken)
}
