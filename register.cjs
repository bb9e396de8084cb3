/*
 * Lets Node.js load our TypeScript. Types are only stripped here; the tests check them.
 *
 * Every line stays where it is, so that a stack trace is right as it is. A source map would be asked
 * for each of the traces that the engine's SDK takes of every resource, which costs a fifth of a preview.
 */
const { readFileSync } = require("node:fs");

const { transform } = require("sucrase");

const options = {
  transforms: ["typescript", "imports"],
  // Node.js knows the rest itself.
  disableESTransforms: true,
  preserveDynamicImport: true,
};

require.extensions[".ts"] = (module, filePath) => {
  const { code } = transform(readFileSync(filePath, "utf8"), { ...options, filePath });
  module._compile(code, filePath);
};
