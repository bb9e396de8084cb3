/** Proves what a kubelet is told to ask; that the programs answer, only they can show. */
import {
  execProbe,
  httpProbe,
  sameProbe,
  startupProbe,
} from "../../../components/kubernetes/probe";
import fc from "../../support/fast-check";

describe("a probe", () => {
  it("asks a path on a port by its name", () => {
    expect(httpProbe("/healthz", "http").httpGet).toEqual({ path: "/healthz", port: "http" });
  });

  it("runs a command", () => {
    expect(execProbe(["pg_isready", "-q"]).exec).toEqual({ command: ["pg_isready", "-q"] });
  });

  it("gives a busy node five seconds, not Kubernetes' one", () => {
    expect(httpProbe("/", "http")).toMatchObject({
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
  });

  it("takes another timing where one is given", () => {
    expect(execProbe(["true"], { timeoutSeconds: 20 })).toMatchObject({
      periodSeconds: 10,
      timeoutSeconds: 20,
    });
  });
});

describe("the startup probe", () => {
  const seconds = fc.integer({ min: 1, max: 3600 });
  const allowed = (startSeconds: number): number => {
    const { periodSeconds, failureThreshold } = startupProbe(
      (timing) => httpProbe("/", "http", timing),
      startSeconds,
    );
    return Number(periodSeconds) * Number(failureThreshold);
  };

  it("allows at least the time that a start may take", () => {
    fc.assert(
      fc.property(seconds, (startSeconds) => {
        expect(allowed(startSeconds)).toBeGreaterThanOrEqual(startSeconds);
      }),
    );
  });

  it("allows less than one try more than that", () => {
    fc.assert(
      fc.property(seconds, (startSeconds) => {
        expect(allowed(startSeconds)).toBeLessThan(startSeconds + 5);
      }),
    );
  });
});

describe("one cheap check for all three probes", () => {
  const probes = sameProbe((timing) => httpProbe("/health", "http", timing), 60);

  it("is asked by each of them", () => {
    const asked = [probes.startup, probes.readiness, probes.liveness].map(({ httpGet }) => httpGet);
    expect(asked).toEqual(Array(3).fill({ path: "/health", port: "http" }));
  });

  it("gives time to the start alone", () => {
    expect(probes.liveness).toMatchObject({ failureThreshold: 3 });
  });
});
