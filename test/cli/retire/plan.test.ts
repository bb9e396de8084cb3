/** What each step would do, what is in its way, and what people read of it. */
import {
  intents,
  nextStep,
  planText,
  refusals,
  resultData,
  resultText,
  type StepName,
} from "../../../cli/retire";
import { notes, orphanLines, remains, unreached } from "../../../cli/retire/plan";
import { againstTheDocument } from "../../../cli/retire/report";
import { namespace, old, situation } from "./support";

const kept = { since: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z" };
const retired = { standing: "retired", replicas: 0, pods: 0, before: 3, ...kept } as const;
const whats = (step: StepName, ...some: ReturnType<typeof old>[]): string[] =>
  intents(situation({ old: some }), step).map(({ what }) => what);

describe("--apply", () => {
  it("stops those that run, in the order of the settings", () => {
    expect(whats("apply", old("b"), old("a", { replicas: 1 }))).toEqual([
      `scale Deployment ${namespace}/b from 2 to 0`,
      `scale Deployment ${namespace}/a from 1 to 0`,
    ]);
  });

  it.each([
    ["idle", { replicas: 0 }, [`mark Deployment ${namespace}/a as retired, which is at 0 already`]],
    ["stopping", retired, [`wait until the pods of Deployment ${namespace}/a are gone`]],
    ["retired", retired, []],
    ["returning", { ...retired, replicas: 1 }, [`scale Deployment ${namespace}/a from 1 to 0`]],
    ["missing", {}, []],
  ] as const)("goes on with one that is %s", (standing, over, expected) => {
    expect(whats("apply", old("a", { ...over, standing }))).toEqual(expected);
  });

  it("pauses what KEDA scales", () => {
    const autoscalers = [{ kind: "ScaledObject", name: "s", paused: false }] as const;
    expect(whats("apply", old("a", { autoscalers }))).toEqual([
      `scale Deployment ${namespace}/a from 2 to 0, and pause ScaledObject s`,
    ]);
  });

  it("pauses it also where an earlier run was killed before it did", () => {
    const scaled = (paused: boolean) =>
      old("a", { ...retired, autoscalers: [{ kind: "ScaledObject", name: "s", paused }] });
    expect([whats("apply", scaled(false)), whats("apply", scaled(true))]).toEqual([
      [`hold Deployment ${namespace}/a at 0, and pause ScaledObject s`],
      [],
    ]);
  });

  it("takes over another time to keep", () => {
    const longer = situation({ old: [old("a", retired)], keepDays: 60 });
    expect(intents(longer, "apply").map(({ what }) => what)).toEqual([
      `keep Deployment ${namespace}/a for 60 days since 2026-11-01T00:00:00Z`,
    ]);
  });

  it("is refused where FaultMaven has not taken over", () => {
    const successor = { ready: false, evidence: "nobody is there" };
    expect(refusals(situation({ successor }), "apply")).toEqual([
      "FaultMaven does not take over: nobody is there.",
    ]);
  });

  it("is refused where none of them is there, or one is of Pulumi's", () => {
    const none = situation({ old: [old("a", { standing: "missing" })] });
    const ours = situation({ old: [old("a", { isPulumis: true })] });
    expect([refusals(none, "apply"), refusals(ours, "apply")]).toEqual([
      [`None of the Deployments of platform:faultmaven.legacy is in namespace ${namespace}.`],
      [`Deployment ${namespace}/a is labelled as made by this program or another of Pulumi's.`],
    ]);
  });
});

describe("--back", () => {
  it("starts as many as there were, those first that were stopped last", () => {
    const [a, b] = [old("a", retired), old("b", { ...retired, before: 1 })];
    expect(whats("back", a, b, old("c"))).toEqual([
      `start Deployment ${namespace}/b with 1 replica`,
      `start Deployment ${namespace}/a with 3 replicas`,
    ]);
  });

  it("leaves what runs again as it is", () => {
    const running = { ...retired, standing: "returning", replicas: 5 } as const;
    expect(whats("back", old("a", running))).toEqual([
      `take the marks off Deployment ${namespace}/a, and leave it at 5`,
    ]);
  });

  it("leaves at zero what was at zero", () => {
    expect(whats("back", old("a", { ...retired, before: 0 }))).toEqual([
      `take the marks off Deployment ${namespace}/a, and leave it at 0`,
    ]);
  });

  it("is open whatever else is wrong", () => {
    const successor = { ready: false, evidence: "nobody is there" };
    const none = [old("a", { standing: "missing", isPulumis: true })];
    expect(refusals(situation({ successor, old: none }), "back")).toEqual([]);
  });
});

describe("--remove", () => {
  const removal = (over: object) => refusals(situation({ old: [old("a", over)] }), "remove");

  it("deletes the Deployments that are there", () => {
    expect(whats("remove", old("a", retired), old("b", { standing: "missing" }))).toEqual([
      `delete Deployment ${namespace}/a`,
    ]);
    expect(removal(retired)).toEqual([]);
  });

  it("is refused before the time is over, with the time", () => {
    expect(removal({ ...retired, until: "2026-12-01T12:00:01Z" })).toEqual([
      `Deployment ${namespace}/a is kept until 2026-12-01T12:00:01Z.`,
    ]);
  });

  it("is refused where the settings of today keep it for longer than its mark", () => {
    const longer = situation({ old: [old("a", retired)], keepDays: 60 });
    expect(refusals(longer, "remove")).toEqual([
      `Deployment ${namespace}/a is kept until 2026-12-31T00:00:00Z.`,
    ]);
    expect(nextStep(longer)).toBe("apply");
  });

  it("is refused where its mark is later than the settings of today", () => {
    const shorter = situation({
      old: [old("a", { ...retired, until: "2026-12-31T00:00:00Z" })],
      keepDays: 1,
    });
    expect(refusals(shorter, "remove")).toEqual([
      `Deployment ${namespace}/a is kept until 2026-12-31T00:00:00Z.`,
    ]);
  });

  it.each(["running", "idle", "stopping", "returning"])(
    "is refused for one that is %s",
    (standing) => {
      expect(removal({ ...retired, standing })).toEqual([
        `Deployment ${namespace}/a is not retired: it has to be at zero by --apply.`,
      ]);
    },
  );

  it.each([undefined, "soon"])("is refused where nobody can read the time: %s", (until) => {
    expect(removal({ ...retired, until })).toHaveLength(1);
  });

  it("names what stays", () => {
    const one = old("a", {
      ...retired,
      uses: ["Secret fm-database"],
      autoscalers: [{ kind: "HorizontalPodAutoscaler", name: "h", paused: false }],
      orphans: [{ name: "a", senders: ["Ingress api (api.example.com)", "Deployment shop"] }],
    });
    expect(remains(situation({ old: [one] }))).toEqual([
      "HorizontalPodAutoscaler h",
      "Ingress api",
      "Secret fm-database",
      "Service a",
      `and all else in namespace ${namespace}`,
    ]);
  });
});

describe("what a step has not reached", () => {
  const missed = (step: StepName, ...some: ReturnType<typeof old>[]) =>
    unreached(situation({ old: some }), step);

  it("is nothing where all is retired, or not there", () => {
    expect(missed("apply", old("a", retired), old("b", { standing: "missing" }))).toEqual([]);
  });

  it("is what has been started again since, with who may have", () => {
    const owner = { owner: "the Flux kustomization x", mend: "suspend it" };
    expect(
      missed("apply", old("a", { owner }), old("b", { standing: "idle", replicas: 0, pods: 0 })),
    ).toEqual([
      `Deployment ${namespace}/a does not stay at zero: it has 2 replicas and 2 pods. It belongs to the Flux kustomization x: suspend it.`,
      `Deployment ${namespace}/b does not stay at zero: its mark is gone.`,
    ]);
  });

  it("is on the way back what is not there to be started", () => {
    expect(missed("back", old("a"), old("b", { standing: "missing" }))).toEqual([
      `Deployment ${namespace}/b is not there: it was not started.`,
    ]);
  });
});

describe("the plan", () => {
  const place = { stack: "prod", context: "acme", embedded: false };

  it("tells how each stands, and what comes next", () => {
    const text = planText(situation({ old: [old("a", retired), old("b")] }), "apply", place);
    expect(text).toContain("DEPLOYMENT  NOW  BEFORE  STATE");
    expect(text).toContain(
      "a           0    3       at zero since 2026-11-01T00:00:00Z, kept until 2026-12-01T00:00:00Z",
    );
    expect(text).toContain("b           2    –       runs");
    expect(text).toContain(`1. Scale Deployment ${namespace}/b from 2 to 0\n`);
    expect(text).toContain("is unchecked here: npm run validate -- --stack prod");
  });

  it.each([
    ["apply", [old("a"), old("b", retired)]],
    ["apply", [old("a", { ...retired, until: "2027-01-01T00:00:00Z" })]],
    ["remove", [old("a", retired), old("b", { standing: "missing" })]],
    ["apply", [old("b", { standing: "missing" })]],
  ] as const)("goes on with --%s", (step, some) => {
    expect(nextStep(situation({ old: some }))).toBe(step);
  });

  it("warns of whoever may start them again, and of what is not there", () => {
    const owner = { owner: "the Flux kustomization x", mend: "suspend it" };
    const hpa = { kind: "HorizontalPodAutoscaler", name: "h", paused: false } as const;
    const some = [old("a", { owner, autoscalers: [hpa] }), old("b", { standing: "missing" })];
    expect(notes(situation({ old: some }), "apply")).toEqual([
      `Not in namespace ${namespace}, and left out: b.`,
      "HorizontalPodAutoscaler h does nothing while a is at zero, and goes on after --back.",
      "a belongs to the Flux kustomization x, which may start it again. First: suspend it.",
    ]);
  });

  it("of the way back warns of what is not there alone", () => {
    const owner = { owner: "the Flux kustomization x", mend: "suspend it" };
    const some = [old("a", { owner }), old("b", { standing: "missing" })];
    expect(notes(situation({ old: some }), "back")).toEqual([
      `Not in namespace ${namespace}, and left out: b.`,
    ]);
  });

  it("names each Service without endpoints once, with who sends to it", () => {
    const orphans = [{ name: "api", senders: ["Ingress api (a.example.com)", "Deployment shop"] }];
    const some = [
      old("a", { orphans }),
      old("b", { orphans: [...orphans, { name: "b", senders: [] }] }),
    ];
    expect(orphanLines(situation({ old: some }))).toEqual([
      `Service ${namespace}/api: Ingress api (a.example.com), Deployment shop send to it`,
      `Nobody in namespace ${namespace} is seen who sends to: b`,
    ]);
  });
});

describe("the result", () => {
  const timing = { deployments: [{ name: "a", seconds: 4.2 }], seconds: 144 };
  const said = (step: StepName, embedded = false): string =>
    resultText(step, timing, situation(), { stack: "prod", context: "acme", embedded }, "r.json");

  it("of the way back is measured against the four hours of the document", () => {
    expect(said("back")).toContain(
      "1 Deployment as before in 2 min 24 s. Document 002 allows less than four hours: this is less, 1.00 % of it.",
    );
    expect(againstTheDocument(5 * 3600)).toContain("this is more, 125 % of it.");
  });

  it.each(["apply", "back", "remove"] as const)(
    "has the time of each and the record: %s",
    (step) => {
      expect(said(step)).toMatch(/^a {2}4\.2 s\n/);
      expect(said(step)).toMatch(/\nRecord: r\.json$/);
    },
  );

  it.each([true, false])("says whether pods are simulated: %s", (embedded) => {
    expect(said("back", embedded).includes("control plane alone")).toBe(embedded);
    const place = { stack: "prod", context: "acme", embedded };
    expect("pods" in resultData("back", timing, situation(), place, "r.json")).toBe(embedded);
  });
});
