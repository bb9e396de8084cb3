/**
 * Proves the backup of a Redis server with the real programs: keys of every type come back, with their
 * times to live, and a backup that fails leaves the last one. Does not prove the image: server and
 * client are Debian's, and the shell is its busybox.
 */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { BackupJob, contentOf, countsOf, daysAgo, rowsOf, smallDisk } from "./support/backup";
import { freePort, until } from "./support/daemon";
import { Redis } from "./support/redis";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

let folder: string;
let redis: Redis;
let job: BackupJob;
let at: string;
let full: string;

beforeAll(async () => {
  folder = temporaryFolder();
  redis = await Redis.start(join(folder, "server"));
  await redis.ask("eval", fill, "0");
  await redis.ask(
    "function",
    "load",
    "#!lua name=mylib\nredis.register_function('f', function() return 1 end)",
  );
  full = await digest();
  job = await makeJob("job");
});
afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a backup has the keys of each database, those that will expire by themselves", async () => {
  const made = await job.taken();
  at = made.at;
  expect(made).toMatchObject({ store: "redis", rows: 2009 });
  expect(countsOf(contentOf(job.file(at, "rows")))).toEqual({
    db0: 2007,
    "db0.expiring": 1,
    db3: 1,
    "db3.expiring": 0,
  });
});

test("a restore over data is refused, and changes nothing", async () => {
  const refused = await job.restore();
  expect(refused).toMatchObject({ code: 3 });
  expect(refused.stderr).toContain(
    "restore of redis failed: it has data, and OVERWRITE is not yes",
  );
  expect(await digest()).toBe(full);
});

test("lost keys of every type come back, in their databases", async () => {
  await redis.ask("flushall");
  await redis.ask("function", "flush");
  const restored = await job.restore();
  expect(restored).toMatchObject({ code: 0 });
  for (const [expected, found] of Object.values(rowsOf(restored))) expect(found).toBe(expected);
  expect(await digest()).toBe(full);
  expect(Number(await redis.ask("ttl", "session"))).toBeGreaterThan(3000);
  expect(await redis.ask("xinfo", "groups", "stream")).toContain("workers");
  expect(await redis.ask("fcall", "f", "0")).toBe("1");
});

test("other data is replaced, and what is restored outlives a restart of the server", async () => {
  await redis.ask("set", "later", "1");
  await redis.ask("-n", "3", "set", "other", "changed");
  await redis.ask("del", "hash");
  expect(await job.restored({ OVERWRITE: "yes" })).toMatchObject({ at });
  await redis.stop();
  await redis.resume();
  expect(await digest()).toBe(full);
});

test("a key whose time has ended since is not missed", async () => {
  await redis.ask("set", "short", "1", "px", "1500");
  const { at: made } = await job.taken();
  expect(countsOf(contentOf(job.file(made, "rows")))["db0.expiring"]).toBe(2);
  await until("the key to end", 10, async () => (await redis.ask("exists", "short")) === "0");
  const restored = await job.restore({ OVERWRITE: "yes", AT: made });
  expect(restored).toMatchObject({ code: 0 });
  expect(rowsOf(restored)["db0.expiring"]).toEqual([2, 1]);
  rmSync(join(job.backups, made), { recursive: true });
});

test("a backup that the server has no memory for is refused before anything is touched", async () => {
  await redis.ask("config", "set", "maxmemory", "700kb", "maxmemory-policy", "noeviction");
  try {
    const refused = await job.restore({ OVERWRITE: "yes" });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/it takes \d+ bytes of memory, and the server may have 716800/);
    expect(await digest()).toBe(full);
  } finally {
    await redis.ask("config", "set", "maxmemory", "0");
  }
});

test("a restore without room beside the backups is refused before anything is touched", async () => {
  const small = await makeJob("small");
  const free = await smallDisk(small.backups, 600_000);
  try {
    await small.taken();
    const refused = await small.restore({ OVERWRITE: "yes" });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/bytes are needed beside the backups, and \d+ are free/);
    expect(await digest()).toBe(full);
  } finally {
    await free();
  }
});

test("a changed archive is refused before the server is touched", async () => {
  const other = daysAgo(1);
  await job.taken();
  const [, newest = ""] = job.names();
  await job.move(newest, other);
  appendFileSync(job.file(other, "dump.rdb"), "x");
  const refused = await job.restore({ OVERWRITE: "yes", AT: other });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`the backup of ${other} has changed`);
  expect(await digest()).toBe(full);
  rmSync(join(job.backups, other), { recursive: true });
});

