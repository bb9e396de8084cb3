/** The way in, in a repository of its own and with an npm that only notes how it was called. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

let root: string;

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Above what the kernel gives out. */
const deadProcess = 4_194_305;

const npm = `#!/bin/sh
echo "$@" >> npm.log
mkdir -p node_modules/commander
touch node_modules/.package-lock.json
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "platform-way-in-"));
  put("package-lock.json", "{}");
  put("cli/main.ts", 'console.log("started");');
  put("cli/register.cjs", "");
  copyFileSync(join(__dirname, "../../cli/platform.mjs"), join(root, "cli/platform.mjs"));
  put("bin/npm", npm);
  chmodSync(join(root, "bin/npm"), 0o755);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function start(...options: string[]) {
  const env = { ...process.env, PATH: [join(root, "bin"), process.env.PATH].join(delimiter) };
  const args = [...options, join(root, "cli/platform.mjs")];
  return spawnSync(process.execPath, args, { env, encoding: "utf8", timeout: 15_000 });
}

const calls = () =>
  existsSync(join(root, "npm.log")) ? readFileSync(join(root, "npm.log"), "utf8") : "";

it("installs what is missing, once, whatever NODE_ENV says of development packages", () => {
  expect(start().stdout).toBe("started\n");
  expect(start().stdout).toBe("started\n");
  expect(calls()).toBe("ci --include=dev --no-audit --no-fund\n");
});

it("installs again where somebody left the development packages out", () => {
  start();
  rmSync(join(root, "node_modules/commander"), { recursive: true });
  start();
  expect(calls().split("ci").length - 1).toBe(2);
});

it("leaves alone what a link leads to", () => {
  put("elsewhere/kept", "");
  symlinkSync(join(root, "elsewhere"), join(root, "node_modules"));
  const { status, stderr } = start();
  expect([status, calls()]).toEqual([1, ""]);
  expect(stderr).toContain("node_modules is a link");
});

it("goes on to its end when nobody reads its output any more", () => {
  put(
    "cli/main.ts",
    `console.log("first");
     setTimeout(() => console.log("second"), 300);
     setTimeout(() => require("node:fs").writeFileSync("ended", ""), 600);`,
  );
  const { stderr } = spawnSync(
    "sh",
    ["-c", '"$0" cli/platform.mjs | head -n 1', process.execPath],
    {
      cwd: root,
      env: { ...process.env, PATH: [join(root, "bin"), process.env.PATH].join(delimiter) },
      encoding: "utf8",
    },
  );
  expect(existsSync(join(root, "ended"))).toBe(true);
  expect(stderr).not.toContain("EPIPE");
});

it.each([
  ["of a process that has died", String(deadProcess), 0],
  ["that was left empty", "", 60],
])("takes over a lock %s", (_, text, age) => {
  const lock = join(root, ".platform/npm-ci.lock");
  put(".platform/npm-ci.lock", text);
  const then = Date.now() / 1000 - age;
  utimesSync(lock, then, then);
  expect(start().stdout).toBe("started\n");
  expect(existsSync(lock)).toBe(false);
});

it.each([
  ["18.20.0", false],
  ["20.18.3", false],
  ["20.19.0", true],
  ["22.2.0", true],
])("with Node.js %s starts: %s", (version, starts) => {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  put("pretend.mjs", pretend);
  const { stdout, stderr } = start("--import", join(root, "pretend.mjs"));
  expect(stdout).toBe(starts ? "started\n" : "");
  expect(stderr.includes(`Node.js 20.19 or later is needed, and this is ${version}.`)).toBe(
    !starts,
  );
});
