import { Argument, type Command } from "commander";

import type { Settings } from "../../config/settings";
import { requireRealCluster } from "../cluster";
import { ChildFailure, runChild } from "../process";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, readSettings, requireStack } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

/** A service that people look at in a browser. */
interface Door {
  readonly system: "thunderline" | "faultmaven" | "philotes";
  readonly service: string;
  readonly port: number;
  /** The port on this machine. @default the service's own */
  readonly local?: number;
  /** Where the password is; not every service asks for one. */
  readonly password?: (settings: Settings) => { secretName: string; key: string };
  /** What else has to be known of it. */
  readonly note?: (settings: Settings) => string | undefined;
}

const doors: Readonly<Record<string, Door>> = {
  web: { system: "thunderline", service: "web", port: 4000, note: publicHostNote },
  mlflow: { system: "thunderline", service: "mlflow", port: 5000 },
  livebook: {
    system: "thunderline",
    service: "livebook",
    port: 8080,
    password: ({ thunderline: { secrets } }) =>
      secrets.livebookPassword.from === "existing"
        ? secrets.livebookPassword
        : { secretName: "livebook", key: "password" },
  },
  faultmaven: { system: "faultmaven", service: "faultmaven", port: 80, local: 8000 },
  "faultmaven-preview": {
    system: "faultmaven",
    service: "faultmaven-preview",
    port: 80,
    local: 8001,
  },
  philotes: { system: "philotes", service: "philotes-api", port: 8080, local: 8081 },
  catalog: { system: "philotes", service: "philotes-lakekeeper", port: 8181 },
};

/** Phoenix takes a LiveView socket from its public host alone. */
function publicHostNote({ thunderline: { web } }: Settings): string | undefined {
  const host = web.ingress.enabled ? web.ingress.host : web.host;
  if (host === undefined || host === "localhost") return undefined;
  return `Its buttons work at https://${host} only: through this forward, pages are without life.`;
}

/** `open`: a service of a stack on a real cluster, on this machine. */
export function addOpen(program: Command): void {
  program
    .command("open")
    .summary("reach a service of a stack on a real cluster")
    .description(
      "Forwards a service of a stack on a real cluster, with your own kubeconfig, to this machine:\n" +
        Object.entries(doors)
          .map(([name, door]) => `  ${name.padEnd(20)}http://localhost:${localPort(door)}`)
          .join("\n"),
    )
    .addArgument(new Argument("<what>", "the service").choices(Object.keys(doors)))
    .addOption(stackOption())
    .addHelpText("after", "\nExample:\n  npm run open -- livebook --stack prod")
    .action((what: string, options: StackOptions) => open(what, options.stack));
}

function localPort({ port, local = port }: Door): number {
  return local;
}

async function open(what: string, stack: string): Promise<void> {
  const door = doors[what];
  if (door === undefined) throw new Error(`There is no door to ${what}.`);
  const workspace = openWorkspace();
  const settings = readSettings(workspace, requireStack(workspace, stack));
  const { context } = settings.cluster;
  const { kubectl } = await ensureToolchain();
  await requireRealCluster(workspace, kubectl, stack, context);

  const { service, port } = door;
  const at = ["--context", context, "--namespace", settings[door.system].namespace];
  console.log(`${what} of stack ${stack}: http://localhost:${localPort(door)} (Ctrl-C ends it)`);
  const note = door.note?.(settings);
  if (note !== undefined) console.log(note);
  const password = door.password?.(settings);
  if (password !== undefined) {
    const template = `'go-template={{ index .data "${password.key}" | base64decode }}'`;
    console.log(
      `Its password: ${kubectl} ${at.join(" ")} get secret ${password.secretName} -o ${template}`,
    );
  }
  const args = [...at, "port-forward", `service/${service}`, `${localPort(door)}:${port}`];
  const { code } = await runChild(kubectl, args, {
    cwd: workspace.repository,
    env: process.env,
    show: true,
  });
  if (code !== 0) throw new ChildFailure("kubectl port-forward", code);
}
