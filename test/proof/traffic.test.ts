/**
 * What the network policies of each stack let through is what somebody has declared, pod by pod and port
 * by port, and name resolution. Both sides are independent of the program: the policies are read from the
 * rendered objects by the rules of Kubernetes' documentation, the connections from a table by hand.
 * It does not prove that a cluster's network enforces policies.
 */
import { report } from "../../cli/testing";
import { environments } from "../../config/environment";
import { declaredConnections } from "./support/declared-connections";
import { isPod } from "./support/network-policy";
import { declaredWays, differences, openWays, sceneOf } from "./support/traffic";
import { trials } from "./support/trials";
import { spoiltStacks } from "./support/widened-policies";
import { renderedStack } from "./support/world";

jest.setTimeout(600_000);

describe.each(environments)("the policies of stack %s", (stack) => {
  const manifests = renderedStack(stack);
  const declared = declaredConnections(stack);
  const scene = sceneOf(manifests, declared);
  const pods = scene.world.parties.filter(({ ours }) => ours).filter(isPod);

  it("let through what is declared and nothing else, and each end of it by itself", () => {
    expect(differences(scene, declared)).toEqual({ undeclared: [], closed: [] });
    report({
      area: "security",
      claim: `in ${stack} the network policies let through what is declared, and nothing else`,
      trials: scene.pairs.length * scene.ways.length,
      of: "pairs of ends by port and protocol",
      seen: `${String(pods.length)} pods, ${String(declared.length)} declared connections and name resolution`,
    });
  });

  it("isolate every pod in both directions, also one that nobody has heard of", () => {
    const open = pods.filter(
      (pod) => !scene.network.isolates(pod, "ingress") || !scene.network.isolates(pod, "egress"),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it("would let through too much if a declaration were missing", () => {
    const open = openWays(scene);
    const unseen = declared.filter((one) => {
      const others = declaredWays(
        scene,
        declared.filter((other) => other !== one),
      );
      return [...open].every((line) => others.has(line));
    });
    expect(unseen).toEqual([]);
  });

  it.each(spoiltStacks(manifests))("would be told apart from a policy that $what", ({ stacks }) => {
    const step = Math.max(1, Math.floor(stacks.length / trials({ reduced: 2, full: 1000 })));
    const tried = stacks.filter((_, index) => index % step === 0);
    const unseen = tried.filter((spoilt) => {
      const { undeclared, closed } = differences(
        sceneOf(spoilt.manifests, declared, "two"),
        declared,
      );
      return undeclared.length + closed.length === 0;
    });
    expect(tried.length).toBeGreaterThan(0);
    expect(unseen.map(({ policy }) => policy)).toEqual([]);
  });
});
