//! CLUSTER: a name, or a file of which only name and region are read.

use crate::{
    account::{self, Account},
    args,
    error::{Error, Result},
    input, words,
};
use lb_model::document::Document;
use lb_provision::sandbox;
use std::path::Path;

/// A cluster that a command is about.
#[derive(Clone)]
pub(crate) struct Target {
    /// Its name.
    pub(crate) cluster: String,
    /// Its region.
    pub(crate) region: String,
    /// The region that the command line or the environment names, which a file overrules.
    #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only AWS's users are told"))]
    pub(crate) asked_region: Option<String>,
    /// The account.
    pub(crate) account: Account,
    /// The file, if one was named.
    pub(crate) document: Option<Document>,
}

impl Target {
    /// The cluster of a config.
    pub(crate) fn of(document: &Document, account: Account, flags: &args::Account) -> Self {
        let config = document.config();
        Self {
            cluster: config.metadata.name.clone(),
            region: config.metadata.region.clone(),
            asked_region: flags.region.clone(),
            account,
            document: Some(document.clone()),
        }
    }
}

/// Finds the cluster that is meant; without a word for it, the only one of the sandbox.
pub(crate) fn find(named: Option<&str>, flags: &args::Account) -> Result<Target> {
    let account = account::find(flags)?;
    if let Some(file) = named.filter(|named| input::is_file(Path::new(named))) {
        let input = input::read(Path::new(file))?;
        let target = Target::of(&input.document(), account, flags);
        if target.cluster.is_empty() || target.region.is_empty() {
            return Err(
                Error::failed(format!("`{file}` does not name a cluster and its region"))
                    .next(format!("`lb validate {file}` shows what is wrong with it")),
            );
        }
        return Ok(target);
    }
    let (cluster, region) = match &account {
        #[cfg(feature = "aws")]
        Account::Aws => at_aws(named, flags)?,
        Account::Sandbox(store) => {
            let clusters = store.read(clusters)?.unwrap_or_default();
            match named {
                Some(name) => (name.to_owned(), region(name, flags, &clusters)?),
                None => only(&clusters)?,
            }
        }
    };
    Ok(Target {
        cluster,
        region,
        asked_region: flags.region.clone(),
        account,
        document: None,
    })
}

/// A cluster at AWS: always named, in the region of the flags, the environment or the profile.
#[cfg(feature = "aws")]
fn at_aws(named: Option<&str>, flags: &args::Account) -> Result<(String, String)> {
    let Some(name) = named else {
        return Err(Error::usage(
            "which cluster? name it, or its file; or add `--sandbox`",
        ));
    };
    let configured = match &flags.region {
        Some(region) => Some(region.clone()),
        None => crate::aws::region()?,
    };
    let Some(region) = configured else {
        return Err(Error::usage(format!("in which region is `{name}`?"))
            .next("name its file, add `--region`, or set `AWS_REGION`"));
    };
    Ok((name.to_owned(), region))
}

/// Region and name of every cluster of the account.
fn clusters(account: &sandbox::Account) -> Vec<(String, String)> {
    account
        .clusters()
        .map(|(region, name)| (region.to_owned(), name.to_owned()))
        .collect()
}

/// The region of a cluster by its name: said, or the only one that has it. Never guessed among several.
fn region(name: &str, flags: &args::Account, clusters: &[(String, String)]) -> Result<String> {
    if let Some(region) = &flags.region {
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
