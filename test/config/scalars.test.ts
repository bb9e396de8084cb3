import type { z } from "zod";

import * as scalars from "../../config/scalars";

/** What the person who mistyped reads, or undefined where the value is fine. */
function complaint(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}

describe("an image", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

  it.each([
    "postgres:16.4",
    "redis:7.4",
    "pgvector/pgvector:0.8.0-pg16",
    "ghcr.io/acme/app:1.4.2",
    "ghcr.io/acme/app:sha-3f2a9c1",
    "registry.example.com:5000/acme/app:1.4.2",
    "localhost:5000/app:v1.2",
    "quay.io/minio/minio:RELEASE.2025-04-22T22-12-26Z",
    `ghcr.io/acme/app@${digest}`,
    `ghcr.io/acme/app:1.4.2@${digest}`,
    `ghcr.io/acme/app:latest@${digest}`,
  ])("may be %s", (image) => {
    expect(complaint(scalars.image, image)).toBeUndefined();
  });

  it.each([
    ["latest", "ghcr.io/acme/app:latest"],
    ["the latest of something", "pgvector/pgvector:latest-pg16"],
    ["a version that goes on", "postgres:16"],
    ["what it is built on", "postgres:alpine"],
    ["no tag", "ghcr.io/acme/app"],
    ["no tag but a port", "registry.example.com:5000/app"],
    ["the version alone", "16.4"],
  ])("has a fixed tag or a digest, not %s: %s", (_what, image) => {
    expect(complaint(scalars.image, image)).toBe(
      "an image with a digest or the tag of one release, never latest, such as ghcr.io/acme/app:1.4.2",
    );
  });

  it.each([
    ["nothing", ""],
    ["an upper-case name", "ghcr.io/Acme/app:1"],
    ["a scheme", "https://ghcr.io/acme/app:1"],
    ["an empty tag", "ghcr.io/acme/app:"],
    ["an empty part", "ghcr.io//app:1"],
    ["a space", "ghcr.io/acme/app:1 "],
    ["a new line", "ghcr.io/acme/app:1\n"],
    ["a tag of 129 characters", `app:${"1".repeat(129)}`],
    ["a short digest", "app@sha256:abc"],
    ["a digest of another kind", "app@md5:0123456789abcdef0123456789abcdef"],
  ])("is not %s: %j", (_what, image) => {
    expect(complaint(scalars.image, image)).toBe(
      "an image reference such as ghcr.io/acme/app:1.4.2",
    );
  });

  it("is not a number, which YAML makes of a tag without quotes", () => {
    expect(complaint(scalars.image, 1.1)).toBe(
      "an image reference in quotes such as postgres:16.4 (a bare number loses its zeros)",
    );
  });
});

describe("a CPU quantity", () => {
  it.each([
    ["text", "500m", "500m"],
    ["the whole number that pulumi config set makes of 1", 1, "1"],
    ["a YAML number", 0.5, "0.5"],
  ])("may be %s", (_what, value, text) => {
    expect(scalars.cpuQuantity.parse(value)).toBe(text);
  });

  it.each([[0], [-1], [1e21], [1e-7], [NaN], [null], [true], [["1"]], [{}], ["1 core"]])(
    "is not %j",
    (value) => {
      expect(complaint(scalars.cpuQuantity, value)).toBe("a CPU quantity such as 500m or 2");
    },
  );
});

describe("an amount of memory or storage", () => {
  it.each(["512Mi", "10Gi", "1G"])("may be %s", (value) => {
    expect(complaint(scalars.byteQuantity, value)).toBeUndefined();
  });

  it.each([["512"], [512], ["1.5Gi"], ["0Gi"], [null]])("is not %j", (value) => {
    expect(complaint(scalars.byteQuantity, value)).toBe(
      "a quantity with its unit such as 512Mi or 10Gi",
    );
  });
});

describe("names", () => {
  const kinds = {
    "a DNS label": [scalars.dnsLabel, "a lower-case DNS label such as thunderline"],
    "an object's name": [scalars.objectName, "the name of a Kubernetes object such as fast-ssd"],
    "a host": [scalars.hostName, "a host name such as web.example.com, without scheme or port"],
    "a Secret's key": [scalars.secretKey, "a key of a Secret such as password"],
    "a setting's key": [scalars.configKey, "the name of an encrypted setting such as openaiApiKey"],
  } as const;
  const cases: [keyof typeof kinds, string[], string[]][] = [
    ["a DNS label", ["a", "a-1", "a".repeat(63)], ["", "-a", "a-", "a.b", "A", "a_b", "ä"]],
    [
      "an object's name",
      ["a", "fast-ssd", "a.b", "a".repeat(63)],
      ["", ".a", "a.", "a..b", "A", "a_b", "a".repeat(64), "a.".repeat(127) + "a"],
    ],
    [
      "a host",
      ["localhost", "web.example.com", "10.0.0.1"],
      [
        "https://web.example.com",
        "web.example.com:443",
        "web.example.com/",
        "*.example.com",
        "WEB",
      ],
    ],
    ["a Secret's key", ["password", "A.b_c-1"], ["", "a b", "a/b", "a".repeat(254)]],
    [
      "a setting's key",
      ["openaiApiKey", "constructor"],
      ["", "1a", "a-b", "platform:a", "__proto__"],
    ],
  ];

  it.each(cases.flatMap(([kind, good]) => good.map((name) => [kind, name] as const)))(
    "%s may be %s",
    (kind, name) => {
      expect(complaint(kinds[kind][0], name)).toBeUndefined();
    },
  );

  it.each(cases.flatMap(([kind, , bad]) => bad.map((name) => [kind, name] as const)))(
    "%s is not %j",
    (kind, name) => {
      expect(complaint(kinds[kind][0], name)).toBe(kinds[kind][1]);
    },
  );

  it("a DNS label of 64 characters is too long", () => {
    expect(complaint(scalars.dnsLabel, "a".repeat(64))).toBe(
      "a DNS label of at most 63 characters",
    );
  });
});

