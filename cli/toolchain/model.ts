import type { Platform } from "./platform";

/** How a program is asked for its version. */
export type VersionQuery =
  | { readonly kind: "arguments"; readonly args: readonly string[] }
  /** A provider: started, asked over gRPC, stopped. */
  | { readonly kind: "plugin" }
  /** Has no way to tell; it is taken together with the program beside it. */
  | { readonly kind: "none" };

/** An executable that a tool consists of. */
export interface Program {
  readonly name: string;
  readonly version: VersionQuery;
}

/** Where the vendor publishes the SHA-256 of a download. */
export type Checksum =
  /** A file with lines `<hash>  <file name>`. */
  | { readonly kind: "list"; readonly url: string }
  /** A file with nothing but the hash. */
  | { readonly kind: "bare"; readonly url: string }
  /** The digest that the release's metadata state for the asset. */
  | { readonly kind: "metadata"; readonly url: string };

/** One file of a vendor's release. */
export interface Asset {
  readonly url: string;
  readonly checksum: Checksum;
  /** The program that the file is; without it the file is an archive, unpacked whole. */
  readonly program?: string;
  /** Leading folders to drop when unpacking. */
  readonly strip?: number;
}

/** One run of `go build`, in one of the folders of `toolchain/`. */
export interface Build {
  readonly module: string;
  /** Program name to package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Variables that the linker sets. */
  readonly variables: Readonly<Record<string, string>>;
  /** What has to be put beside the sources first. */
  readonly prepare?: "provider-schema";
  /** How long it takes on two cores with nothing compiled yet. */
  readonly minutes: number;
}

/** A tool: programs that are set up together, in one version. */
export interface Tool {
  readonly kind: "programs";
  readonly name: string;
  readonly version: string;
  readonly programs: readonly Program[];
  /** The files of the vendor's release; none where the vendor publishes none. */
  readonly release: (platform: Platform) => readonly Asset[];
  readonly builds: readonly Build[];
}

/** YAML files that are taken from Go modules as they are. */
export interface FileSet {
  readonly kind: "files";
  readonly name: string;
  /** The folder of `toolchain/` whose go.mod and go.sum pin the modules. */
  readonly module: string;
  /** The Kubernetes kind that a file must hold to be taken. */
  readonly holds: string;
  readonly sources: readonly { readonly module: string; readonly folders: readonly string[] }[];
}

/** Anything that the set-up provides. */
export type Item = Tool | FileSet;
