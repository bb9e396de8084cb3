import { givenAs, plainValue } from "./credentials";
import { postgresMajor, splitImage } from "./parts";
import {
  byDump,
  type Case,
  existing,
  folderInVolume,
  isSame,
  refused,
  runsAs,
  type Setting,
  userSetting,
  type Verdict,
} from "./verdict";

/** The user `postgres` of the official images on Debian, and of those that are built on them. */
const debianUser = 999;

const passwordNames = ["DATABASE_PASSWORD", "DB_PASSWORD", "PGPASSWORD", "POSTGRES_PASSWORD"];
const userNames = ["DATABASE_USER", "DB_USER", "PGUSER", "POSTGRES_USER"];

/** Whether our PostgreSQL can start on the volume of the old one. */
export function judgePostgres(it: Case): Verdict {
  const unfit = otherLayout(it) ?? otherVersion(it) ?? otherRuler(it);
  if (unfit !== undefined) return unfit;
  const { container, pod } = it.user;
  const home = plainValue(container, "PGDATA") ?? "/var/lib/postgresql/data";
  const folder = folderInVolume(home, it.user);
  if (folder === undefined) {
    return refused(
      `its data are in ${home}, which is not in the claim ${it.holding.claim}`,
      byDump,
    );
  }
  const superuser = superuserPassword(it);
  if (superuser === undefined) {
    const { from } = givenAs(["POSTGRES_PASSWORD"], container, pod, it.keys);
    return refused(
      `the password of its superuser is ${from === "clear" ? "in the clear in its pod" : "in no Secret that its pod reads"}`,
      `Put it into a Secret of the namespace (kubectl create secret generic), and set ${it.name}.superuserPassword to {from: existing, secretName, key}.`,
    );
  }
  const owner = ownerSettings(it);
  if ("adopt" in owner) return owner;
  return {
    adopt: true,
    settings: [
      { path: ["dataFolder"], value: folder, must: true },
      { path: ["superuserPassword"], value: superuser, must: true },
      ...userSetting(it, runsAs(it.user) ?? debianUser),
      ...owner,
    ],
    notes: [
      "PostgreSQL takes the superuser's password from the volume, not from its Secret: to change it, change it in the server and in that Secret, then raise superuserPassword.rotation",
      "the owner's password stands in a URL: it may have letters, digits and - . _ ~ only; its value was not looked at",
    ],
  };
}

/** Where the settings say it is; where they do not, as the old pod has it. */
function superuserPassword(it: Case): Readonly<Record<string, string>> | undefined {
  const said = saidSecret(it.ours.superuserPassword);
  if (said !== undefined) return said;
  const { container, pod } = it.user;
  const given = givenAs(["POSTGRES_PASSWORD"], container, pod, it.keys);
  return given.from === "secret" ? existing(given.at) : undefined;
}

/** The existing Secret that a setting names already. */
function saidSecret(setting: unknown): Readonly<Record<string, string>> | undefined {
  const { from, secretName, key } = (setting ?? {}) as Readonly<Record<string, string>>;
  return from === "existing" && secretName !== undefined && key !== undefined
    ? existing({ secretName, key })
    : undefined;
}

function otherLayout({ user, ours }: Case): Verdict | undefined {
  const { image } = user.container;
  if (/bitnami|rapidfort/.test(image)) {
    return refused(
      `${image} keeps postgresql.conf and pg_hba.conf in the image, so that no other image starts on its folder`,
      byDump,
    );
  }
  const libc = (it: string): string => (it.includes("alpine") ? "musl" : "glibc");
  const [old, next] = [libc(image), libc(String(ours.image))];
  return old === next
    ? undefined
    : refused(
        `${image} sorts texts by ${old} and ours by ${next}: indexes of text would be wrong`,
        byDump,
      );
}

function otherVersion({ user, ours, name }: Case): Verdict | undefined {
  const { image } = user.container;
  const [old, next] = [postgresMajor(image), postgresMajor(String(ours.image))];
  if (old === undefined) {
    return refused(`the image ${image} does not say which version of PostgreSQL it is`, byDump);
  }
  return old === next
    ? undefined
    : refused(
        `it is PostgreSQL ${String(old)} (${splitImage(image).tag}) and ${name}.image is ${String(next)}: a server does not start on another version's folder`,
        `Set ${name}.image to one of PostgreSQL ${String(old)}; or: ${byDump}`,
      );
}

/** Our set-up is the superuser `postgres`; the image makes no such role where it is told of another one. */
function otherRuler(it: Case): Verdict | undefined {
  const { ours, name } = it;
  const ruler = rulerOf(it);
  return ruler === "postgres" || saidSecret(ours.superuserPassword) !== undefined
    ? undefined
    : refused(
        `its superuser is "${ruler}", and ours is "postgres"`,
        `On the old server: CREATE ROLE postgres SUPERUSER LOGIN with a password of its own, put that into a Secret, and set ${name}.superuserPassword to {from: existing, secretName, key}.`,
      );
}

/**
 * What the clients know the database by, where their pods say it. Our set-up gives the owner the password
 * that we have: with one that was generated, the old clients could never come back.
 */
function ownerSettings(it: Case): readonly Setting[] | Verdict {
  const { user, keys, clients, ours, name } = it;
  const ruler = rulerOf(it);
  const superuser = givenAs(["POSTGRES_PASSWORD"], user.container, user.pod, keys);
  const pods = clients.map(({ spec }) => spec.template.spec);
  const containers = pods.flatMap((pod) => pod.containers.map((container) => ({ container, pod })));
  const given = containers
    .map(({ container, pod }) => givenAs(passwordNames, container, pod, keys))
    .find((one) => one.from === "secret" && (ruler !== "postgres" || !isSame(one, superuser)));
  const role = containers
    .flatMap(({ container }) => userNames.map((variable) => plainValue(container, variable)))
    .find((value) => value !== undefined);
  if (role === "postgres") {
    return refused(
      "its clients are its superuser, postgres, and our set-up would give that the owner's password",
      `On the old server: make a role of its own that owns the database, with a password of its own, and have the clients use it; our clients must not rule the server.`,
    );
  }
  const password =
    saidSecret(ours.password) ?? (given?.from === "secret" ? existing(given.at) : undefined);
  if (password === undefined) {
    return refused(
      "the password of the role that its clients use is in no key of its own that they read, only in a URL perhaps: our set-up would give that role another one, and the old clients could not come back",
      `Put it into a Secret of the namespace (kubectl create secret generic), and set ${name}.password to {from: existing, secretName, key}, and ${name}.user to the role.`,
    );
  }
  const database = plainValue(user.container, "POSTGRES_DB");
  const text = (path: string, value: string | undefined): readonly Setting[] =>
    value === undefined || value === ours[path] ? [] : [{ path: [path], value, must: false }];
  return [
    ...text("database", database),
    ...text("user", role),
    { path: ["password"], value: password, must: true },
  ];
}

function rulerOf({ user }: Case): string {
  return plainValue(user.container, "POSTGRES_USER") ?? "postgres";
}
