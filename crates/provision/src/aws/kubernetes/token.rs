//! The token by which a cluster knows its caller: a signed question to STS, "who am I", that the cluster asks for us. It
//! is made without any call.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_async::time::TimeSource;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lb_model::catalog::{Catalog, Region};

use crate::aws::connect::{Clients, ConnectError};
use crate::aws::fault::Fault;
use crate::aws::{ServerClock, connect};

/// The header that says for which cluster the question may be asked.
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
/// How long STS takes the question.
const SIGNATURE: Duration = Duration::from_secs(60);
/// How long a cluster takes the token: 15 minutes, less one for clocks that differ.
const VALIDITY: SignedDuration = SignedDuration::from_mins(14);

/// A token for the Kubernetes API of a cluster.
#[derive(Clone)]
pub struct Token {
    /// What goes into the `Authorization` header after `Bearer`.
    pub text: String,
    /// When it has to be replaced.
    pub until: Timestamp,
}

/// A token for that cluster, with the credentials that AWS's tools find. No call is made but those that the
/// credentials need.
///
/// # Errors
/// There are no credentials.
pub async fn token(cluster: &str, region: &str) -> Result<Token, ConnectError> {
    let clock = ServerClock::new();
    let clients = Clients::load(region, &clock, &connect::http_client()?).await;
    clients
        .token(cluster, region, &clock)
        .await
        .map_err(|fault| ConnectError::no_credentials(fault.message()))
}

impl Clients {
    /// A token for that cluster.
    pub(super) async fn token(
        &self,
        cluster: &str,
        region: &str,
        clock: &ServerClock,
    ) -> Result<Token, Fault> {
        let credentials = self.credentials().await?;
        let now = clock.now();
        let text = signed(cluster, region, credentials, TimeSource::now(clock))
            .map_err(|error| Fault::unsent("NotSigned", error.to_string()))?;
        let until = now.checked_add(VALIDITY).unwrap_or(now);
        Ok(Token { text, until })
    }
}

fn signed(
    cluster: &str,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    // A region that is newer than the catalog is most likely one of AWS's usual ones.
    let known = Catalog::builtin().region(region);
    let suffix = known.map_or("amazonaws.com", Region::dns_suffix);
    let host = format!("sts.{region}.{suffix}");
    let url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(SIGNATURE);
    let identity = credentials.into();
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let headers = [("host", host.as_str()), (CLUSTER_HEADER, cluster)];
    let request = SignableRequest::new("GET", &url, headers.into_iter(), SignableBody::empty())?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let mut request = http::Request::get(&url).body(())?;
    instructions.apply_to_request_http1x(&mut request);
    Ok(format!(
        "k8s-aws-v1.{}",
        URL_SAFE_NO_PAD.encode(request.uri().to_string())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_for_the_host_of_the_region_s_partition() {
        for (region, host) in [
            ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
            ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ] {
            let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
            let token = signed("a", region, credentials, SystemTime::UNIX_EPOCH).unwrap();
            let url = URL_SAFE_NO_PAD
                .decode(token.trim_start_matches("k8s-aws-v1."))
                .unwrap();
            assert!(url.starts_with(format!("https://{host}/").as_bytes()), "{region}");
        }
    }

    #[test]
    fn a_token_is_a_signed_question_that_names_the_cluster_in_a_signed_header() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("session".into()), None, "test");
        let token = signed("leaderboard-20", "us-west-2", credentials, SystemTime::UNIX_EPOCH).unwrap();
        let url = URL_SAFE_NO_PAD
            .decode(token.strip_prefix("k8s-aws-v1.").unwrap())
            .unwrap();
        let url = String::from_utf8(url).unwrap();
        assert!(url.starts_with(
            "https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&"
        ));
        for part in [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKIDEXAMPLE%2F19700101%2Fus-west-2%2Fsts%2Faws4_request",
            "X-Amz-Date=19700101T000000Z",
            "X-Amz-Expires=60",
            "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
            "X-Amz-Security-Token=session",
            "X-Amz-Signature=",
        ] {
            assert!(url.contains(part), "{part} in {url}");
        }
    }
}
