import type { Checkout } from "./checkout";
import { namespace } from "./philotes-api";

/** Takes three fields of ours by force, under another manager's name, as an operator does. */
export async function otherManager(checkout: Checkout): Promise<void> {
  const container = {
    name: "philotes-api",
    env: [{ name: "PHILOTES_API_WRITE_TIMEOUT", value: "99s" }],
    resources: { limits: { memory: "200Mi" } },
  };
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "philotes-api", namespace },
    spec: { replicas: 2, template: { spec: { containers: [container] } } },
  };
  const file = `${checkout.folder}/acme.json`;
  await checkout.type(`cat > ${file} <<'END'\n${JSON.stringify(object)}\nEND`);
  await checkout.kubectl(
    ...["apply", "--server-side", "--force-conflicts", "--field-manager=acme-operator", "-f", file],
  );
}
