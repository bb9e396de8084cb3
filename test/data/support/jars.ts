import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { surroundings } from "../../../cli/toolchain";
import { ensureEntry } from "../../../cli/toolchain/ensure";
import { createProgress } from "../../../cli/toolchain/progress";
import { readEntry } from "../../../cli/toolchain/stamp";
import { succeed } from "./daemon";

const pom = join(__dirname, "kafka-jars", "pom.xml");

/** The folder with Kafka's jars, from the machine's own Maven and its settings; kept in the tool cache. */
export async function kafkaJars(): Promise<string> {
  const { layout } = surroundings();
  const text = readFileSync(pom);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const folder = join(layout.root, "tools", "kafka", id);
  const found =
    readEntry(folder) ?? (await ensureEntry("kafka", folder, [byMaven], layout, step()));
  const jars = found.get("jars");
  if (jars === undefined) throw new Error("the jars of Kafka were not set up");
  return jars;
}

const byMaven = {
  how: "fetched by Maven",
  make: async (aside: string): Promise<Readonly<Record<string, string>>> => {
    const work = join(aside, "work");
    mkdirSync(work);
    cpSync(pom, join(work, "pom.xml"));
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"];
    const args = ["-q", "-B", "--strict-checksums", ...goal, `-DoutputDirectory=${aside}/jars`];
    await succeed("mvn", args, { cwd: work, timeoutMs: 300_000 });
    return { jars: "jars" };
  },
};

function step(): ReturnType<ReturnType<typeof createProgress>["step"]> {
  return createProgress(1).step("kafka", 1);
}

/** The version that the jars are pinned to. */
export function kafkaVersion(): string {
  return (
    /<artifactId>kafka_[^<]*<\/artifactId>\s*<version>([^<]*)</.exec(
      readFileSync(pom, "utf8"),
    )?.[1] ?? ""
  );
}
