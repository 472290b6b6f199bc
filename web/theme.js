// The theme, before the first paint: this browser's choice, else the system's.
(() => {
  let theme = null;
  try { theme = localStorage.getItem("lb.theme"); } catch { /* storage may be forbidden */ }
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
