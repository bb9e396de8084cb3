import { namesRelease } from "../../config/scalars";
import type { Facts } from "../facts";
import type { ObjectRule, Severity } from "../model";
import type { RuleName } from "../names";
import { fields, type Fields, get, list, number, text } from "../read";
import { finding, podsOf } from "../subjects";

type Container = readonly [expected: string, path: string];

/** A rule on each container of whatever runs pods. */
function ofContainers(
  name: RuleName,
  severity: Severity,
  description: string,
  check: (container: Fields, facts: Facts, pod: Fields) => readonly Container[],
): ObjectRule {
  return {
    of: "object",
    name,
    severity,
    description,
    check: (subject, facts) => {
      const pods = podsOf(subject);
      return (pods?.containers ?? []).flatMap(({ container, path }) =>
        check(container, facts, pods?.spec ?? {}).map(([expected, inner]) =>
          finding(subject, `${path}.${inner}`, expected),
        ),
      );
    },
  };
}

const imagePinned = ofContainers(
  "image-pinned",
  "high",
  "Every image has a digest, or a tag that names one release: its version, its date or its commit.",
  ({ image }) => {
    const [reference = "", digest] = (text(image) ?? "").split("@");
    const tag = /:([^:/]+)$/.exec(reference)?.[1];
    const pinned = digest !== undefined || (tag !== undefined && namesRelease(tag));
    return pinned ? [] : [["a digest, or the tag of one release", "image"]];
  },
);

/** Where the images of the stacks come from; each is a decision to trust a publisher's account. */
export const registries = ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"] as const;

const imageRegistryAllowed = ofContainers(
  "image-registry-allowed",
  "high",
  "Images come from a registry that is known here or that an image of the stack file names, or through the one that the settings name.",
  ({ image }, { imageRegistry, namedRegistries }) => {
    const allowed =
      imageRegistry === undefined ? [...registries, ...namedRegistries] : [imageRegistry];
    const name = text(image) ?? "";
    return allowed.some((registry) => name.startsWith(`${registry}/`))
      ? []
      : [["a registry of the policy pack's list or of the stack file, by its name", "image"]];
  },
);

const resourcesDeclared = ofContainers(
  "resources-declared",
  "high",
  "Every container requests CPU and memory, and is limited in both.",
  ({ resources }) =>
    ["requests", "limits"].flatMap((side) =>
      ["cpu", "memory"].flatMap((what) =>
        get(resources, side, what) === undefined
          ? [["a quantity", `resources.${side}.${what}`] as const]
          : [],
      ),
    ),
);

/** What the restricted Pod Security Standard asks of a container, or of the pod on its behalf. */
const securityContextRestricted = ofContainers(
  "security-context-restricted",
  "critical",
  "Every container meets the restricted Pod Security Standard.",
  ({ securityContext }, _, pod) => {
    const own = fields(securityContext);
    const shared = fields(pod.securityContext);
    const seccomp = text(get(own.seccompProfile ?? shared.seccompProfile, "type"));
    const capabilities = fields(own.capabilities);
    const added = list(capabilities.add).filter((one) => one !== "NET_BIND_SERVICE");
    const user = own.runAsUser ?? shared.runAsUser;
    const wrong: [boolean, string, string][] = [
      [own.privileged === true, "no privileges", "privileged"],
      [own.allowPrivilegeEscalation !== false, "false", "allowPrivilegeEscalation"],
      [(own.runAsNonRoot ?? shared.runAsNonRoot) !== true, "true", "runAsNonRoot"],
      [
        number(user) === undefined || user === 0,
        "the number of a user other than root",
        "runAsUser",
      ],
      [!list(capabilities.drop).includes("ALL"), "ALL", "capabilities.drop"],
      [added.length > 0, "none but NET_BIND_SERVICE", "capabilities.add"],
      [
        !["RuntimeDefault", "Localhost"].includes(seccomp ?? ""),
        "RuntimeDefault or Localhost, here or on the pod",
        "seccompProfile",
      ],
    ];
    return wrong
      .filter(([isWrong]) => isWrong)
      .map(([, expected, path]) => [expected, `securityContext.${path}`] as const);
  },
);

const readOnlyRoot = ofContainers(
  "read-only-root-filesystem",
  "high",
  "No container writes into its image; what it writes has a volume of a known size.",
  ({ securityContext }) =>
    get(securityContext, "readOnlyRootFilesystem") === true
      ? []
      : [["true", "securityContext.readOnlyRootFilesystem"]],
);

const scratchSized: ObjectRule = {
  of: "object",
  name: "scratch-sized",
  severity: "medium",
  description: "Every emptyDir has a size, or one pod can fill the disk of a node.",
  check: (subject) => {
    const pods = podsOf(subject);
    return list(pods?.spec.volumes).flatMap((volume, index) => {
      const scratch = get(volume, "emptyDir");
      const sized = scratch === undefined || get(scratch, "sizeLimit") !== undefined;
      const path = `${pods?.path ?? ""}.volumes[${String(index)}].emptyDir.sizeLimit`;
      return sized ? [] : [finding(subject, path, "a quantity")];
    });
  },
};

const noHostAccess: ObjectRule = {
  of: "object",
  name: "no-host-access",
  severity: "critical",
  description: "No pod mounts a folder of its node, opens a port of it, or joins its namespaces.",
  check: (subject) => {
    const pods = podsOf(subject);
    if (pods === undefined) return [];
    const joined = ["hostNetwork", "hostPID", "hostIPC"]
      .filter((key) => pods.spec[key] === true)
      .map((key) => finding(subject, `${pods.path}.${key}`, "not to be set"));
    const mounted = list(pods.spec.volumes).flatMap((volume, index) =>
      get(volume, "hostPath") === undefined
        ? []
        : [finding(subject, `${pods.path}.volumes[${String(index)}].hostPath`, "another volume")],
    );
    const opened = pods.containers.flatMap(({ container, path }) =>
      list(container.ports).flatMap((port, index) =>
        get(port, "hostPort") === undefined
          ? []
          : [finding(subject, `${path}.ports[${String(index)}].hostPort`, "not to be set")],
      ),
    );
    return [...joined, ...mounted, ...opened];
  },
};

/** What a container is and may do. */
export const containerRules = [
  imagePinned,
  imageRegistryAllowed,
  resourcesDeclared,
  securityContextRestricted,
  readOnlyRoot,
  scratchSized,
  noHostAccess,
] as const;