describe("an address", () => {
  it.each(["10.20.0.0/16", "0.0.0.0/0", "fd00::/64"])("block may be %s", (block) => {
    expect(complaint(scalars.cidr, block)).toBeUndefined();
  });

  it.each([["10.20.0.0"], ["10.20.0.0/33"], ["256.0.0.0/8"], ["db.example.com"], [10]])(
    "block is not %j",
    (block) => {
      expect(complaint(scalars.cidr, block)).toBe("a block in CIDR notation such as 10.20.0.0/16");
    },
  );

  it.each(["http://cerebros.example.com:8088", "https://10.0.0.1/api"])("may be %s", (url) => {
    expect(complaint(scalars.httpUrl, url)).toBeUndefined();
  });

  it.each([
    ["another scheme", "ftp://cerebros.example.com"],
    ["no scheme", "cerebros.example.com"],
    ["no host", "http://"],
    ["a host that no policy could name", "http://[::1]:8088"],
    ["a host that is none", "http://a_b/"],
    ["a port that is none", "http://cerebros.example.com:99999"],
    ["a number", 8088],
  ])("is not %s: %j", (_what, url) => {
    expect(complaint(scalars.httpUrl, url)).toBe(
      "an http or https URL such as http://cerebros.example.com:8088",
    );
  });
});

describe("a cron expression", () => {
  it.each(["0 3 * * 0", "*/5 0-6,22 1 jan MON-FRI"])("may be %s", (cron) => {
    expect(complaint(scalars.cron, cron)).toBeUndefined();
  });

  it.each([["0 3 * *"], ["0 3 * * 0 2026"], ["@daily"], [""], [5], ["0  3 * * 0"]])(
    "is not %j",
    (cron) => {
      expect(complaint(scalars.cron, cron)).toBe(
        'a cron expression of five fields such as "0 2 * * *"',
      );
    },
  );
});

describe("a length of time", () => {
  it.each(["30s", "1h30m", "500ms", "168h"])("may be %s", (text) => {
    expect(complaint(scalars.duration, text)).toBeUndefined();
  });

  it.each(["30", "1d", "-5s", "1h 30m", "", 30])("is not %j", (text) => {
    expect(complaint(scalars.duration, text)).toBe("a duration such as 30s or 1h30m");
  });
});

describe("an origin", () => {
  it.each(["https://dashboard.example.com", "http://localhost:3000"])("may be %s", (text) => {
    expect(complaint(scalars.origin, text)).toBeUndefined();
  });

  it.each(["https://example.com/", "https://example.com/path", "https://example.com:443"])(
    "is not %s",
    (text) => {
      expect(complaint(scalars.origin, text)).toBe(
        "an origin such as https://dashboard.example.com, without a path",
      );
    },
  );
});

describe("a calendar date", () => {
  it.each([
    ["as it is written in quotes", "2026-03-01"],
    ["as Pulumi hands on one without quotes", "2026-03-01 00:00:00 +0000 UTC"],
    ["as YAML's own time", "2026-03-01T00:00:00Z"],
  ])("is the day alone, %s", (_how, text) => {
    expect(scalars.calendarDate.parse(text)).toBe("2026-03-01");
  });

  it.each(["2026-02-30", "2026-3-1", "2026-03-01 12:00:00 +0000 UTC", "tomorrow", 20260301])(
    "is not %j",
    (text) => {
      expect(complaint(scalars.calendarDate, text)).toBe("a date such as 2026-03-01");
    },
  );
});

describe("numbers", () => {
  const kinds = {
    port: [scalars.port, "a port from 1 to 65535"],
    "user id": [scalars.userId, "a numeric user id above 0 such as 1000"],
    count: [scalars.count(2, 5), "a whole number from 2 to 5"],
  } as const;

  it.each([
    ["port", 1],
    ["port", 65535],
    ["user id", 1],
    ["user id", 2147483647],
    ["count", 2],
    ["count", 5],
  ] as const)("a %s may be %d", (kind, value) => {
    expect(complaint(kinds[kind][0], value)).toBeUndefined();
  });

  it.each([
    ["port", 0],
    ["port", 65536],
    ["port", "443"],
    ["user id", 0],
    ["user id", 2147483648],
    ["user id", "app"],
    ["count", 1],
    ["count", 6],
    ["count", 2.5],
    ["count", "3"],
    ["count", NaN],
    ["count", Infinity],
    ["count", 1e300],
    ["count", null],
    ["count", true],
  ] as const)("a %s is not %j", (kind, value) => {
    expect(complaint(kinds[kind][0], value)).toBe(kinds[kind][1]);
  });
});
