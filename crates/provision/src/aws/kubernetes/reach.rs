//! Where a cluster's API is, and a client for it.

use std::time::Duration;
use std::{env, fs};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hyper_util::client::proxy::matcher::Matcher;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kube::config::{
    AuthInfo, Cluster, Config, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster,
    NamedContext,
};

use crate::aws::connect::Aws;
use crate::aws::eks;
use crate::aws::fault::Fault;
use crate::operations::{Operation as _, eks as operations};

/// Another address than EKS says, for emulators whose clusters have none: `https://127.0.0.1:8443`.
const ENDPOINT: &str = "LB_KUBERNETES_ENDPOINT";
/// The file with the certificate that the other address shows, in PEM.
const CA: &str = "LB_KUBERNETES_CA";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(30);
/// A client is made anew this long before its token ends.
const MARGIN: SignedDuration = SignedDuration::from_mins(4);

/// A client for a cluster's API.
#[derive(Clone)]
pub(in crate::aws) struct Reached {
    client: Client,
    until: Timestamp,
}

impl Aws {
    /// A client for that cluster, whose token still holds.
    pub(super) async fn reach(&self, cluster: &str) -> Result<Client, Fault> {
        let now = self.clock().now();
        if let Some(known) = self.reached(cluster).filter(|known| now < known.until) {
            return Ok(known.client);
        }
        let there = self.address(cluster).await?;
        let token = self.clients().token(cluster, self.region(), self.clock()).await?;
        let user = AuthInfo {
            token: Some(token.text.into()),
            ..AuthInfo::default()
        };
        let reached = Reached {
            client: client(there, user).await?,
            until: token.until.checked_sub(MARGIN).unwrap_or(now),
        };
        self.remember(cluster, reached.clone());
        Ok(reached.client)
    }

    /// Where the API is and how it proves itself.
    async fn address(&self, cluster: &str) -> Result<Endpoint, Fault> {
        let nowhere = |why: &str| {
            Fault::unsent(
                "NameNotResolved",
                format!("the API of cluster `{cluster}` has no address: {why}"),
            )
        };
        let clients = self.clients();
        let describe = operations::DescribeCluster {
            name: cluster.to_owned(),
        };
        let answer = eks::call(&clients.eks, operations::Request::DescribeCluster(describe)).await;
        let found = match answer {
            Err(fault) if fault.code() == "ResourceNotFoundException" => {
                return Err(nowhere("there is no such cluster"));
            }
            answer => operations::DescribeCluster::reply(answer?)
                .map_err(|_| nowhere("EKS answered something else"))?,
        };
        endpoint(&found).map_err(|why| nowhere(&why))
    }
}

/// Where a cluster's API is and how it proves that it is the cluster's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The URL.
    pub server: String,
    /// Certificates of the authority that signed the server's, PEM in base64.
    pub ca: String,
}

/// Where the API of a cluster is, as EKS or the environment's override says.
///
/// # Errors
/// It has no address yet, or the override's file cannot be read.
pub fn endpoint(cluster: &operations::Cluster) -> Result<Endpoint, String> {
    if let Some(server) = env::var(ENDPOINT).ok().filter(|server| !server.is_empty()) {
        let path =
            env::var(CA).map_err(|_| format!("`{ENDPOINT}` needs `{CA}`, the file with its certificate"))?;
        let pem = fs::read(&path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
        return Ok(Endpoint {
            server,
            ca: BASE64.encode(pem),
        });
    }
    match (&cluster.endpoint, &cluster.certificate_authority) {
        (Some(server), Some(ca)) => Ok(Endpoint {
            server: server.clone(),
            ca: ca.data.clone(),
        }),
        _ => Err(format!("it is {}", cluster.status)),
    }
}

async fn client(there: Endpoint, user: AuthInfo) -> Result<Client, Fault> {
    let cluster = Cluster {
        server: Some(there.server),
        certificate_authority_data: Some(there.ca),
        ..Cluster::default()
    };
    const NAME: &str = "lb";
    let kubeconfig = Kubeconfig {
        clusters: vec![NamedCluster {
            name: NAME.into(),
            cluster: Some(cluster),
            ..NamedCluster::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: NAME.into(),
            auth_info: Some(user),
            ..NamedAuthInfo::default()
        }],
        contexts: vec![NamedContext {
            name: NAME.into(),
            context: Some(Context {
                cluster: NAME.into(),
                user: Some(NAME.into()),
                ..Context::default()
            }),
            ..NamedContext::default()
        }],
        current_context: Some(NAME.into()),
        ..Kubeconfig::default()
    };
    let broken = |error: String| {
        Fault::unsent(
            "NoAddress",
            format!("the cluster's address or certificate is of no use: {error}"),
        )
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let mut config = config.map_err(|error| broken(error.to_string()))?;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(TIMEOUT);
    // One place retries: the executor.
    config.default_retry = false;
    // kube takes `HTTPS_PROXY` alone; like the calls to AWS, these keep to `NO_PROXY` and `ALL_PROXY` too.
    match Matcher::from_env().intercept(&config.cluster_url) {
        None => config.proxy_url = None,
        Some(proxy) if config.proxy_url.is_none() => config.proxy_url = Some(proxy.uri().clone()),
        Some(_) => {}
    }
    Client::try_from(config).map_err(|error| broken(error.to_string()))
}
