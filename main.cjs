// The engine starts the program here.
require("./register.cjs");
module.exports = require("./index.ts");
