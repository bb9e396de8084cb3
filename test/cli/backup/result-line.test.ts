/** Proves which last line of a log says that something was written, and that nothing else does. */
import { resultIn } from "../../../cli/backup/result-line";

const sum = "ab".repeat(32);
const line = `backup-result data-0 1234 ${sum}`;

describe("the log of a Job", () => {
  it("says by its last line what was written", () => {
    expect(resultIn(`tar: something\n${line}\n`, "data-0")).toEqual({
      ...{ bytes: 1234, sha256: sum },
      ...{ changed: false, withoutPasswords: false },
    });
    expect(resultIn(`${line} changed\r\n`, "data-0")).toMatchObject({ changed: true });
    expect(resultIn(`${line} no-passwords\n`, "data-0")).toMatchObject({ withoutPasswords: true });
  });

  it.each([
    ["nothing", ""],
    ["something after it", `${line}\nkilled\n`],
    ["another claim", `backup-result data-1 1234 ${sum}\n`],
    ["no bytes", `backup-result data-0 0 ${sum}\n`],
    ["half of it", `backup-result data-0 1234 ${sum.slice(1)}`],
    ["another word", `${line} perhaps`],
    ["a line that only begins so", `echo "${line}"`],
  ])("says nothing by %s", (_, log) => {
    expect(resultIn(log, "data-0")).toBeUndefined();
  });
});
