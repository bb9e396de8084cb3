/** The command line offers every command that package.json has a script for, and each one alone. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(__dirname, "../..");

function start(...args: readonly string[]) {
  const program = join(repository, "cli/platform.mjs");
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
}

const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const commands = [
  ...new Set(
    Object.values(scripts).flatMap((script) => /platform\.mjs (\S+)/.exec(script)?.[1] ?? []),
  ),
].sort();

it("lists each command that a script calls in its help", () => {
  const { stdout, status } = start("--help");
  expect(status).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}([a-z][a-z:]*) /gm)].map(([, name]) => name);
  expect(listed.filter((name) => name !== "help").sort()).toEqual(commands);
});

it("has one file for each command", () => {
  const files = readdirSync(join(repository, "cli/commands")).map((file) =>
    file.replace(/\.ts$/, ""),
  );
  expect(files).toEqual(expect.arrayContaining(commands.map((name) => name.replace(":", "-"))));
});

it.each(["setup", "telemetry:cleanup"])("explains %s when it alone is asked for", (name) => {
  const { stdout, status } = start(name, "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name} -- `));
});

it("refuses a command that there is none of", () => {
  const { stderr, status } = start("nonsense");
  expect(status).toBe(1);
  expect(stderr).toContain("unknown command 'nonsense'");
});
