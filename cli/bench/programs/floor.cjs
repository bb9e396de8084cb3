/*
 * The least that a program with these objects can be: each is registered as it is written in a file
 * beside this one, with the orders that are written there.
 */
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");

const { provider: settings, resources } = require("./resources.json");

const provider = new k8s.Provider("cluster", settings);
const made = new Map();

for (const { type, name, inputs, after } of resources) {
  const dependsOn = after.map((other) => made.get(other));
  made.set(`${type}::${name}`, register(type, name, withSecrets(inputs), { provider, dependsOn }));
}

function register(type, name, inputs, opts) {
  const [pkg, module, kind] = type.split(":");
  if (pkg === "component") return new pulumi.ComponentResource(type, name);
  if (pkg === "random") return new random[kind](name, inputs);
  const [group, version] = module.split("/");
  const Typed = k8s[group.split(".")[0]]?.[version]?.[kind] ?? k8s.apiextensions.CustomResource;
  return new Typed(name, inputs, opts);
}

function withSecrets(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withSecrets);
  if ("$secret" in value) return pulumi.secret(value.$secret);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withSecrets(one)]));
}
