// node run.js MODULE CASES ANSWERS: lets the module, as wasm-bindgen makes it for node, answer a file of texts.
const fs = require("fs");
const path = require("path");

const [module_, cases, answers] = process.argv.slice(2);
globalThis.cases = JSON.parse(fs.readFileSync(cases, "utf8"));
require(path.resolve(module_));
fs.writeFileSync(answers, JSON.stringify(globalThis.answers));
