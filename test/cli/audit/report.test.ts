/** How an audit is told. How the page looks to people, no test here shows. */
import {
  atOrAbove,
  type Audit,
  auditData,
  auditHtml,
  auditMarkdown,
  auditText,
  countsOf,
  type Finding,
} from "../../../cli/audit";
import { commandText, forPlace } from "../../../cli/audit/command-text";
import { findAll } from "../../../cli/audit/findings";
import { maskedText, maskedValues } from "../../../cli/audit/mask";
import { helm, kubectl, kubectlApply, mend } from "../../../cli/audit/model";
import { clusterOf, deployment, object, ofRelease, podOf, release, waits } from "./support";

const hostile = `x</text><script>alert("1")</script>\`"--> | # @everyone`;
const secret = "hunter2-hunter2";

/** An audit of a cluster on which every name that a client can choose is hostile. */
function auditOf(reverse = false): Audit {
  const web = deployment(hostile, { namespace: hostile, annotations: ofRelease("shop", hostile) });
  const objects = [
    web,
    deployment("api", { replicas: 0 }),
    podOf(
      web,
      waits("CrashLoopBackOff", { state: { waiting: { reason: hostile, message: hostile } } }) ??
        {},
    ),
    object("PersistentVolumeClaim", hostile, {}, { namespace: hostile }),
  ];
  const values = {
    image: { tag: hostile },
    db: { password: secret, url: `pg://u:${secret}@db/x` },
  };
  const releases = [release("shop", hostile, { status: hostile, values })];
  const inventory = clusterOf(reverse ? [...objects].reverse() : objects, { releases });
  const findings = forPlace(findAll(inventory), { context: hostile });
  return { context: hostile, at: "2025-10-08T12:00:00.000Z", inventory, findings };
}

const all = [auditText, auditMarkdown, auditHtml, (it: Audit) => JSON.stringify(auditData(it))];

describe("the page", () => {
  const page = auditHtml(auditOf());

  it("has no element of a hostile name", () => {
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;");
    expect(page.match(/<text/g)).toHaveLength(page.match(/<\/text>/g)?.length ?? 0);
  });

  it("needs nothing else, and lets nothing else in", () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/\b(src|href)=|@import|url\(/);
  });

  it("draws each namespace with what lives in it, by state and owner", () => {
    expect(page.match(/class="namespace"/g)).toHaveLength(2);
    expect(page).toContain('class="tile s-failing"');
    expect(page).toContain('class="tile s-off"');
    expect(page).toContain('class="tile s-orphaned"');
    expect(page).toContain('class="edge o-neither"');
  });
});

