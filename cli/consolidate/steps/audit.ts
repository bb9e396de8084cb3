import { audit, auditMarkdown } from "../../audit";
import { writeWhole } from "../../toolchain/stamp";
import type { PhaseStep } from "../model";

const file = "audit.md";

/** Document 001: nobody consolidates what nobody has looked at. */
export const auditStep: PhaseStep = {
  name: "audit",
  why: "what runs has to be known before it is changed",
  plan: async ({ store }) => [`look at the whole cluster, and write it into ${store.path(file)}`],
  require: async () => undefined,
  run: async ({ api, store }) => {
    const found = await audit(api);
    writeWhole(store.path(file), auditMarkdown(found));
    const says = `${String(found.findings.length)} findings, in ${store.path(file)}`;
    return { says };
  },
};
