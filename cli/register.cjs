/*
 * Lets Node.js load the TypeScript of the commands, of which there is more than sucrase is quick for.
 * Types are only stripped here; the tests check them. Lines move; who asks for a stack trace gets the
 * right ones.
 */
const { transformFileSync } = require("@swc/core");

const traced = Boolean(process.env.PLATFORM_DEBUG);
if (traced) process.setSourceMapsEnabled(true);

const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs", ignoreDynamic: true },
  sourceMaps: traced ? "inline" : false,
  swcrc: false,
};

require.extensions[".ts"] = (module, filePath) => {
  module._compile(transformFileSync(filePath, options).code, filePath);
};
