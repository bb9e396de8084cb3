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

/**
 * Has stack traces end at the program's own file.
 *
 * The SDK takes several of each resource, and one of them is kept in the state. It would have them
 * translated by source maps, which ours do not need: a sixth of the program's work. Of what is left, all
 * beyond the program's own file only says how Node.js came to load it.
 */
module.exports.endTracesAt = (program) => {
  Error.prepareStackTrace = (error, frames) => {
    const own = frames.findLastIndex((frame) => frame.getFileName() === program) + 1;
    return [error, ...frames.slice(0, own || undefined)].join("\n    at ");
  };
};
