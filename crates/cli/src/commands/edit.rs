//! `lb edit`.

use crate::{
    error::{Error, Result},
    ui::Ui,
};
use std::path::PathBuf;

/// Open the configurator on a config.
///
/// Serves the page on 127.0.0.1 and prints its address; Ctrl-C ends it. The page changes nothing on disk:
/// it offers the edited file as a download.
#[derive(Debug, clap::Args)]
pub(crate) struct Edit {
    /// The config to open; without it the page asks
    file: Option<PathBuf>,
    /// The port; where it is taken, any free one
    #[arg(long, default_value_t = 4620)]
    port: u16,
}

#[cfg(not(feature = "page"))]
pub(crate) fn run(_: &mut Ui, edit: &Edit) -> Result {
    let _ = (&edit.file, edit.port);
    Err(Error::failed("this `lb` was built without the configurator")
        .next("in a clone of the repository: `cargo xtask page`, then `cargo run --features page -- edit`"))
}

#[cfg(feature = "page")]
pub(crate) fn run(ui: &mut Ui, edit: &Edit) -> Result {
    use crate::{error::Exit, input, server};

    let opened = match &edit.file {
        Some(path) => {
            let input = input::read(path)?;
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or(input.name);
            Some(server::Opened {
                name,
                bytes: input.bytes,
            })
        }
        None => None,
    };
    // The page fetches the file if its address says that there is one; a static host is never asked.
    let fragment = if opened.is_some() { "#file" } else { "" };
    let failed = |error: std::io::Error| Error::failed(format!("cannot serve the page: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    runtime.block_on(async {
        let listener = server::listen(edit.port).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        ui.say("the configurator is at the address below; Ctrl-C ends it");
        ui.line(format_args!("http://127.0.0.1:{port}/{fragment}"))?;
        let interrupted = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        server::serve(listener, opened, interrupted)
            .await
            .map_err(failed)?;
        Ok(Exit::Done)
    })
}
