import * as pulumi from "@pulumi/pulumi";

import { registerComponentsFirst } from "./components/components-first";
import { provider } from "./components/kubernetes/provider";
import { ViewerRole } from "./components/kubernetes/viewer-role";
import { FaultMaven } from "./components/systems/faultmaven";
import { Philotes } from "./components/systems/philotes";
import { Telemetry } from "./components/systems/telemetry";
import { Thunderline } from "./components/systems/thunderline";
import { postures } from "./config/environment";
import { loadSettings } from "./config/load";

registerComponentsFirst();

const { settings, encrypted } = loadSettings();

const opts = { providers: [provider(settings)] };

const place = {
  cluster: settings.cluster,
  posture: postures[settings.environment],
  encrypted,
  placeholders: settings.render?.placeholders ?? false,
  viewerRole: new ViewerRole(
    "viewers",
    { cluster: settings.cluster, stack: pulumi.getStack() },
    opts,
  ),
};

export const thunderline = new Thunderline(
  "thunderline",
  { place, settings: settings.thunderline },
  opts,
).outputs;

export const faultmaven = new FaultMaven(
  "faultmaven",
  { place, settings: settings.faultmaven },
  opts,
).outputs;

export const philotes = new Philotes("philotes", { place, settings: settings.philotes }, opts)
  .outputs;

export const telemetry = new Telemetry(
  "telemetry",
  { place, settings: settings.telemetry, touchesLegacy: settings.render === undefined },
  opts,
).outputs;
