import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import { Component } from "../component";
import type { SecretText } from "../kubernetes/env";
import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import type { Database } from "../services/database";
import { postgresType } from "./dashboard";

export interface DatasourceArgs {
  readonly scope: Scope;
  /** The name of the Secret. */
  readonly name: string;
  /** How dashboards name it. */
  readonly uid: string;
  /** What people call it. */
  readonly title: string;
  readonly database: Database;
  /** A role that can only read. */
  readonly user: string;
  /** Undefined where only the cluster knows it: then nobody but Grafana's owner can set the datasource up. */
  readonly password: SecretText | undefined;
  /** What gives the role its password: Grafana must not have the next one before the server does. */
  readonly ready: readonly pulumi.Resource[];
}

/** A PostgreSQL database as a datasource, where Grafana's sidecar finds it: a Secret, for its password. */
export class Datasource extends Component {
  constructor(name: string, args: DatasourceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("observability:Datasource", name, opts);
    const { scope, password } = args;
    const current = password?.generations.at(-1);
    if (current === undefined) {
      void pulumi.log.info(
        `${scope.namespace} has no Secret ${args.name} for Grafana: the password of ${args.user} is in a Secret that this program does not read`,
        this,
      );
    } else {
      this.secret(args, current.text);
    }
    this.registerOutputs();
  }

  private secret(args: DatasourceArgs, password: pulumi.Output<string>): void {
    const { scope, name, ready } = args;
    // The sidecar puts the files of all namespaces into one folder.
    const file = `${scope.namespace}-${name}.yaml`;
    const text = scope.placeholders
      ? provisioning(args, `<${scope.namespace}/${name}/password>`)
      : password.apply((value) => provisioning(args, value));
    new k8s.core.v1.Secret(
      this.child(),
      {
        metadata: {
          name,
          namespace: scope.namespace,
          labels: { ...objectLabels(scope, name), ...scope.cluster.datasourceLabels },
        },
        stringData: pulumi.secret({ [file]: text }),
      },
      this.childOptions([...scope.exists, ...ready]),
    );
  }
}

/** A file of Grafana's provisioning. It reads `$` as the start of a variable, unless there are two. */
function provisioning({ uid, title, database, user }: DatasourceArgs, password: string): string {
  const { endpoint, name, tlsMode } = database;
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        name: title,
        uid,
        type: postgresType,
        access: "proxy",
        url: `${endpoint.host}:${String(endpoint.port)}`,
        user,
        jsonData: {
          database: name,
          sslmode: tlsMode,
          postgresVersion: 1600,
          timescaledb: true,
          maxOpenConns: 5,
          maxIdleConns: 2,
        },
        secureJsonData: { password: password.replaceAll("$", "$$$$") },
        editable: false,
      },
    ],
  });
}
