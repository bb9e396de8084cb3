import type { z } from "zod";

import type { resources } from "../blocks";

/** CPU and memory as `request, limit` pairs. */
export function sized(
  requestCpu: string,
  requestMemory: string,
  limitCpu: string,
  limitMemory: string,
): z.input<typeof resources> {
  return {
    requests: { cpu: requestCpu, memory: requestMemory },
    limits: { cpu: limitCpu, memory: limitMemory },
  };
}

/** One short command-line client. */
export const client = sized("50m", "64Mi", "250m", "256Mi");

/** MinIO and its client, in releases that fit each other. */
export const minio = {
  image: "quay.io/minio/minio:RELEASE.2025-04-22T22-12-26Z",
  clientImage: "quay.io/minio/mc:RELEASE.2025-04-16T18-13-26Z",
  runAsUser: 1000,
  rootPassword: { from: "generated" },
} as const;
