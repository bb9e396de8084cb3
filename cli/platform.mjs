// The way in to every command: needs nothing but Node.js, and sees to all else that is missing.
// It must be read by old versions of Node.js too, or they could not be told that they are too old.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const wanted = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, "package-lock.json");
const installed = join(root, "node_modules", ".package-lock.json");
// `npm ci` empties node_modules, so that the lock cannot be in there.
const workspace = join(root, ".platform");
const busy = join(workspace, "npm-ci.lock");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  fail(
    `Node.js ${wanted.join(".")} or later is needed, and this is ${process.versions.node}.`,
    "Install a current version (nodejs.org), or choose one with your version manager.",
  );
}
if (!isInstalled()) install();

// Whoever reads the output may have seen enough (`| head`): what was begun goes on to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const require = createRequire(import.meta.url);
require("./register.cjs");
require("./main.ts");

function isInstalled() {
  return (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs &&
    // Not there after an `npm ci` of somebody else that left out the development packages.
    existsSync(join(root, "node_modules", "commander"))
  );
}

function install() {
  const modules = join(root, "node_modules");
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail(
      `${modules} is a link, and does not fit this package-lock.json.`,
      "npm ci would empty the folder that it leads to: remove the link, or install there yourself.",
    );
  }
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  if (!takeLock()) {
    process.stderr.write(`Waiting for another process, which installs the npm packages …\n`);
    do Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    while (!takeLock());
  }
  try {
    if (isInstalled()) return;
    const started = Date.now();
    process.stderr.write("Installing the npm packages: npm ci …\n");
    const { status, error } = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    if (error !== undefined || status !== 0) {
      rmSync(busy, { force: true });
      fail(
        error === undefined ? "npm ci failed; what it says is above." : `npm: ${error.message}.`,
        "Mend that and try again. Which registry npm asks: npm config get registry.",
      );
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    process.stderr.write(`Installing the npm packages: done in ${seconds} s\n`);
  } finally {
    rmSync(busy, { force: true });
  }
}

/** One that was left by a process that is no more is taken over. */
function takeLock() {
  try {
    const file = openSync(busy, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!isHeld()) rmSync(busy, { force: true });
  return false;
}

function isHeld() {
  try {
    const owner = Number(readFileSync(busy, "utf8"));
    // One without a number belongs to a process that is about to write it, or that died over it.
    if (!(owner > 0)) return Date.now() - statSync(busy).mtimeMs < 5000;
    // Ours is of an earlier process, before a restart of the machine or of the container.
    if (owner === process.pid) return false;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function fail(message, hint) {
  process.stderr.write(`${message}\n${hint}\n`);
  process.exit(1);
}
