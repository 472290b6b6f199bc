//! Files that the user names.

use crate::error::{Error, Result};
use lb_model::{document::Document, reader::MAX_BYTES, suggest::suggest};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// A config as it was found.
pub(crate) struct Input {
    /// What to call it: the path as given, or `standard input`.
    pub(crate) name: String,
    /// Where it is, unless it came by standard input.
    pub(crate) path: Option<PathBuf>,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

/// Reads a config; `-` is standard input. No more is read than a config may be long.
pub(crate) fn read(path: &Path) -> Result<Input> {
    if path == Path::new("-") {
        let bytes = take(io::stdin().lock())
            .map_err(|error| Error::failed(format!("cannot read standard input: {error}")))?;
        return Ok(Input {
            name: "standard input".to_owned(),
            path: None,
            bytes,
        });
    }
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(Error::failed(format!(
            "`{name}` is a directory; name a file in it"
        )));
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing(path)),
        Err(error) => return Err(Error::file("read", path, &error)),
    };
    let bytes = take(file).map_err(|error| Error::file("read", path, &error))?;
    Ok(Input {
        name,
        path: Some(path.to_owned()),
        bytes,
    })
}

fn take(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more is enough to see that it is too long, whatever its length.
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Input {
    /// The config in it, with everything that is wrong with it.
    pub(crate) fn document(&self) -> Document {
        Document::from_bytes(&self.bytes)
    }
}

/// Replaces a file at once: a reader sees the old text or the new one, also after a crash.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    // Through a link to the file itself, so that the link stays one.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        if let Ok(old) = fs::metadata(path) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| Error::file("write", path, &error))
}

/// There is no such file; perhaps one of almost this name.
fn missing(path: &Path) -> Error {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else {
        return Error::failed(format!(
            "no file `{}`: there is no folder `{}`",
            path.display(),
            folder.display()
        ));
    };
    let names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_file(Path::new(name)))
        .collect();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let near = suggest(&wanted, names.iter().map(String::as_str));
    let hint = near.map_or_else(
        || "; `lb init` makes one".to_owned(),
        |near| format!("; did you mean `{}`", path.with_file_name(near).display()),
    );
    Error::failed(format!("no file `{}`{hint}", path.display()))
}

/// Whether an argument that may name a cluster names a file.
pub(crate) fn is_file(argument: &Path) -> bool {
    let text = argument.to_string_lossy();
    text.contains('/')
        || [".yaml", ".yml", ".json"]
            .iter()
            .any(|ending| text.ends_with(ending))
}
