/**
 * The two tracks of FaultMaven on a real API server: which pods stand behind which Service, and what a
 * switch touches. Pods are simulated: nothing here says that users notice no interruption.
 */
import { Stage } from "./stage";

const minutes = 60_000;

const off = { enabled: false, data: "discard" };
const blue = { name: "blue", image: "ghcr.io/faultmaven/faultmaven:1.0.0", release: 1 };
const green = { name: "green", image: "ghcr.io/faultmaven/faultmaven:1.1.0", release: 2 };

describe("FaultMaven on two tracks", () => {
  const stage = new Stage("staging");
  const others = [...stage.settings("thunderline", off), ...stage.settings("philotes", off)];
  const faultmaven = (settings: object) => [...others, ...stage.settings("faultmaven", settings)];

  const oneTrack = faultmaven({ live: "blue", tracks: [blue] });
  const blueLive = faultmaven({ live: "blue", tracks: [blue, green] });
  const greenLive = faultmaven({ live: "green", tracks: [blue, green] });

  /** The tracks whose pods stand behind a Service. */
  async function behind(service: string): Promise<string[]> {
    const answer = await stage.kubectl(
      "get",
      "endpointslices",
      "--namespace=faultmaven",
      `--selector=kubernetes.io/service-name=${service}`,
      "--output=jsonpath={.items[*].endpoints[*].targetRef.name}",
    );
    const pods = answer.split(/\s+/).filter((name) => name !== "");
    return [...new Set(pods.map((name) => name.replace(/^faultmaven-(blue|green)-.*$/, "$1")))];
  }

  const everything = [
    "deployments",
    "statefulsets",
    "replicasets",
    "pods",
    "jobs",
    "services",
    "persistentvolumeclaims",
    "secrets",
  ];

  /** All that there is, whoever made it, with the ids that it keeps for life. */
  async function present(): Promise<string[]> {
    const answer = await stage.kubectl(
      "get",
      everything.join(","),
      "--namespace=faultmaven",
      "--output=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid};{end}",
    );
    return answer.split(";").filter((line) => line !== "");
  }

  beforeAll(() => stage.up(oneTrack), 10 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  it("has the one track behind its Service", async () => {
    expect([await behind("faultmaven"), await behind("faultmaven-preview")]).toEqual([
      ["blue"],
      [],
    ]);
  });

  it(
    "takes up a second track beside the live one, and changes nothing of that",
    async () => {
      const changes = await stage.changes(blueLive);
      expect(changes.filter((change) => !change.startsWith("create "))).toEqual([
        // Two tracks are watched, and need room for two.
        "update PrometheusRule faultmaven-monitoring-faultmaven",
        "update ResourceQuota faultmaven-namespace-quota",
      ]);
      await stage.up(blueLive);
      expect([await behind("faultmaven"), await behind("faultmaven-preview")]).toEqual([
        ["blue"],
        ["green"],
      ]);
    },
    5 * minutes,
  );

  it.each([
    ["to green", greenLive, "green", "blue"],
    ["back to blue", blueLive, "blue", "green"],
  ])(
    "switches %s by the selectors of two Services alone",
    async (_, settings, live, preview) => {
      const before = await present();
      expect(await stage.changes(settings)).toEqual([
        "update Service faultmaven-front-live",
        "update Service faultmaven-front-preview",
      ]);
      await stage.up(settings);
      expect([await behind("faultmaven"), await behind("faultmaven-preview")]).toEqual([
        [live],
        [preview],
      ]);
      const now = await present();
      expect(now).toEqual(expect.arrayContaining(before));
      // An autoscaler may have added replicas meanwhile.
      expect(now.filter((one) => !before.includes(one) && !one.startsWith("Pod "))).toEqual([]);
      expect(await stage.changes(settings)).toEqual([]);
    },
    5 * minutes,
  );
});
