/*
 * Lets Node.js load our TypeScript. Types are only stripped here; the tests check them.
 *
 * Every line stays where it is, so that a stack trace needs no source map.
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
