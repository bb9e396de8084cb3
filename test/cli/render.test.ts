/** The form of rendered objects and of the folder that holds them. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeOutputFolder } from "../../cli/render/output-folder";
import { rewriteObjects } from "../../cli/render/rewrite";

const deployment = `
spec: {template: {spec: {containers: [{image: a, env: [{value: x, name: NAME}], name: web}]}}, replicas: 2}
status: {readyReplicas: 1}
metadata: {annotations: {pulumi.com/autonamed: "true"}, labels: {b: "1", a: "2"}, namespace: demo, name: web}
kind: Deployment
apiVersion: apps/v1
`;

describe("a rendered object", () => {
  it("has its keys in the order in which people write them, and no traces of the engine", () => {
    expect(rewriteObjects([deployment])).toEqual([
      {
        path: "demo/deployment.web.yaml",
        text: [
          "apiVersion: apps/v1",
          "kind: Deployment",
          "metadata:",
          "  name: web",
          "  namespace: demo",
          "  labels:",
          '    a: "2"',
          '    b: "1"',
          "spec:",
          "  replicas: 2",
          "  template:",
          "    spec:",
          "      containers:",
          "        - name: web",
          "          env:",
          "            - name: NAME",
          "              value: x",
          "          image: a",
          "",
        ].join("\n"),
      },
    ]);
  });

  it("of the cluster's own is in a folder for these", () => {
    const role = "kind: ClusterRole\nmetadata: {name: 'system:Reader'}";
    expect(rewriteObjects([role])[0]?.path).toBe("cluster/clusterrole.system_reader.yaml");
  });

  it("shows a Secret's text as text, and leaves bytes alone", () => {
    const secret = "kind: Secret\nmetadata: {name: s}\ndata: {a: aGVsbG8=, b: /w==}";
    expect(rewriteObjects([secret])[0]?.text).toContain(
      "data:\n  b: /w==\nstringData:\n  a: hello\n",
    );
  });

  it("quotes text that Kubernetes' older YAML would read as something else", () => {
    const config = "kind: ConfigMap\nmetadata: {name: c}\ndata: {browser: 'off', at: '07:30'}";
    const [file] = rewriteObjects([config]);
    expect(file?.text).toContain('data:\n  at: "07:30"\n  browser: "off"\n');
  });

  it("keeps annotations of its own", () => {
    const text = "kind: Service\nmetadata: {name: s, annotations: {pulumi.com/skipAwait: 'true'}}";
    expect(rewriteObjects([text])[0]?.text).toContain("pulumi.com/skipAwait");
  });
});

it("puts objects in the same order, however they come", () => {
  const service = "kind: Service\nmetadata: {name: web, namespace: demo}";
  expect(rewriteObjects([service, deployment])).toEqual(rewriteObjects([deployment, service]));
});

it("refuses two objects of one name, rather than to lose one", () => {
  expect(() => rewriteObjects([deployment, deployment])).toThrow("demo/deployment.web.yaml");
});

describe("the folder of a rendering", () => {
  let folder: string;
  const file = (path: string) => ({ path, text: `# ${path}\n` });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-render-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("loses what is no longer rendered, with folders that are empty then", () => {
    writeOutputFolder(folder, [file("a/1.yaml"), file("b/2.yaml")], 0o644);
    writeOutputFolder(folder, [file("a/1.yaml"), file("a/3.yaml")], 0o644);
    expect(readdirSync(folder).sort()).toEqual([".rendered.json", "a"]);
    expect(readdirSync(join(folder, "a")).sort()).toEqual(["1.yaml", "3.yaml"]);
  });

  it("keeps what somebody else put beside the objects", () => {
    writeOutputFolder(folder, [file("a/1.yaml")], 0o644);
    writeFileSync(join(folder, "a/notes.txt"), "mine");
    writeOutputFolder(folder, [file("b/2.yaml")], 0o644);
    expect(readFileSync(join(folder, "a/notes.txt"), "utf8")).toBe("mine");
    expect(existsSync(join(folder, "a/1.yaml"))).toBe(false);
  });

  it("is refused when it holds anything but a rendering", () => {
    writeFileSync(join(folder, "thesis.md"), "");
    expect(() => {
      writeOutputFolder(folder, [file("a/1.yaml")], 0o644);
    }).toThrow("is not empty");
    expect(readdirSync(folder)).toEqual(["thesis.md"]);
  });

  it("has values of secrets in files for their owner alone, also over an earlier rendering", () => {
    writeOutputFolder(folder, [file("a/1.yaml")], 0o644);
    writeOutputFolder(folder, [file("a/1.yaml")], 0o600);
    expect(statSync(join(folder, "a/1.yaml")).mode & 0o777).toBe(0o600);
  });
});
