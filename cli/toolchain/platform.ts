import { UserError } from "../errors";

/** An operating system and processor, in Go's words. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** The platform of this machine; a {@link UserError} where the toolchain does not run. */
export function currentPlatform(
  os: string = process.platform,
  arch: string = process.arch,
): Platform {
  const goArch = arch === "x64" ? "amd64" : arch;
  if ((os !== "linux" && os !== "darwin") || (goArch !== "amd64" && goArch !== "arm64")) {
    throw new UserError(
      `the tools of this project do not run on ${os} ${arch}`,
      "use Linux or macOS on x64 or arm64 (on Windows: the Windows Subsystem for Linux)",
    );
  }
  return { os, arch: goArch };
}
