//! Says early, and in words, that the page must be built before it can be embedded.

fn main() {
    let page = std::path::Path::new("../../web/dist");
    println!("cargo::rerun-if-changed={}", page.display());
    let wanted = std::env::var_os("CARGO_FEATURE_PAGE").is_some();
    if wanted && !page.join("index.html").exists() {
        println!("cargo::error=feature `page` embeds the configurator; build it first: `cargo xtask page`");
    }
}