describe("a backup that fails", () => {
  beforeEach(async () => {
    job = await makeJob(`failing-${String(failing++)}`);
  });

  test.each([
    ["is cut short", async () => job.shadow("redis-cli", cut), "cannot be loaded"],
    ["has its client killed", async () => job.shadow("redis-cli", killed), "could not be copied"],
    ["has the wrong password", async () => ({ REDISCLI_AUTH: "wrong" }), "WRONGPASS"],
    [
      "finds no server",
      async () => ({ REDIS_PORT: String(await freePort()) }),
      "Connection refused",
    ],
  ])("because it %s says so, and leaves the last one", async (_why, env, words) => {
    const good = await job.taken();
    const last = daysAgo(300);
    await job.move(good.at, last);
    const failed = await job.take(await env());
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).not.toContain("BACKUP {");
    expect(failed.stderr).toContain("backup of redis failed: ");
    expect(failed.stderr).toContain(words);
    expect(failed.stderr + failed.stdout).not.toContain(Redis.password);
    expect(job.names()).toEqual([last]);
    expect(await job.restored({ OVERWRITE: "yes" })).toMatchObject({ at: last });
  });

  test("because the volume is full says so, and leaves the last one", async () => {
    const free = await smallDisk(job.backups, 600_000);
    try {
      const good = await job.taken();
      const last = daysAgo(300);
      await job.move(good.at, last);
      await redis.ask("eval", "redis.call('set', 'big', string.rep('0123456789', 1e5))", "0");
      await redis.ask("config", "set", "rdbcompression", "no");
      const failed = await job.take();
      expect(failed.code).not.toBe(0);
      expect(failed.stderr).toMatch(/No space left|write/i);
      expect(failed.stderr).toContain("backup of redis failed: ");
      expect(job.names()).toEqual([last]);
    } finally {
      await redis.ask("del", "big");
      await free();
    }
  });
});

let failing = 0;

/** Ends well with half of the file. */
const cut = `case "$*" in *--rdb*) ;; *) exec "$real" "$@" ;; esac
"$real" "$@" || exit
for file; do :; done
half=$(($(wc -c <"$file") / 2))
dd if="$file" of="$file.half" bs=1 count="$half" 2>/dev/null
mv "$file.half" "$file"`;

const killed = `case "$*" in *--rdb*) ;; *) exec "$real" "$@" ;; esac
"$real" "$@" || exit
kill -9 $$`;

/** Keys of every type, binary ones and many; in another database one more. */
const fill = `
for n = 1, 2000 do redis.call('set', 'key:' .. n, string.rep(n, 10)) end
redis.call('set', 'binary\\0\\255\\r\\n', '\\0\\1\\2\\255\\r\\n')
redis.call('set', 'session', 'user', 'ex', 3600)
redis.call('hset', 'hash', 'field', 'value', 'binary\\0', '\\255')
redis.call('rpush', 'list', 'c', 'b', 'a')
redis.call('sadd', 'set', 'one', 'two', 'three')
redis.call('zadd', 'sorted', 1.5, 'low', 3e10, 'high')
redis.call('xadd', 'stream', '1-1', 'level', 'warning', 'text', 'öl')
redis.call('xadd', 'stream', '2-1', 'level', 'error')
redis.call('xgroup', 'create', 'stream', 'workers', '0')
redis.call('xreadgroup', 'group', 'workers', 'one', 'count', 1, 'streams', 'stream', '>')
redis.call('pfadd', 'visitors', 'a', 'b', 'c')
redis.call('select', 3)
redis.call('set', 'other', 'database')`;

/** The server's own checksum over all keys and values of all databases. */
function digest(): Promise<string> {
  return redis.ask("debug", "digest");
}

function makeJob(name: string): Promise<BackupJob> {
  const programs = ["redis-cli", "redis-server", "redis-check-rdb"];
  return BackupJob.make({
    folder: join(folder, name),
    store: "redis",
    kind: "redis",
    base: "alpine",
    programs: programs.map((one) => `/usr/bin/${one}`),
    env: {
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: String(redis.port),
      REDISCLI_AUTH: Redis.password,
    },
  });
}
