import { z } from "zod";

import { cluster } from "./cluster";
import { environment } from "./environment";
import { faultmaven } from "./systems/faultmaven";
import { philotes } from "./systems/philotes";
import { telemetry } from "./systems/telemetry";
import { thunderline } from "./systems/thunderline";

/** How `render` wants the program to run: objects as files, and no value that changes between runs. */
const render = z.strictObject({
  directory: z.string({ error: "a directory" }).min(1),
  placeholders: z.boolean({ error: "true or false" }),
});

/** The structured settings of a stack: everything under `platform:` but the encrypted ones. */
export const settingsSchema = z.strictObject({
  environment,
  cluster,
  thunderline,
  faultmaven,
  philotes,
  telemetry,
  render: render.optional(),
});
export type Settings = z.infer<typeof settingsSchema>;
