//! Trouble with the way to an account, whatever was asked of it, and what a person can do about each kind.

use super::CallError;

/// Codes of credentials that ran out.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired"];
/// Codes that a wrong clock causes, among other things.
const MISTIMED: &[&str] = &[
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "RequestExpired",
    "SignatureExpired",
    "AuthFailure",
];

/// Why an account cannot be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing names credentials, or what is named cannot be used.
    NoCredentials,
    /// The credentials ran out.
    Expired,
    /// The signature of a request is refused.
    Signature,
    /// The access key is not known.
    UnknownKey,
    /// The name of the host cannot be resolved.
    NoName,
    /// Something that is not AWS answers.
    Foreign,
    /// The other side does not prove that it is AWS.
    Certificate,
    /// Nobody answers.
    Unreachable,
    /// The API of the cluster does not answer.
    ClusterUnreachable,
}

impl Trouble {
    /// The trouble that an error's code stands for, if it is any.
    pub(crate) fn of(service: &str, code: &str) -> Option<Self> {
        let of_cluster = service == "kubernetes";
        Some(match code {
            "NoCredentials" => Self::NoCredentials,
            code if EXPIRED.contains(&code) => Self::Expired,
            "InvalidClientTokenId" | "UnrecognizedClientException" => Self::UnknownKey,
            code if MISTIMED.contains(&code) => Self::Signature,
            "NameNotResolved" | "ConnectionRefused" | "ConnectionFailed" | "LostAnswer" if of_cluster => {
                Self::ClusterUnreachable
            }
            "NameNotResolved" => Self::NoName,
            "NotAnAwsAnswer" => Self::Foreign,
            "CertificateRefused" => Self::Certificate,
            "ConnectionRefused" | "ConnectionFailed" | "LostAnswer" => Self::Unreachable,
            _ => return None,
        })
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoCredentials => {
                "sign in with `aws sso login`, name a profile by `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and \
                 `AWS_SECRET_ACCESS_KEY`"
            }
            Self::Expired => "sign in again with `aws sso login`, or renew them as you got them",
            Self::Signature => {
                "the secret access key does not belong to the access key, or this machine's clock is wrong; look at both"
            }
            Self::UnknownKey => "look at `AWS_ACCESS_KEY_ID`, `AWS_SESSION_TOKEN` and `AWS_PROFILE`",
            Self::NoName => {
                "look at the region's name; if it is right, this machine has no network or no name service"
            }
            Self::Foreign => "look at `AWS_ENDPOINT_URL`, and at proxies and sign-in pages of the network",
            Self::Certificate => {
                "if a proxy of your network opens TLS, name its certificates by `AWS_CA_BUNDLE`"
            }
            Self::Unreachable => {
                "look at the network, at `HTTPS_PROXY` and at `AWS_ENDPOINT_URL`, then run the same command again"
            }
            Self::ClusterUnreachable => {
                "look whether this machine may reach the cluster's API: at `vpc.clusterEndpoints` and \
                 `vpc.publicAccessCIDRs`, at the network and at `HTTPS_PROXY`"
            }
        }
    }
}

impl CallError {
    /// What keeps every call from working, if that is why this one failed.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        Trouble::of(self.service, &self.code)
    }
}
