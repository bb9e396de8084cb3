// The engine starts the program here.
require("./register.cjs");
// The SDK has every stack trace translated by source maps. Ours are right as they are, and it takes
// several of each resource: a sixth of the program's work.
Error.prepareStackTrace = undefined;
module.exports = require("./index.ts");
