import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { Component } from "../component";
import { shortHash } from "../hash";
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
          labels: objectLabels(scope, args.name),
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

/** The text of a file beside the component that hands it to a container: a script, say. */
export function scriptText(directory: string, name: string): string {
  return readFileSync(join(directory, name), "utf8");
}
