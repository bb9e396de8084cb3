import fc from "./fast-check";

type Overrides = Readonly<Record<string, unknown>>;

/** Of the Secrets and encrypted settings that any settings may refer to. */
const givenSecret = fc.constantFrom<Overrides>(
  { from: "setting", key: "byHand" },
  { from: "existing", secretName: "theirs", key: "key" },
);

const days = fc.integer({ min: 1, max: 90 });

const objectStore = fc
  .tuple(givenSecret, givenSecret, fc.constantFrom(undefined, "backups/acme"))
  .map(([accessKey, secretKey, prefix]) => ({
    to: "objectStore",
    host: "s3.example.com",
    bucket: "backups",
    ...(prefix === undefined ? {} : { prefix }),
    accessKey,
    secretKey,
    clientImage: "docker.io/acme/mc:1.0.0",
  }));

const snapshots = fc
  .tuple(days, fc.constantFrom({}, { className: "csi" }))
  .map(([keepDays, className]) => ({ schedule: "0 4 * * *", keepDays, ...className }));

const archive = {
  schedule: fc.constant("0 2 * * *"),
  keepDays: days,
  target: fc.oneof(fc.constant<Overrides>({ to: "claim" }), objectStore),
  resources: fc.constant({
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "1Gi" },
  }),
  deadlineSeconds: fc.constant(3600),
};

/** Any valid choice of how a store is backed up. `clientImage` is for stores whose own image cannot. */
export function backup(
  method: "dump" | "copy",
  data: fc.Arbitrary<string>,
  clientImage: Readonly<Record<string, string>> = {},
): fc.Arbitrary<Overrides> {
  const claim = fc.record({ volume: fc.constant({ size: "3Gi" }), data });
  const archives = fc.record({ method: fc.constant(method), claim, ...archive });
  return fc.oneof(
    archives.map((choice) => ({ ...choice, ...clientImage })),
    fc
      .tuple(archives, snapshots)
      .map(([choice, besides]) => ({ ...choice, ...clientImage, snapshots: besides })),
    fc.tuple(claim, snapshots).map(([kept, choice]) => ({
      method: "snapshot",
      claim: kept,
      ...choice,
    })),
    claim.map((kept) => ({ method: "none", claim: kept, reason: "it is made anew each night" })),
  );
}

/** The image of a client that the store's own image lacks. */
export const byClient = { clientImage: "docker.io/acme/python:3.13" };
