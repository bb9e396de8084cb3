import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { clusterPaths } from "../../../cli/cluster";
import { type KubernetesObject, openApi } from "../../../cli/kubernetes";
import type { Checkout } from "./checkout";

/** What somebody else's webhook says to whatever it is asked about. */
export const refusal = "acme allows nobody to run this here";

const configuration = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: "acme-guard" },
};

interface Review {
  readonly request: { readonly uid: string };
}

/** A webhook of somebody else that refuses each object of one kind; it answers by the cluster's own certificate. */
export class RejectingWebhook {
  #server: Server | undefined;

  constructor(
    readonly checkout: Checkout,
    readonly group: string,
    readonly resource: string,
  ) {}

  readonly begin = async (): Promise<void> => {
    const { folder, kubeconfig } = clusterPaths(this.checkout.workspace, this.checkout.stack);
    const pki = (file: string): Buffer => readFileSync(join(folder, "pki", file));
    const server = createServer({ key: pki("admin.key"), cert: pki("admin.crt") }, reject);
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const rule = { apiGroups: [this.group], apiVersions: ["v1"], resources: [this.resource] };
    const api = await openApi({ kubeconfig });
    await api.create({
      ...configuration,
      webhooks: [
        {
          name: "guard.acme.example.com",
          clientConfig: {
            url: `https://127.0.0.1:${String(port)}/`,
            caBundle: pki("ca.crt").toString("base64"),
          },
          rules: [{ ...rule, operations: ["CREATE", "UPDATE"] }],
          ...{ admissionReviewVersions: ["v1"], sideEffects: "None", failurePolicy: "Fail" },
        },
      ],
    } as KubernetesObject);
  };

  /** Takes it away, as if nobody had ever wanted it. */
  readonly end = async (): Promise<void> => {
    const guard = ["validatingwebhookconfiguration", configuration.metadata.name];
    await this.checkout.kubectl("delete", ...guard, "--ignore-not-found");
    this.#server?.closeAllConnections();
    this.#server?.close();
  };
}

function reject(request: IncomingMessage, answer: ServerResponse): void {
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => (text += part));
  request.on("end", () => {
    const { uid } = (JSON.parse(text) as Review).request;
    const response = { uid, allowed: false, status: { message: refusal } };
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
    answer.setHeader("Content-Type", "application/json");
    answer.end(JSON.stringify(review));
  });
}
