//! `lb edit`.

use crate::{
    error::{Error, Result},
    ui::Ui,
};
use std::path::PathBuf;

/// Open the configurator on a config.
///
/// Serves the page on 127.0.0.1 and prints its address; Ctrl-C ends it. `Save` in the page writes the file; if something
/// else has changed it meanwhile, the page asks first. Only the page at that address can read or write it.
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

    let failed = |error: std::io::Error| Error::failed(format!("cannot serve the page: {error}"));
    let opened = match &edit.file {
        Some(path) if path == std::path::Path::new("-") => {
            return Err(Error::usage(
                "standard input cannot be saved to; name a file, or give none and paste into the page",
            ));
        }
        Some(path) => {
            // Said here rather than in the browser, if it cannot be read.
            input::read(path)?;
            Some(server::Opened {
                path: path.clone(),
                token: server::token().map_err(failed)?,
            })
        }
        None => None,
    };
    // The page asks for the file only if its address says that there is one; a static host is never asked. What stands
    // behind `#` stays in the browser.
    let fragment = opened
        .as_ref()
        .map_or_else(String::new, |opened| format!("#file={}", opened.token));
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
