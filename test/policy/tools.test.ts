/**
 * The table of other tools' checks (policy/tools) names rules and checks that there are, and what it says
 * that the components cannot say is in no rendered object. Whether its lists are those of the tools that
 * can be run, test/data/scanners.test.ts proves; those of kube-linter, polaris and NSA are copied from
 * their documents, and nothing here proves that they are complete.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { environments } from "../../config/environment";
import { ruleNames } from "../../policy/names";
import { type Fields, fields, get, list, number, text } from "../../policy/read";
import { scanExceptions, type Tool, toolNames, tools } from "../../policy/tools";

const golden = join(__dirname, "../golden");

const objects = environments.flatMap((stack) => {
  const folder = join(golden, stack);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({
      title: `${stack}/${file}`,
      stack,
      object: fields(parse(readFileSync(join(folder, file), "utf8"))),
    }));
});

interface Pod {
  readonly title: string;
  readonly namespace: unknown;
  readonly stack: string;
  readonly spec: Fields;
  readonly containers: readonly Fields[];
}

const pods: readonly Pod[] = objects.flatMap(({ title, stack, object }) => {
  const spec = [
    get(object, "spec", "template", "spec"),
    get(object, "spec", "jobTemplate", "spec", "template", "spec"),
  ].map(fields);
  return spec
    .filter(({ containers }) => containers !== undefined)
    .map((one) => ({
      title,
      stack,
      namespace: get(object, "metadata", "namespace"),
      spec: one,
      containers: [...list(one.initContainers), ...list(one.containers)].map(fields),
    }));
});

const every = (fits: (pod: Pod) => boolean): string[] =>
  pods.filter((pod) => !fits(pod)).map(({ title }) => title);

const portsOf = (container: Fields): unknown[] =>
  list(container.ports).flatMap((port) => [get(port, "name"), get(port, "containerPort")]);

function probesDeclaredPort(probe: string): string[] {
  return every(({ containers }) =>
    containers.every((container) => {
      const said = fields(container[probe]);
      const port = get(said.httpGet ?? said.tcpSocket ?? said.grpc, "port");
      return port === undefined || portsOf(container).includes(port);
    }),
  );
}

const titles = (fits: (object: Fields) => boolean): string[] =>
  objects.filter(({ object }) => fits(object)).map(({ title }) => title);

const belowOne = (value: unknown): boolean => (number(value) ?? 1) < 1;

/** For each check that the components cannot fail: the rendered objects that fail it. */
const failing: Readonly<Record<string, () => string[]>> = {
  "deprecated-service-account-field": () => every(({ spec }) => spec.serviceAccount === undefined),
  "non-existent-service-account": () =>
    every(({ stack, namespace, spec }) =>
      objects.some(
        ({ stack: other, object }) =>
          other === stack &&
          object.kind === "ServiceAccount" &&
          get(object, "metadata", "namespace") === namespace &&
          get(object, "metadata", "name") === spec.serviceAccountName,
      ),
    ),
  "liveness-port": () => probesDeclaredPort("livenessProbe"),
  "readiness-port": () => probesDeclaredPort("readinessProbe"),
  "startup-port": () => probesDeclaredPort("startupProbe"),
  "ssh-port": () =>
    every(({ containers }) => !containers.some((container) => portsOf(container).includes(22))),
  hpaMaxAvailability: () =>
    titles(
      ({ kind, spec }) =>
        kind === "HorizontalPodAutoscaler" &&
        (number(get(spec, "maxReplicas")) ?? 0) <= (number(get(spec, "minReplicas")) ?? 1),
    ),
  "1.6 Run with root privileges or with root group membership": () =>
    every(({ spec, containers }) =>
      [spec, ...containers].every(({ securityContext }) => {
        const { runAsUser, runAsGroup, supplementalGroups } = fields(securityContext);
        return ![runAsUser, runAsGroup, ...list(supplementalGroups)].some(belowOne);
      }),
    ),
  "1.12 Namespace kube-system should not be used by users": () =>
    titles((object) => /^(kube-|default$)/.test(text(get(object, "metadata", "namespace")) ?? "")),
};

const checksOf = ({ checks }: Tool) => Object.entries(checks);

describe.each(toolNames)("the table of %s", (name) => {
  const tool = tools[name];

  it("names rules that the pack has", () => {
    const named = checksOf(tool).flatMap(([, answer]) => ("rules" in answer ? answer.rules : []));
    expect(named.filter((rule) => !ruleNames.includes(rule))).toEqual([]);
  });

  it("names checks of a scanner that the scanner has, and that it runs", () => {
    const missing = checksOf(tool).filter(([check, answer]) => {
      if (answer.by !== "scan") return false;
      return tools[answer.scanner].checks[answer.check ?? check]?.by === undefined;
    });
    expect(missing).toEqual([]);
  });

  it("gives a reason where no rule and no scanner answers", () => {
    const silent = checksOf(tool).filter(
      ([, answer]) => "note" in answer && answer.note.length < 10,
    );
    expect(silent).toEqual([]);
  });

  it("is right of what the components cannot say", () => {
    const claimed = checksOf(tool).filter(([, answer]) => answer.by === "components");
    const wrong = claimed.flatMap(([check]) => failing[check]?.() ?? [`${check} has no test`]);
    expect(wrong).toEqual([]);
  });

  it("says of which version it is", () => {
    expect(tool.source).toMatch(/\d/);
  });
});

it("every test of what the components cannot say belongs to a check", () => {
  const known = toolNames.flatMap((name) => Object.keys(tools[name].checks));
  expect(Object.keys(failing).filter((check) => !known.includes(check))).toEqual([]);
});

it("the rendered objects have pods, autoscalers and probes to look at", () => {
  expect(pods.length).toBeGreaterThan(100);
  expect(titles(({ kind }) => kind === "HorizontalPodAutoscaler")).not.toEqual([]);
});

describe("an exception from a scanner's check", () => {
  it.each(scanExceptions)("of $tool, $check, has a reason and a check that there is", (one) => {
    expect(one.reason.length).toBeGreaterThan(10);
    expect(Object.keys(tools[one.tool].checks)).toContain(one.check);
    expect(one.objects).not.toEqual([]);
  });
});
