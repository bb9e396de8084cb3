/** Layers by what they need: nothing, the engine, an embedded cluster, the streams' own servers. */
const common = {
  testEnvironment: "node",
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }],
  },
  moduleFileExtensions: ["ts", "js", "mjs", "json"],
  modulePathIgnorePatterns: ["<rootDir>/.platform/"],
};

export default {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/{config,components,cli,docs,policy}/**/*.test.ts"],
    },
    { ...common, displayName: "engine", testMatch: ["<rootDir>/test/engine/**/*.test.ts"] },
    { ...common, displayName: "cluster", testMatch: ["<rootDir>/test/cluster/**/*.test.ts"] },
    { ...common, displayName: "data", testMatch: ["<rootDir>/test/data/**/*.test.ts"] },
  ],
};
