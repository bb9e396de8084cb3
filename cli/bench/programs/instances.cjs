/*
 * The platform several times in one stack: each system again under another name and in other
 * namespaces, which its settings allow.
 */
const { repository, count } = require("./instances.json");

require(`${repository}/register.cjs`).endTracesAt(__filename);
const load = (path) => require(`${repository}/${path}`);

const { registerComponentsFirst } = load("components/components-first");
const { provider } = load("components/kubernetes/provider");
const { FaultMaven } = load("components/systems/faultmaven");
const { Philotes } = load("components/systems/philotes");
const { Telemetry } = load("components/systems/telemetry");
const { Thunderline } = load("components/systems/thunderline");
const { postures } = load("config/environment");
const { loadSettings } = load("config/load");

registerComponentsFirst();

const { settings, encrypted } = loadSettings();
const opts = { providers: [provider(settings)] };
const place = {
  cluster: settings.cluster,
  posture: postures[settings.environment],
  encrypted,
  placeholders: settings.render?.placeholders ?? false,
};

for (let i = 1; i <= count; i += 1) {
  const named = (name) => (i === 1 ? name : `${name}-${i}`);
  const inOwn = (system) => ({ ...system, namespace: named(system.namespace) });
  const { thunderline, faultmaven, philotes, telemetry } = settings;
  const namespaces = Object.entries(telemetry.namespaces).map(([key, name]) => [key, named(name)]);
  const streams = { ...telemetry, namespaces: Object.fromEntries(namespaces) };
  new Thunderline(named("thunderline"), { place, settings: inOwn(thunderline) }, opts);
  new FaultMaven(named("faultmaven"), { place, settings: inOwn(faultmaven) }, opts);
  new Philotes(named("philotes"), { place, settings: inOwn(philotes) }, opts);
  new Telemetry(named("telemetry"), { place, settings: streams, touchesLegacy: false }, opts);
}
