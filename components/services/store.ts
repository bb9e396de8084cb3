import type { BackupSettings } from "../../config/backup";
import type { DataPolicy, Volume } from "../../config/blocks";
import { Component } from "../component";
import { Claim } from "../kubernetes/claim";
import { SecretBundle, type SecretEntry } from "../kubernetes/secret-bundle";
import { given, type Retention, retention, type Scope } from "../scope";
import { type Backup, backUp } from "./backup/backup";
import type { Snapshotted } from "./backup/snapshots";
import type { BackupSource } from "./backup/source";

export interface StoreArgs {
  readonly scope: Scope;
  /** The name of the server's objects. */
  readonly name: string;
  /** The name of the Secret of what opens it. @default the name of the objects */
  readonly secretName?: string;
  /** Off runs nothing, and keeps the data as its policy says. */
  readonly enabled: boolean;
}

interface Keeping {
  readonly volume: Volume;
  readonly backup: BackupSettings;
  readonly data: DataPolicy;
}

/** The data of a bundled server, and what opens it. */
export interface Kept<Key extends string> {
  readonly claim: Claim;
  readonly credentials: SecretBundle<Key>;
}

/**
 * The base of the services that hold data, on a server of this program or on an external one. The data
 * of a bundled server exists while the server runs, and as long as its policy says after that.
 * @stateful
 */
export abstract class Store extends Component {
  #backup: Backup | undefined;

  /** What the pruning of the namespace's snapshots has to know of this store. */
  get snapshotted(): Snapshotted | undefined {
    return this.#backup?.snapshotted;
  }

  /** The bundled server's volume and credentials. */
  protected keep<Key extends string>(
    args: StoreArgs,
    settings: Keeping,
    inUse: boolean,
    entries: Readonly<Record<Key, SecretEntry>>,
  ): Kept<Key> | undefined {
    const { scope, name, secretName = name } = args;
    const kept = retention(scope.posture, inUse, settings.data);
    if (!kept.declared) return undefined;
    return {
      claim: this.claim(args, settings, kept),
      credentials: new SecretBundle(
        this.child("credentials"),
        { scope, name: secretName, entries, retention: kept },
        { parent: this },
      ),
    };
  }

  /** The bundled server's volume, where there are no credentials. */
  protected keepClaim(args: StoreArgs, settings: Keeping, inUse: boolean): Claim | undefined {
    const kept = retention(args.scope.posture, inUse, settings.data);
    return kept.declared ? this.claim(args, settings, kept) : undefined;
  }

  /** Backs up the bundled server; without a source, earlier backups stay as their policy says. */
  protected backUp(
    { scope, name }: StoreArgs,
    settings: BackupSettings,
    source: BackupSource | undefined,
  ): void {
    this.#backup = backUp(
      this.child("backup"),
      { scope, store: name, settings, source },
      { parent: this },
    );
  }

  /** What opens an external server. Somebody else made it and can give it again, so nothing protects it. */
  protected given<Key extends string>(
    { scope, name }: StoreArgs,
    entries: Readonly<Record<Key, SecretEntry>>,
  ): SecretBundle<Key> {
    return new SecretBundle(
      this.child("external"),
      { scope, name: `${name}-external`, entries, retention: given },
      { parent: this },
    );
  }

  private claim({ scope, name }: StoreArgs, { volume, backup }: Keeping, kept: Retention): Claim {
    return new Claim(
      this.child("data"),
      { scope, name: `${name}-data`, volume, backup, retention: kept },
      { parent: this },
    );
  }
}
