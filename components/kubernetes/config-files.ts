import { createHash } from "node:crypto";

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { Component } from "../component";
import { objectLabels } from "../labels";
import type { Scope } from "../scope";

export interface ConfigFilesArgs {
  readonly scope: Scope;
  /** The name of the ConfigMap. */
  readonly name: string;
  /** File names and their text, which must hold no secret. */
  readonly files: Readonly<Record<string, string>>;
}

/** Files for a container. The ConfigMap keeps its name and changes in place; `checksum` rolls its readers. */
export class ConfigFiles extends Component {
  readonly configMapName: string;
  /** Changes with any file; pods carry it as an annotation. */
  readonly checksum: string;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ConfigFilesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:ConfigFiles", name, opts);
    const { scope } = args;
    const configMap = new k8s.core.v1.ConfigMap(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope.system, args.name),
        },
        data: { ...args.files },
      },
      this.childOptions(scope.exists),
    );
    this.configMapName = args.name;
    this.checksum = shortHash(args.files);
    this.ready = [configMap];
    this.registerOutputs();
  }
}

/** Ten hexadecimal digits of the SHA-256 of a plain value: enough to tell versions of one object apart. */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}
