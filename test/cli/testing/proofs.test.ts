import { join } from "node:path";

import { proofFiles } from "../../../cli/testing";

const repository = join(__dirname, "../../..");

describe("the files of the proofs", () => {
  it("are those of the layer, and the tests of others that prove a claim too", () => {
    const files = proofFiles(repository);
    expect(files).toEqual(
      expect.arrayContaining(["test/proof/upgrade.test.ts", "test/data/restore.test.ts"]),
    );
    expect(files.filter((file) => file.includes("/support/"))).toEqual([]);
  });

  it("are chosen by a part of their name", () => {
    expect(proofFiles(repository, "upgra")).toEqual(["test/proof/upgrade.test.ts"]);
  });

  it("are named where none has that part", () => {
    expect(() => proofFiles(repository, "upgraed")).toThrow(/--only: no proof has "upgraed"/);
  });
});
