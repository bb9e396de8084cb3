import { Philotes } from "../../components/systems/philotes";
import { building, buildingOf } from "./system";

/** Philotes of a stack's settings. */
export const philotes = building(
  (place, settings, opts) => new Philotes("philotes", { place, settings: settings.philotes }, opts),
);

/** Philotes of an environment's defaults and some overrides. */
export const philotesOf = buildingOf("philotes", philotes);

/** The job that tells Lakekeeper where its bucket is, and does not go there itself. */
export const messengers = ["philotes-lakekeeper-bootstrap"];
