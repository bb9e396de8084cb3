/*
 * The engine starts the pack here. The host has registered a compiler that checks types, with the
 * settings of whatever project it works on; the tests check ours, and each run only strips them.
 */
const { transformFileSync } = require("@swc/core");

const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
  swcrc: false,
};

require.extensions[".ts"] = (module, file) => {
  module._compile(transformFileSync(file, options).code, file);
};
require("./pack");
