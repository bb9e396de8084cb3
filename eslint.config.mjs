import { defineConfig } from "eslint/config";
import importX from "eslint-plugin-import-x";
import jest from "eslint-plugin-jest";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";

/** Each layer may use those below it, never those above or beside it. */
const layers = [
  { target: "./config", from: ["./components", "./policy", "./cli", "./index.ts"] },
  { target: "./policy", from: ["./components", "./cli", "./index.ts"] },
  { target: "./components", from: ["./cli", "./index.ts"] },
  // A component names the rule that it is excepted from.
  { target: "./components", from: "./policy", except: ["./names.ts"] },
  {
    target: "./components/kubernetes",
    from: ["./components/services", "./components/observability", "./components/systems"],
  },
  { target: "./components/services", from: ["./components/observability", "./components/systems"] },
  { target: "./components/observability", from: ["./components/systems"] },
  { target: "./cli", from: "./index.ts" },
  // The streams are plain declarations; a page of the documents is made of them.
  { target: "./cli", from: "./components", except: ["./systems/telemetry/streams"] },
];

export default defineConfig(
  { ignores: ["node_modules", ".platform", "coverage"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX, jsdoc },
    languageOptions: { parserOptions: { projectService: true } },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      curly: ["error", "multi-line", "consistent"],
      eqeqeq: "error",
      "max-lines": ["error", { max: 300 }],
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-restricted-paths": ["error", { zones: layers }],
      "import-x/order": [
        "error",
        {
          alphabetize: { order: "asc", caseInsensitive: true },
          groups: ["builtin", "external", ["parent", "sibling", "index"]],
          "newlines-between": "always",
        },
      ],
      // An empty variable of the environment counts as none.
      "@typescript-eslint/prefer-nullish-coalescing": [
        "error",
        { ignorePrimitives: { string: true } },
      ],
      // A function that has to give a promise may have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "jsdoc/check-alignment": "error",
      "jsdoc/no-types": "error",
      // The settings, the environment and the clock come in through one door each.
      "no-restricted-properties": ["error", { object: "process", property: "env" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "takes the time",
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: "is chance",
        },
      ],
      // A resource is registered by its constructor.
      "no-new": "off",
    },
  },
  {
    files: ["config/load.ts", "config/context.ts", "cli/**/*.ts", "test/**/*.ts"],
    rules: { "no-restricted-properties": "off", "no-restricted-syntax": "off" },
  },
  {
    // They are edited in place by the shape of the API server's objects, which rules do not know either.
    files: ["test/policy/**/*.ts"],
    rules: {
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    ignores: ["test/support/fast-check.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          name: "fast-check",
          message: "test/support/fast-check.ts draws the same cases every time",
        },
      ],
    },
  },
  {
    files: ["test/**/*.test.ts"],
    extends: [jest.configs["flat/recommended"]],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "jest/expect-expect": "error" },
  },
);
