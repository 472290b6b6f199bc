// Loads the program. If the browser cannot run it, the static page says what to do instead.
const { js, wasm } = document.getElementById("start").dataset;
const loading = setTimeout(() => { document.getElementById("loading").hidden = false; }, 300);
try {
  const { default: start } = await import(new URL(js, document.baseURI));
  await start({ module_or_path: new URL(wasm, document.baseURI) });
} catch (error) {
  console.error(error);
  const missing = typeof WebAssembly === "undefined";
  document.getElementById("why").textContent = missing
    ? "This browser has no WebAssembly, or it is turned off."
    : "The program could not be loaded. Reload the page; offline, it has to have been loaded once.";
  document.getElementById("failed").hidden = false;
} finally {
  clearTimeout(loading);
  document.getElementById("loading").hidden = true;
}
