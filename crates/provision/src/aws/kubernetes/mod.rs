//! The Kubernetes API of a cluster: where it is and how it knows us come from EKS and STS, the rest is HTTPS.

mod reach;
mod token;

pub use reach::{Endpoint, endpoint};
pub use token::{Token, token};

pub(super) use reach::Reached;

use futures_util::future::BoxFuture;
use kube::Client;
use kube::core::params::{DeleteParams, GetParams, ListParams, Patch, PatchParams, PostParams};
use kube::core::subresource::EvictParams;
use kube::core::{ApiResource, DynamicObject, GroupVersion, Request as Requests, Resource as _};
use serde::Deserialize;
use serde_json::{Value, json};

use super::connect::Aws;
use super::fault::{Fault, unanswered};
use crate::operations::kubernetes::{
    Apply, Cordon, Delete, Evict, Get, List, ObjectRef, Readyz, Replace, Request,
};
use crate::operations::{Operation, Reply};

/// Objects of a page.
const PAGE: u32 = 500;

pub(super) fn call(aws: &Aws, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
    super::boxed(async move {
        Ok(match request {
            Request::Readyz(Readyz { cluster }) => {
                readyz(&aws.reach(&cluster).await?).await?;
                Readyz::answer(())
            }
            Request::Get(Get { cluster, object }) => {
                let request = of(&object)?.get(&object.name, &GetParams::default())?;
                Get::answer(aws.reach(&cluster).await?.request(request).await?)
            }
            Request::List(input) => List::answer(list(&aws.reach(&input.cluster).await?, &input).await?),
            Request::Apply(input) => {
                let object = reference(&input.manifest)?;
                let params = PatchParams {
                    force: input.force,
                    ..PatchParams::apply(&input.field_manager)
                };
                let request = of(&object)?.patch(&object.name, &params, &Patch::Apply(&input.manifest))?;
                Apply::answer(aws.reach(&input.cluster).await?.request(request).await?)
            }
            Request::Replace(input) => {
                let object = reference(&input.manifest)?;
                let params = PostParams {
                    field_manager: Some(input.field_manager),
                    ..PostParams::default()
                };
                let request =
                    of(&object)?.replace(&object.name, &params, input.manifest.to_string().into())?;
                Replace::answer(aws.reach(&input.cluster).await?.request(request).await?)
            }
            Request::Delete(Delete { cluster, object }) => {
                let request = of(&object)?.delete(&object.name, &DeleteParams::default())?;
                done(&aws.reach(&cluster).await?, request).await?;
                Delete::answer(())
            }
            Request::Evict(Evict {
                cluster,
                namespace,
                name,
            }) => {
                let pod = ObjectRef::namespaced("v1", "Pod", &namespace, &name);
                let request = of(&pod)?.evict(&name, &EvictParams::default())?;
                done(&aws.reach(&cluster).await?, request).await?;
                Evict::answer(())
            }
            Request::Cordon(Cordon {
                cluster,
                node,
                unschedulable,
            }) => {
                let patch = json!({ "spec": { "unschedulable": unschedulable } });
                let request = of(&ObjectRef::new("v1", "Node", &node))?.patch(
                    &node,
                    &PatchParams::default(),
                    &Patch::Merge(patch),
                )?;
                done(&aws.reach(&cluster).await?, request).await?;
                Cordon::answer(())
            }
        })
    })
}

async fn readyz(client: &Client) -> Result<(), Fault> {
    let request = http::Request::get("/readyz").body(Vec::new());
    let request = request.map_err(|error| Fault::unfit(error.to_string()))?;
    client.request_text(request).await?;
    Ok(())
}

/// A call whose answer is of no interest, and may be of several kinds.
async fn done(client: &Client, request: http::Request<Vec<u8>>) -> Result<(), Fault> {
    client.request_text(request).await?;
    Ok(())
}

/// A page of a list.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    metadata: PageMeta,
}

#[derive(Default, Deserialize)]
struct PageMeta {
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

async fn list(client: &Client, input: &List) -> Result<Vec<Value>, Fault> {
    let requests = requests(&input.api_version, &input.kind, input.namespace.as_deref())?;
    let mut params = ListParams {
        label_selector: input.label_selector.clone(),
        limit: Some(PAGE),
        ..ListParams::default()
    };
    let mut items = Vec::new();
    loop {
        let page: Page = client.request(requests.list(&params)?).await?;
        items.extend(page.items);
        params.continue_token = page.metadata.next.filter(|next| !next.is_empty());
        if params.continue_token.is_none() {
            return Ok(items);
        }
    }
}

/// Requests about objects of that kind.
fn of(object: &ObjectRef) -> Result<Requests, Fault> {
    requests(&object.api_version, &object.kind, object.namespace.as_deref())
}

fn requests(api_version: &str, kind: &str, namespace: Option<&str>) -> Result<Requests, Fault> {
    let version: GroupVersion = api_version
        .parse()
        .map_err(|_| Fault::unfit(format!("`{api_version}` is no API version")))?;
    let resource = ApiResource::from_gvk(&version.with_kind(kind));
    let namespace = namespace.filter(|namespace| !namespace.is_empty());
    Ok(Requests::new(DynamicObject::url_path(&resource, namespace)))
}

/// What a manifest describes.
fn reference(manifest: &Value) -> Result<ObjectRef, Fault> {
    let text = |pointer: &str| {
        manifest
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let found = (text("/apiVersion"), text("/kind"), text("/metadata/name"));
    let (Some(api_version), Some(kind), Some(name)) = found else {
        return Err(Fault::unfit(
            "a manifest needs `apiVersion`, `kind` and `metadata.name`",
        ));
    };
    Ok(ObjectRef {
        api_version,
        kind,
        namespace: text("/metadata/namespace"),
        name,
    })
}

impl From<kube::core::request::Error> for Fault {
    fn from(error: kube::core::request::Error) -> Self {
        Self::unfit(error.to_string())
    }
}

impl From<kube::Error> for Fault {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::refused(reason(&status), status.message.clone(), status.code),
            error => unanswered(&error),
        }
    }
}

/// The API's word for a refusal. What is not an API server's has none, so the HTTP status stands for it.
fn reason(status: &kube::core::Status) -> &str {
    // What kube's client writes where it cannot read the answer.
    let said = !matches!(status.reason.as_str(), "" | "Failed to parse error data");
    match status.code {
        _ if said => &status.reason,
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        _ => "NotAKubernetesAnswer",
    }
}
