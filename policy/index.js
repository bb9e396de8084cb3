// The engine starts the pack here.
require("../register.cjs");
require("./pack");
