import type { Env } from "../../kubernetes/env";
import type { Bucket } from "../../services/object-store";

/** The variables by which S3 clients, MLflow's among them, find the bucket's store and its credentials. */
export function s3Env(bucket: Bucket): Env {
  return {
    AWS_ACCESS_KEY_ID: bucket.accessKey,
    AWS_DEFAULT_REGION: bucket.region,
    AWS_SECRET_ACCESS_KEY: bucket.secretKey,
    MLFLOW_S3_ENDPOINT_URL: bucket.url,
  };
}
