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
  const superuser = givenAs(["POSTGRES_PASSWORD"], container, pod, it.keys);
  if (superuser.from !== "secret") {
    return refused(
      `the password of its superuser is ${superuser.from === "clear" ? "in the clear in its pod" : "in no Secret that its pod reads"}`,
      `Put it into a Secret of the namespace (kubectl create secret generic), and set ${it.name}.superuserPassword to {from: existing, secretName, key}.`,
    );
  }
  return {
    adopt: true,
    settings: [
      { path: ["dataFolder"], value: folder, must: true },
      { path: ["superuserPassword"], value: existing(superuser.at), must: true },
      ...userSetting(it, runsAs(it.user) ?? debianUser),
      ...ownerSettings(it),
    ],
    notes: [
      "PostgreSQL takes the superuser's password from the volume, not from its Secret: to change it, change it in the server and in that Secret, then raise superuserPassword.rotation",
      "the owner's password stands in a URL: it may have letters, digits and - . _ ~ only; its value was not looked at",
    ],
  };
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
function otherRuler({ user, ours, name }: Case): Verdict | undefined {
  const ruler = plainValue(user.container, "POSTGRES_USER") ?? "postgres";
  const { from } = (ours.superuserPassword ?? {}) as { readonly from?: string };
  return ruler === "postgres" || from === "existing"
    ? undefined
    : refused(
        `its superuser is "${ruler}", and ours is "postgres"`,
        `On the old server: CREATE ROLE postgres SUPERUSER LOGIN with a password of its own, put that into a Secret, and set ${name}.superuserPassword to {from: existing, secretName, key}.`,
      );
}

/** What the clients know the database by, where their pods say it. */
function ownerSettings(it: Case): readonly Setting[] {
  const { user, keys, clients, ours } = it;
  const superuser = givenAs(["POSTGRES_PASSWORD"], user.container, user.pod, keys);
  const pods = clients.map(({ spec }) => spec.template.spec);
  const containers = pods.flatMap((pod) => pod.containers.map((container) => ({ container, pod })));
  const password = containers
    .map(({ container, pod }) => givenAs(passwordNames, container, pod, keys))
    .find((given) => given.from === "secret" && !isSame(given, superuser));
  const role = containers
    .flatMap(({ container }) => userNames.map((name) => plainValue(container, name)))
    .find((value) => value !== undefined);
  const database = plainValue(user.container, "POSTGRES_DB");
  const text = (path: string, value: string | undefined): readonly Setting[] =>
    value === undefined || value === ours[path] ? [] : [{ path: [path], value, must: false }];
  return [
    ...text("database", database),
    ...text("user", role),
    ...(password?.from === "secret"
      ? [{ path: ["password"], value: existing(password.at), must: false }]
      : []),
  ];
}
