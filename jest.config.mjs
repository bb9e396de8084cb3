/** Layers by what they need: nothing, the engine, an embedded cluster, the streams' own servers; and the proofs. */
const compiled = (syntax) => [
  "@swc/jest",
  { jsc: { parser: { syntax }, target: "es2022" }, module: { type: "commonjs" } },
];

/** Packages that are ES modules alone, which jest cannot require on Node.js 20. */
const modules = [
  ...["@kubernetes/client-node", "openid-client", "oauth4webapi", "jose"],
  ...["age-encryption", "@noble/[a-z-]+", "@scure/base"],
];

const common = {
  testEnvironment: "node",
  transform: {
    "\\.ts$": compiled("typescript"),
    [`/node_modules/(${modules.join("|")})/.*\\.js$`]: compiled("ecmascript"),
  },
  transformIgnorePatterns: [`/node_modules/(?!(${modules.join("|")})/)`],
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
    { ...common, displayName: "proof", testMatch: ["<rootDir>/test/proof/**/*.test.ts"] },
  ],
};
