// The engine starts the program here.
require("./register.cjs");

const program = require.resolve("./index.ts");

/*
 * The SDK takes several stack traces of each resource, and one of them is kept in the state. It would have
 * them translated by source maps, which ours do not need: a sixth of the program's work. Of what is left,
 * all beyond the program's own file only says how Node.js came to load it.
 */
Error.prepareStackTrace = (error, frames) => {
  const own = frames.findLastIndex((frame) => frame.getFileName() === program) + 1;
  return [error, ...frames.slice(0, own || undefined)].join("\n    at ");
};

module.exports = require(program);
