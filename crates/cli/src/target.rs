//! CLUSTER: a name, or a file of which only name and region are read.

use crate::{
    args::Account,
    error::{Error, Result},
    input, session, words,
};
use lb_model::config::ClusterConfig;
use lb_provision::sandbox::{self, store::Store};
use std::{path::Path, sync::Arc};

/// A cluster that a command is about.
pub(crate) struct Target {
    /// Its name.
    pub(crate) cluster: String,
    /// Its region.
    pub(crate) region: String,
    /// The account.
    pub(crate) store: Arc<Store>,
    /// The file, if one was named.
    pub(crate) config: Option<ClusterConfig>,
}

/// Finds the cluster that is meant; without a word for it, the only one of the sandbox.
pub(crate) fn find(named: Option<&str>, account: &Account) -> Result<Target> {
    let store = session::store(account)?;
    let clusters = store.read(clusters)?.unwrap_or_default();
    if let Some(file) = named.filter(|named| input::is_file(Path::new(named))) {
        let input = input::read(Path::new(file))?;
        let config = input.document().config().clone();
        let (cluster, region) = (config.metadata.name.clone(), config.metadata.region.clone());
        if cluster.is_empty() || region.is_empty() {
            return Err(
                Error::failed(format!("`{file}` does not name a cluster and its region"))
                    .next(format!("`lb validate {file}` shows what is wrong with it")),
            );
        }
        return Ok(Target {
            cluster,
            region,
            store,
            config: Some(config),
        });
    }
    let (cluster, region) = match named {
        Some(name) => (name.to_owned(), region(name, account, &clusters)?),
        None => only(&clusters)?,
    };
    Ok(Target {
        cluster,
        region,
        store,
        config: None,
    })
}

/// Region and name of every cluster of the account.
fn clusters(account: &sandbox::Account) -> Vec<(String, String)> {
    account
        .clusters()
        .map(|(region, name)| (region.to_owned(), name.to_owned()))
        .collect()
}

/// The region of a cluster by its name: said, or the only one that has it. Never guessed among several.
fn region(name: &str, account: &Account, clusters: &[(String, String)]) -> Result<String> {
    if let Some(region) = &account.region {
        return Ok(region.clone());
    }
    let having: Vec<&str> = clusters
        .iter()
        .filter(|(_, has)| has == name)
        .map(|(region, _)| region.as_str())
        .collect();
    match having.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => {
            let names = clusters.iter().map(|(_, name)| name.as_str());
            let near = lb_model::suggest::suggest(name, names).map(|near| format!("; did you mean `{near}`"));
            Err(Error::usage(format!(
                "no cluster `{name}` in the sandbox account{}",
                near.unwrap_or_default()
            ))
            .next("to look at what an unfinished apply left, name the file or add `--region`"))
        }
        several => Err(Error::usage(format!(
            "`{name}` is in {}; say which by `--region`",
            words::one_of(
                &several
                    .iter()
                    .map(|region| (*region).to_owned())
                    .collect::<Vec<_>>()
            )
        ))),
    }
}

fn only(clusters: &[(String, String)]) -> Result<(String, String)> {
    match clusters {
        [(region, name)] => Ok((name.clone(), region.clone())),
        [] => Err(Error::usage(
            "there is no cluster in the sandbox account; name one, or its file",
        )),
        several => {
            let names: Vec<String> = several.iter().map(|(_, name)| name.clone()).collect();
            Err(Error::usage(format!("which cluster: {}", words::one_of(&names))))
        }
    }
}
