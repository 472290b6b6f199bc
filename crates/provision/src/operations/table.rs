//! What a row of the table is, and the macros that turn rows into types.

use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Whether an operation changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Changes nothing.
    Read,
    /// Makes, changes or deletes something.
    Write,
}

/// What happens when an operation is sent twice, which is what a lost answer forces us to consider
/// (AWS's service models; `aws-apply.md`, traps 6 and 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The second call finds things as the first left them: reads, sets, deletes.
    Same,
    /// The input has a client token; the same token answers what the first call made.
    Token,
    /// The name is unique: the second call is refused with an "exists" code.
    Refused,
    /// Nothing protects: the second call makes a second object.
    Doubles,
}

/// An action family: the operations that AWS meters with one token bucket, and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// Its name, such as `ec2 write`.
    pub name: &'static str,
    /// Calls at once.
    pub capacity: f64,
    /// Calls a second that are given back.
    pub refill_per_second: f64,
}

/// The families. EC2's are published (EC2 developer guide, "request throttling", default figures); the others
/// are careful assumptions, since AWS says only that they exist.
pub mod families {
    use super::Family;

    const fn family(name: &'static str, capacity: f64, refill_per_second: f64) -> Family {
        Family {
            name,
            capacity,
            refill_per_second,
        }
    }

    /// EC2: describing with filters or ids.
    pub const EC2_READ: Family = family("ec2 read", 100.0, 20.0);
    /// EC2: making, changing, deleting.
    pub const EC2_WRITE: Family = family("ec2 write", 50.0, 5.0);
    /// EC2: tags of existing objects.
    pub const EC2_TAGS: Family = family("ec2 tags", 100.0, 10.0);
    /// EC2: NAT gateways.
    pub const EC2_NAT: Family = family("ec2 nat", 10.0, 1.0);
    /// EC2: versions of launch templates.
    pub const EC2_TEMPLATE: Family = family("ec2 template", 100.0, 5.0);
    /// EC2: network interfaces.
    pub const EC2_INTERFACE: Family = family("ec2 interface", 100.0, 5.0);
    /// IAM: reading. Assumed.
    pub const IAM_READ: Family = family("iam read", 40.0, 15.0);
    /// IAM: writing. Assumed; users see `Throttling` when they attach or delete in parallel.
    pub const IAM_WRITE: Family = family("iam write", 20.0, 5.0);
    /// EKS: reading. Assumed.
    pub const EKS_READ: Family = family("eks read", 100.0, 10.0);
    /// EKS: writing. Assumed.
    pub const EKS_WRITE: Family = family("eks write", 40.0, 4.0);
    /// Auto Scaling: reading. Assumed.
    pub const AUTOSCALING_READ: Family = family("autoscaling read", 60.0, 10.0);
    /// Auto Scaling: writing. Assumed.
    pub const AUTOSCALING_WRITE: Family = family("autoscaling write", 40.0, 5.0);
    /// CloudWatch Logs. Assumed.
    pub const LOGS: Family = family("logs", 10.0, 5.0);
    /// STS: 600 a second (IAM quotas page).
    pub const STS: Family = family("sts", 600.0, 600.0);
    /// Systems Manager's GetParameter: 40 a second.
    pub const SSM: Family = family("ssm", 40.0, 40.0);
    /// Service Quotas. Assumed.
    pub const QUOTAS: Family = family("servicequotas", 10.0, 5.0);
    /// KMS's management operations, of which the slowest take 5 a second.
    pub const KMS: Family = family("kms", 5.0, 5.0);
    /// Load balancers, reading. Assumed.
    pub const ELB: Family = family("elb", 40.0, 10.0);
    /// A Kubernetes API server: client-go's usual limits, raised as kubectl raises them.
    pub const KUBERNETES: Family = family("kubernetes", 300.0, 50.0);
}

/// What the house has to know of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// The service, under botocore's name (`kubernetes` for a cluster's own API).
    pub service: &'static str,
    /// The operation's name in the API.
    pub operation: &'static str,
    /// Reads or writes.
    pub access: Access,
    /// The action family whose bucket it takes from.
    pub family: Family,
    /// What sending it twice does.
    pub repeat: Repeat,
    /// IAM actions that it needs as we call it, its own first. None for Kubernetes, where the access entry decides.
    pub actions: &'static [&'static str],
}

