// The engine starts the program here.
const { endTracesAt } = require("./register.cjs");

const program = require.resolve("./index.ts");
endTracesAt(program);
module.exports = require(program);
