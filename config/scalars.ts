import { z } from "zod";

import { pinned } from "./image-lock";
import { parseBytes, parseCpu } from "./quantity";

/**
 * The scalar types of the settings. Each message completes the sentence "expected …" and ends with
 * an example, because that is what a person who mistyped needs.
 */

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const hostPattern =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
const imagePattern =
  /^([a-z0-9.-]+(:\d{1,5})?\/)?[a-z0-9._-]+(\/[a-z0-9._-]+)*(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@sha256:(?<digest>[a-f0-9]{64}))?$/;

/** A name that DNS and Kubernetes take for a namespace or a Service. */
export const dnsLabel = z
  .string({ error: "a lower-case DNS label such as thunderline" })
  .regex(label, { error: "a lower-case DNS label such as thunderline" })
  .max(63, { error: "a DNS label of at most 63 characters" });

/** The name of a Kubernetes object that may have dots: a Secret, a StorageClass, an IngressClass. */
export const objectName = z
  .string({ error: "the name of a Kubernetes object such as fast-ssd" })
  .regex(hostPattern, { error: "the name of a Kubernetes object such as fast-ssd" });

/** A fully qualified or short host name, without scheme and port. */
export const hostName = z
  .string({ error: "a host name such as web.example.com" })
  .regex(hostPattern, { error: "a host name such as web.example.com, without scheme or port" });

/** A key inside a Secret. */
export const secretKey = z
  .string({ error: "a key of a Secret such as password" })
  .regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: "a key of a Secret such as password" });

/** A key of this program's stack configuration, without its `platform:` prefix. */
export const configKey = z
  .string({ error: "the name of an encrypted setting such as openaiApiKey" })
  .regex(/^[a-zA-Z][a-zA-Z0-9]{0,62}$/, {
    error: "the name of an encrypted setting such as openaiApiKey",
  });

/** A tag of one release has a version with a dot, the time of a release, or the hash of a commit. */
const releaseTag = /\d\.\d|^RELEASE\.|^([a-z]+-)?[0-9a-f]{7,40}$/;
/** Tags that mean another image tomorrow, also with what they are built on behind them. */
const floatingTag = /latest|^(stable|main|master|edge|nightly|dev)\b/i;

/** Whether a tag names one release, as far as a tag can promise that. */
export function namesRelease(tag: string): boolean {
  return releaseTag.test(tag) && !floatingTag.test(tag);
}

/**
 * An image reference that always means the same bytes, as far as a tag can promise that. Where the lock
 * knows the digest of the tag, that is in it from here on.
 */
export const image = z
  .string({
    error: "an image reference in quotes such as postgres:16.4 (a bare number loses its zeros)",
  })
  .refine((text) => imagePattern.test(text), {
    error: "an image reference such as ghcr.io/acme/app:1.4.2",
  })
  .refine(
    (text) => {
      const { tag, digest } = imagePattern.exec(text)?.groups ?? {};
      return digest !== undefined || (tag !== undefined && namesRelease(tag));
    },
    {
      error:
        "an image with a digest or the tag of one release, never latest, such as ghcr.io/acme/app:1.4.2",
    },
  )
  .transform((text) => pinned(text));

/** CPU: `500m`, `2`, or the whole number that `pulumi config set` makes of it. */
export const cpuQuantity = z
  .union([z.string(), z.number()], { error: "a CPU quantity such as 500m or 2" })
  .transform(String)
  .refine((text) => parseCpu(text) !== undefined, { error: "a CPU quantity such as 500m or 2" });

/** Memory or storage: `512Mi`, `10Gi`. A bare number would be bytes, which nobody means. */
export const byteQuantity = z
  .string({ error: "a quantity with its unit such as 512Mi or 10Gi" })
  .refine((text) => parseBytes(text) !== undefined && /\D$/.test(text), {
    error: "a quantity with its unit such as 512Mi or 10Gi",
  });

/** A TCP port. */
export const port = z
  .int({ error: "a port from 1 to 65535" })
  .min(1, { error: "a port from 1 to 65535" })
  .max(65535, { error: "a port from 1 to 65535" });

/** An IPv4 or IPv6 block in CIDR notation. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: "a block in CIDR notation such as 10.20.0.0/16",
});

/** Five cron fields; jobs run by them in UTC. */
export const cron = z
  .string({ error: 'a cron expression of five fields such as "0 2 * * *"' })
  .regex(/^([\d*,/-]+|[A-Za-z,-]+)( ([\d*,/-]+|[A-Za-z,-]+)){4}$/, {
    error: 'a cron expression of five fields such as "0 2 * * *"',
  });

/** A user id inside a container; 0 is root and refused by the restricted Pod Security Standard. */
export const userId = z
  .int({ error: "a numeric user id above 0 such as 1000" })
  .min(1, { error: "a numeric user id above 0 such as 1000" })
  .max(2147483647, { error: "a numeric user id above 0 such as 1000" });

/** A whole number of at least `min` and at most `max`, with the bounds in its message. */
export function count(min: number, max: number): z.ZodInt {
  const error = `a whole number from ${String(min)} to ${String(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** An absolute http or https URL. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  hostname: hostPattern,
  error: "an http or https URL such as http://cerebros.example.com:8088",
});

/** A length of time as Go programs write it. */
export const duration = z
  .string({ error: "a duration such as 30s or 1h30m" })
  .regex(/^(\d+(ms|s|m|h))+$/, { error: "a duration such as 30s or 1h30m" });

/** Where a browser's page comes from: scheme, host and, where it is not the usual one, port. */
export const origin = httpUrl.refine(
  (text) => URL.canParse(text) && new URL(text).origin === text,
  {
    error: "an origin such as https://dashboard.example.com, without a path",
  },
);

/** A day. One without quotes in a stack file comes from Pulumi as `2026-03-01 00:00:00 +0000 UTC`. */
export const calendarDate = z
  .string({ error: "a date such as 2026-03-01" })
  .transform((text) => text.replace(/[T ]00:00:00(Z| \+0000 UTC)$/, ""))
  .refine((text) => z.iso.date().safeParse(text).success, { error: "a date such as 2026-03-01" });
