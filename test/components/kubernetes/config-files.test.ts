/** Proves the object and its checksum; that readers roll by the checksum, pod.test.ts shows. */
import { ConfigFiles } from "../../../components/kubernetes/config-files";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

function files(contents: Record<string, string>): Promise<Synthesis<ConfigFiles>> {
  return synth(
    () => new ConfigFiles("acme-files", { scope: testScope(), name: "files", files: contents }),
  );
}

describe("config files", () => {
  it("are the entries of one ConfigMap", async () => {
    const { data } = (await files({ "a.yaml": "a: 1\n", "b.txt": "b" })).object(
      "ConfigMap",
      "files",
    );
    expect(data).toEqual({ "a.yaml": "a: 1\n", "b.txt": "b" });
  });

  it("keep the name of their ConfigMap when they change", async () => {
    expect((await files({ "a.yaml": "a: 2\n" })).names("ConfigMap")).toEqual(["files"]);
  });

  it("have another checksum when one of them changes", async () => {
    const [before, after] = [await files({ "a.yaml": "1" }), await files({ "a.yaml": "2" })];
    expect(after.value.checksum).not.toBe(before.value.checksum);
  });

  it("have another checksum when one gets another name", async () => {
    const [before, after] = [await files({ "a.yaml": "1" }), await files({ "b.yaml": "1" })];
    expect(after.value.checksum).not.toBe(before.value.checksum);
  });

  it("have the same checksum as long as nothing changes", async () => {
    const [before, after] = [await files({ "a.yaml": "1" }), await files({ "a.yaml": "1" })];
    expect(after.value.checksum).toBe(before.value.checksum);
  });
});