/// An operation: its input is `Self`, its answer [`Operation::Reply`].
pub trait Operation: Serialize + DeserializeOwned + Clone + Send + 'static {
    /// What is answered.
    type Reply: Serialize + DeserializeOwned + Clone + Send + 'static;
    /// Its row.
    const INFO: Info;
    /// As a value of the seam.
    fn request(self) -> super::Request;
    /// The answer taken out of the seam's value.
    ///
    /// # Errors
    /// If it answers another operation: a mistake in a `Cloud`.
    fn reply(reply: super::Reply) -> Result<Self::Reply, WrongReply>;
    /// The answer as the seam's value.
    fn answer(reply: Self::Reply) -> super::Reply;
}

/// A `Cloud` answered another operation than it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongReply;

/// Whether a field is left out of the request: AWS tells "not given" from "given and empty".
pub trait Absent {
    /// True if the field is not sent.
    fn absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}
impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}
impl<K, V> Absent for BTreeMap<K, V> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}
impl Absent for String {}
impl Absent for bool {}
impl Absent for i64 {}
impl Absent for f64 {}
impl Absent for jiff::Timestamp {}
impl Absent for serde_json::Value {}

/// Structs that serialise as the API's shapes.
macro_rules! shapes {
    ($case:tt; $($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = $case, default)]
        // A field is the API's member of that name and means what AWS documents there.
        #[allow(missing_docs)]
        pub struct $name {
            $($(#[$field_meta])*
            #[serde(skip_serializing_if = "crate::operations::Absent::absent")]
            pub $field: $type,)*
        }
        impl crate::operations::Absent for $name {}
    )*};
}

/// Rows of one service: the input of each operation, and the service's `Request` and `Reply`.
macro_rules! operations {
    ($variant:ident, $service:literal, $case:tt; $($(#[$meta:meta])*
        $access:ident $name:ident($family:ident, $repeat:ident $(, $action:literal)*) -> $reply:ty
        { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })*
    ) => {
        $(
            shapes! { $case; $(#[$meta])* $name { $($(#[$field_meta])* $field: $type),* } }
            impl crate::operations::Operation for $name {
                type Reply = $reply;
                const INFO: crate::operations::Info = crate::operations::Info {
                    service: $service,
                    operation: stringify!($name),
                    access: crate::operations::Access::$access,
                    family: crate::operations::families::$family,
                    repeat: crate::operations::Repeat::$repeat,
                    actions: &[$($action),*],
                };
                fn request(self) -> crate::operations::Request {
                    crate::operations::Request::$variant(Request::$name(self))
                }
                fn reply(reply: crate::operations::Reply) -> Result<Self::Reply, crate::operations::WrongReply> {
                    match reply {
                        crate::operations::Reply::$variant(Reply::$name(reply)) => Ok(reply),
                        _ => Err(crate::operations::WrongReply),
                    }
                }
                fn answer(reply: Self::Reply) -> crate::operations::Reply {
                    crate::operations::Reply::$variant(Reply::$name(reply))
                }
            }
        )*

        /// An operation of this service with its input.
        // A request is moved a few times and kept nowhere in numbers, so boxing large inputs would gain nothing.
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Request {
            $($(#[$meta])* $name($name),)*
        }

        /// An answer of this service.
        // As for `Request`.
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Reply {
            $(
                #[doc = concat!("Answers [`", stringify!($name), "`].")]
                $name(<$name as crate::operations::Operation>::Reply),
            )*
        }

        impl Request {
            /// The operation's row.
            pub fn info(&self) -> &'static crate::operations::Info {
                match self { $(Self::$name(_) => &<$name as crate::operations::Operation>::INFO,)* }
            }

            /// The input under the API's parameter names.
            pub fn parameters(&self) -> serde_json::Value {
                match self { $(Self::$name(input) => serde_json::to_value(input),)* }
                    .unwrap_or(serde_json::Value::Null)
            }
        }

        /// The rows of this service.
        pub const TABLE: &[crate::operations::Info] = &[$(<$name as crate::operations::Operation>::INFO,)*];
    };
}

/// The services: the seam's `Request` and `Reply` over all of them.
macro_rules! services {
    ($($(#[$meta:meta])* $variant:ident($module:ident),)*) => {
        /// A call with its input.
        // As for the services' own requests.
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Request { $($(#[$meta])* $variant($module::Request),)* }

        /// An answer.
        // As for the services' own answers.
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Reply { $($(#[$meta])* $variant($module::Reply),)* }

        impl Request {
            /// The operation's row.
            pub fn info(&self) -> &'static Info {
                match self { $(Self::$variant(request) => request.info(),)* }
            }

            /// The input under the API's parameter names.
            pub fn parameters(&self) -> serde_json::Value {
                match self { $(Self::$variant(request) => request.parameters(),)* }
            }
        }

        /// All rows, by service, in the order of the table.
        pub fn table() -> impl Iterator<Item = &'static Info> {
            [$($module::TABLE),*].into_iter().flatten()
        }
    };
}
