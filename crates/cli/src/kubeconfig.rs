//! The file by which kubectl knows clusters: one more context in it, everything else as it was.

use crate::{
    error::{Error, Result},
    session::Session,
};
use lb_model::{document::Document, reader::MAX_BYTES, write::to_yaml};
use lb_provision::aws::Endpoint;
use serde_json::{Map, Value, json};
use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tempfile::NamedTempFile;

/// The version of the plugin's answers that contexts ask for.
pub(crate) const EXEC_VERSION: &str = "client.authentication.k8s.io/v1";
/// How often the lock of another program is looked at, and how many times.
const LOCK_LOOKS: (u32, Duration) = (50, Duration::from_millis(100));

/// What was written.
pub(crate) struct Written {
    /// The context's name.
    pub(crate) context: String,
    /// The file.
    pub(crate) path: PathBuf,
}

/// A cluster as kubectl reaches it.
struct Context {
    cluster: String,
    region: String,
    endpoint: Endpoint,
    /// How kubectl starts `lb`.
    command: String,
    /// The profile whose credentials are used, if one is named.
    profile: Option<String>,
}

/// Writes the context of the session's cluster, and makes it the current one.
pub(crate) fn write(session: &Session) -> Result<Written> {
    let (cluster, region) = session.names();
    let context = Context {
        endpoint: session.endpoint()?,
        cluster: cluster.to_owned(),
        region: region.to_owned(),
        command: command(),
        profile: env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty()),
    };
    let path = path()?;
    let _lock = Lock::take(&path)?;
    let merged = present(&path)?
        .and_then(|present| context.merged(&present))
        .map_err(|why| {
            Error::failed(format!("`{}` {why}, so it was left as it is", path.display()))
                .next("mend it, or name another file by `KUBECONFIG`")
        })?;
    replace(&path, &merged).map_err(|error| Error::file("write", &path, &error))?;
    Ok(Written {
        context: context.name(),
        path,
    })
}

/// What the file holds, or why it must stay as it is. What would replace it is a new file, so its owner's wish that
/// nobody writes to it is looked at here.
fn present(path: &Path) -> Result<std::result::Result<Vec<u8>, &'static str>> {
    let read = || {
        let is_kept = fs::metadata(path)?.permissions().readonly();
        fs::read(path).map(|bytes| (is_kept, bytes))
    };
    Ok(match read() {
        Ok((true, _)) => Err("is not to be written to"),
        Ok((_, bytes)) if bytes.len() > MAX_BYTES => Err("is larger than any kubeconfig that `lb` reads"),
        Ok((_, bytes)) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => return Err(Error::file("read", path, &error)),
    })
}

impl Context {
    fn name(&self) -> String {
        format!("{}.{}", self.cluster, self.region)
    }

    /// The text of a kubeconfig with this context in it, or what is wrong with the present text.
    fn merged(&self, present: &[u8]) -> std::result::Result<String, &'static str> {
        const NONE: &str = "is no kubeconfig";
        let document = Document::from_bytes(present);
        if !document.is_yaml() {
            return Err(NONE);
        }
        // Which one counts is not the same for everyone who reads it.
        if document.has_duplicate_keys() {
            return Err("sets a key twice in one map");
        }
        let mut config = match document.value() {
            Value::Null => Map::new(),
            Value::Object(map) => map,
            _ => return Err(NONE),
        };
        let name = self.name();
        for (field, value) in [("apiVersion", "v1"), ("kind", "Config")] {
            config.entry(field).or_insert_with(|| json!(value));
        }
        let cluster =
            json!({ "server": self.endpoint.server, "certificate-authority-data": self.endpoint.ca });
        let entries = [
            ("clusters", "cluster", cluster),
            ("users", "user", json!({ "exec": self.plugin() })),
            ("contexts", "context", json!({ "cluster": name, "user": name })),
        ];
        for (list, field, value) in entries {
            put(config.entry(list).or_insert(Value::Null), &name, field, value).ok_or(NONE)?;
        }
        config.insert("current-context".to_owned(), json!(name));
        to_yaml(&config).map_err(|_| NONE)
    }

    fn plugin(&self) -> Value {
        let mut plugin = json!({
            "apiVersion": EXEC_VERSION,
            "command": self.command,
            "args": ["token", "--cluster", self.cluster, "--region", self.region],
            "interactiveMode": "Never",
            "provideClusterInfo": false,
        });
        if let (Some(profile), Some(fields)) = (&self.profile, plugin.as_object_mut()) {
            fields.insert(
                "env".to_owned(),
                json!([{ "name": "AWS_PROFILE", "value": profile }]),
            );
        }
        plugin
    }
}

/// Sets the entry of that name in one of the lists. Of an entry that is there only `field` is replaced: a cluster and a
/// user as a whole, for what else they hold may contradict it; what a person added to a context, such as its namespace,
/// stays.
fn put(list: &mut Value, name: &str, field: &str, value: Value) -> Option<()> {
    if list.is_null() {
        *list = json!([]);
    }
    let list = list.as_array_mut()?;
    let Some(entry) = list
        .iter_mut()
        .find(|entry| entry.get("name").is_some_and(|found| found == name))
    else {
        list.push(json!({ "name": name, field: value }));
        return Some(());
    };
    let held = entry.as_object_mut()?.entry(field).or_insert(Value::Null);
    match (held.as_object_mut(), value) {
        (Some(held), Value::Object(value)) if field == "context" => held.extend(value),
        (_, value) => *held = value,
    }
    Some(())
}