describe("Markdown", () => {
  const text = auditMarkdown(auditOf());

  it("has no mark-up, HTML or mention of a hostile name outside of blocks", () => {
    const blocks = /^(`{3,})\w*\n[\s\S]*?\n\1$/gm;
    const prose = text.replaceAll(blocks, "");
    expect(prose).not.toMatch(/(?<!\\)<script|(?<!\\)`|@everyone/);
  });

  it("has a picture whose labels end where they are to end", () => {
    const [, picture = ""] = /```mermaid\n([\s\S]*?)\n```/.exec(text) ?? [];
    expect(picture).toContain("subgraph");
    expect(picture.replaceAll(/\(?\[?"[^"]*"\]?\)?/g, "")).not.toContain('"');
    expect(picture).not.toContain("<script");
  });
});

it("a line of the text holds one line of others", () => {
  const [first] = auditText({
    ...auditOf(),
    findings: [
      {
        ...{ level: "notice", rule: "r", subject: "S", what: "w", mend: mend("m") },
        evidence: ["a\nCRITICAL  forged\u001b[2K"],
      },
    ],
  })
    .split("\n")
    .filter((line) => line.includes("forged"));
  expect(first).toBe("    a CRITICAL forged [2K");
});

it("a row of the text holds one line of a chart", () => {
  const releases = [
    release("shop", "acme", {
      ...{ chart: "a\nCRITICAL  chart", chartVersion: "1\nforged" },
      status: "b\u001b[2Kstatus",
    }),
  ];
  const inventory = clusterOf([], { releases });
  const text = auditText({ context: "c\nforged", at: "2025-10-08", inventory, findings: [] });
  expect(text).toContain("a CRITICAL chart-1 forged");
  expect(text).not.toContain("\u001b");
  expect(text).toMatch(/^Context c forged, /);
});

describe("secrets", () => {
  it.each(all)("of a release's values are in no report (%#)", (tell) => {
    const text = tell(auditOf());
    expect(text).not.toContain(secret);
  });

  it("are known by their key, below it too, and by their look; the shape stays", () => {
    const key = "AbCdEf0123456789AbCdEf0123456789";
    expect(
      maskedValues({
        replicas: 2,
        secrets: { livebook: { cookie: "c", rotate: true } },
        env: [
          { name: "DB_PASSWORD", value: "p" },
          { name: "HOST", value: "db" },
        ],
        dsn: "x",
        other: key,
        image: { digest: `sha256:${"0a".repeat(32)}` },
      }),
    ).toEqual({
      replicas: 2,
      secrets: { livebook: { cookie: "(masked)", rotate: true } },
      env: [
        { name: "DB_PASSWORD", value: "(masked)" },
        { name: "HOST", value: "db" },
      ],
      dsn: "(masked)",
      other: "(masked)",
      image: { digest: `sha256:${"0a".repeat(32)}` },
    });
  });

  it("of a list of arguments are masked, also where name and value are two words of it", () => {
    expect(
      maskedValues({ args: ["--port", "80", "--requirepass", "hunter2", "--db-password=x"] }),
    ).toEqual({
      args: ["--port", "80", "--requirepass", "(masked)", "--db-password=(masked)"],
    });
    expect(maskedValues({ args: ["--requirepass", 4711] })).toEqual({
      args: ["--requirepass", "(masked)"],
    });
  });

  it("are masked where they are keys: below a secret name, and by their look", () => {
    const key = "AbCdEf0123456789AbCdEf0123456789";
    expect(
      maskedValues({ tokens: { hunter2: "alice", reader: "bob" }, users: { [key]: 1 } }),
    ).toEqual({
      tokens: { "(masked)": "(masked)", reader: "(masked)" },
      users: { "(masked)": 1 },
    });
  });

  it("that stand in a text of others are masked there", () => {
    expect(maskedText("cannot pull https://bot:s3cr3t@registry/x")).toBe(
      "cannot pull https://bot:(masked)@registry/x",
    );
    expect(maskedText("back-off 5m0s restarting failed container")).toBe(
      "back-off 5m0s restarting failed container",
    );
  });

  it("of a server's words in the evidence are masked", () => {
    const web = deployment("web");
    const message = "cannot pull https://bot:s3cr3t@registry/x";
    const pod = podOf(
      web,
      waits("ErrImagePull", { state: { waiting: { reason: "ErrImagePull", message } } }) ?? {},
    );
    const evidence = findAll(clusterOf([web, pod])).flatMap((it) => it.evidence);
    expect(evidence.join()).toContain("(masked)@registry");
    expect(evidence.join()).not.toContain("s3cr3t");
  });
});

it.each(all)(
  "the same cluster is told in the same words, in whatever order it was read (%#)",
  (tell) => {
    expect(tell(auditOf(true))).toBe(tell(auditOf()));
  },
);

describe("findings", () => {
  const of = (level: Finding["level"]): Finding => ({
    ...{ level, rule: "r", subject: "S", what: "w", evidence: [], mend: mend("m") },
  });
  const findings = [of("critical"), of("unchecked"), of("notice")];

  it("are worst first", () => {
    const order = findAll(auditOf().inventory).map(({ level }) => level);
    const ranks = order.map((it) => ["critical", "warning", "unchecked", "notice"].indexOf(it));
    expect(ranks).toEqual([...ranks].sort());
  });

  it("are counted by level", () => {
    expect(countsOf(findings)).toEqual({ critical: 1, warning: 0, unchecked: 1, notice: 1 });
  });

  it.each([
    ["critical", 1],
    ["warning", 1],
    ["unchecked", 2],
    ["notice", 3],
  ] as const)("at or above %s are %d", (level, count) => {
    expect(atOrAbove(level, findings)).toHaveLength(count);
  });
});

describe("a command", () => {
  it("is quoted for a shell", () => {
    expect(commandText(kubectl("patch", "pv/x", "-p", `{"a":"it's"}`))).toBe(
      String.raw`kubectl patch pv/x -p '{"a":"it'\''s"}'`,
    );
    expect(commandText(kubectlApply({ kind: "X" }))).toBe(
      `echo '{"kind":"X"}' | kubectl apply -f -`,
    );
  });

  it("reaches the cluster that was looked at", () => {
    const finding: Finding = {
      ...{ level: "notice", rule: "r", subject: "S", what: "w", evidence: [] },
      mend: mend("m", kubectl("get", "pods"), helm("list")),
    };
    const texts = (place: Parameters<typeof forPlace>[1]): readonly string[] =>
      forPlace([finding], place).flatMap((it) => it.mend.commands.map(commandText));
    expect(texts({ context: "homelab" })).toEqual([
      "kubectl --context homelab get pods",
      "helm --kube-context homelab list",
    ]);
    expect(texts({ context: "c", kubeconfig: "/k", stack: "dev" })[0]).toBe(
      "kubectl --kubeconfig /k --context c get pods",
    );
  });
});
