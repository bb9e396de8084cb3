import { Thunderline } from "../../components/systems/thunderline";
import { building, buildingOf } from "./system";

/** Thunderline of a stack's settings. */
export const thunderline = building(
  (place, settings, opts) =>
    new Thunderline("thunderline", { place, settings: settings.thunderline }, opts),
);

/** Thunderline of an environment's defaults and some overrides. */
export const thunderlineOf = buildingOf("thunderline", thunderline);