/// The first file of `KUBECONFIG`, which wins over the others; else the usual one.
fn path() -> Result<PathBuf> {
    let named = env::var_os("KUBECONFIG").unwrap_or_default();
    let first = env::split_paths(&named).find(|path| !path.as_os_str().is_empty());
    let path = match (first, env::home_dir()) {
        (Some(path), _) => path,
        (None, Some(home)) => home.join(".kube/config"),
        (None, None) => {
            return Err(Error::failed(
                "there is no home folder; name a file by `KUBECONFIG`",
            ));
        }
    };
    // A link stays a link.
    Ok(fs::canonicalize(&path).unwrap_or(path))
}

/// `lb`, if that is what a shell would find; else this program's own path.
fn command() -> String {
    const NAME: &str = "lb";
    let own = env::current_exe().and_then(fs::canonicalize).ok();
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).find_map(|folder| fs::canonicalize(folder.join(NAME)).ok());
    match own {
        Some(own) if found.as_ref() != Some(&own) => own.display().to_string(),
        _ => NAME.to_owned(),
    }
}

/// Puts a text into the place of a file, readable by its owner only: it names credentials.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The lock that kubectl and its friends take too: a file beside the one that is written.
struct Lock(PathBuf);

impl Lock {
    fn take(path: &Path) -> Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| Error::file("make", folder, &error))?;
        }
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        let (looks, pause) = LOCK_LOOKS;
        for _ in 0..looks {
            match fs::File::options().write(true).create_new(true).open(&lock) {
                Ok(_) => return Ok(Self(lock)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => thread::sleep(pause),
                Err(error) => return Err(Error::file("write", &lock, &error)),
            }
        }
        Err(
            Error::failed(format!("another program holds `{}`", lock.display()))
                .next("if none is writing the kubeconfig, remove that file and run `lb kubeconfig`"),
        )
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Nothing can be done about it, and the next one to come says it.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context {
            cluster: "leaderboard-20".into(),
            region: "us-west-2".into(),
            endpoint: Endpoint {
                server: "https://a.example".into(),
                ca: "Q0E=".into(),
            },
            command: "lb".into(),
            profile: None,
        }
    }

    fn value(text: &str) -> Value {
        Document::parse(text).value()
    }

    #[test]
    fn a_context_is_added_and_everything_else_stays() {
        let before = "apiVersion: v1\nkind: Config\npreferences: {colors: true}\ncurrent-context: mine\n\
            clusters: [{name: other, cluster: {server: 'https://o', unknown: 08}}]\n\
            contexts: [{name: mine, context: {cluster: other, user: me}}]\nusers: [{name: me, user: {token: 'no'}}]\n";
        let after = value(&context().merged(before.as_bytes()).unwrap());
        let before = value(before);
        assert_eq!(after["current-context"], "leaderboard-20.us-west-2");
        assert_eq!(after["preferences"], before["preferences"]);
        for list in ["clusters", "contexts", "users"] {
            assert_eq!(after[list][0], before[list][0], "{list}");
            assert_eq!(after[list][1]["name"], "leaderboard-20.us-west-2");
        }
        assert_eq!(after["users"][1]["user"]["exec"]["args"][0], "token");
    }

    #[test]
    fn writing_again_replaces_the_cluster_and_keeps_what_a_person_added() {
        let first = context().merged(b"").unwrap();
        let named = first.replace(
            "    user: leaderboard-20.us-west-2",
            "    user: leaderboard-20.us-west-2\n    namespace: jobs",
        );
        let mut moved = context();
        moved.endpoint.server = "https://b.example".into();
        moved.profile = Some("work".into());
        let again = value(&moved.merged(named.as_bytes()).unwrap());
        assert_eq!(again["clusters"][0]["cluster"]["server"], "https://b.example");
        assert_eq!(again["contexts"][0]["context"]["namespace"], "jobs");
        assert_eq!(again["users"][0]["user"]["exec"]["env"][0]["value"], "work");
        assert_eq!(again["clusters"].as_array().unwrap().len(), 1);
        let mut with_token = value(&first);
        with_token["users"][0]["user"]["token"] = json!("old");
        let again = value(&context().merged(with_token.to_string().as_bytes()).unwrap());
        assert_eq!(again["users"][0]["user"]["token"], Value::Null);
    }

    #[test]
    fn a_file_that_is_not_to_be_written_to_or_is_too_large_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        assert_eq!(present(&path).unwrap(), Ok(Vec::new()));
        fs::write(&path, "kind: Config\n").unwrap();
        assert_eq!(present(&path).unwrap(), Ok(b"kind: Config\n".to_vec()));
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(present(&path).unwrap(), Err("is not to be written to"));
        let large = folder.path().join("large");
        fs::write(&large, "#".repeat(MAX_BYTES + 1)).unwrap();
        assert_eq!(
            present(&large).unwrap(),
            Err("is larger than any kubeconfig that `lb` reads")
        );
    }

    #[test]
    fn what_is_no_kubeconfig_is_not_touched() {
        for text in ["- a\n", "clusters: 1\n", "a: [\n", "just words"] {
            let refused = context().merged(text.as_bytes());
            assert_eq!(refused, Err("is no kubeconfig"), "{text}");
        }
        for twice in [
            "clusters: []\nclusters: []\n",
            "a: &u {name: a}\nusers:\n- {<<: *u, name: b}\n",
        ] {
            let refused = context().merged(twice.as_bytes());
            assert_eq!(refused, Err("sets a key twice in one map"), "{twice}");
        }
    }
}
