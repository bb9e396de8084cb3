/** What a listing's own command says in a shell, beside a store that answers in one way or another. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { jobFrom } from "../../../cli/restore/job";
import type { CronJob } from "../../../cli/restore/objects";

const template = { spec: { containers: [{ name: "one" }] } };
const backup: CronJob = {
  kind: "CronJob",
  metadata: { name: "db-backup", namespace: "acme" },
  spec: { schedule: "0 2 * * *", jobTemplate: { spec: { template } } },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "listing-"));
  writeFileSync(join(folder, "list.sh"), "echo BACKUPS 0\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Its lines, with a second instead of a minute for the store to answer. */
function listed(hasData: string, withoutClaims: readonly string[] = []): string[] {
  writeFileSync(join(folder, "store.sh"), `has_data() { ${hasData}; }\n`);
  const request = { task: "list", name: "one", run: "this", variables: {} } as const;
  const job = jobFrom(backup, { ...request, deadlineSeconds: 60, withoutClaims });
  const [shell, flag, text] = job.spec.template.spec.containers[0]?.command as string[];
  const here = text!.replaceAll("/backup", folder).replace("timeout 60 ", "timeout 1 ");
  const { stdout } = spawnSync(shell!, [flag!, here], { encoding: "utf8" });
  return stdout.trim().split("\n");
}

it.each([
  ["has data", "return 0", ["DATA", "BACKUPS 0"]],
  ["has none", "return 1", ["BACKUPS 0"]],
  ["cannot be reached", "return 2", ["DATA?", "BACKUPS 0"]],
  ["does not answer in time", "sleep 20", ["DATA?", "BACKUPS 0"]],
])("lists the backups of a store that %s", (_, hasData, lines) => {
  expect(listed(hasData)).toEqual(lines);
});

it("asks nothing of a volume that it does not mount", () => {
  expect(listed("return 1", ["data"])).toEqual(["DATA?", "BACKUPS 0"]);
});
