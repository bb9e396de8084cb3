import { failed, type Finding, passed, unchecked } from "../../preflight/model";
import { ask, excerpt, getPage, type Site } from "./http";

/** Livebook's page: its login where a password is asked for. */
export async function probeLivebook(site: Site): Promise<Finding> {
  const subject = "Livebook's page";
  const { status, path, body } = await getPage(site, "/");
  if (status === 200 && /livebook/i.test(body)) {
    const what = path.startsWith("/authenticate") ? "asks for its password" : "is open to all";
    return passed(subject, `it ${what}, at ${path}`);
  }
  const evidence = `${path} is answered with ${status}, and is no page of Livebook: ${excerpt(body)}`;
  return failed(subject, evidence, site.logs);
}

/** FaultMaven's dashboard, and the description of its API, both of which one process serves. */
export async function probeFaultMaven(site: Site, pod: string): Promise<readonly Finding[]> {
  const page = await getPage(site, "/");
  const isPage =
    page.status === 200 &&
    (page.headers["content-type"] ?? "").includes("text/html") &&
    /<html|<!doctype html/i.test(page.body);
  const dashboard = `Dashboard of ${pod}`;
  return [
    isPage
      ? passed(dashboard, `a page of ${page.body.length} characters, in ${page.ms} ms`)
      : failed(dashboard, `/ is answered with ${page.status}: ${excerpt(page.body)}`, site.logs),
    await api(site, pod),
  ];
}

async function api(site: Site, pod: string): Promise<Finding> {
  const subject = `API of ${pod}`;
  const { status, body } = await ask(site, { path: "/openapi.json" });
  if (status === 404) {
    return unchecked(subject, "it does not describe itself: /openapi.json is not found");
  }
  const paths = status === 200 ? pathsIn(body) : undefined;
  return paths === undefined || paths === 0
    ? failed(subject, `/openapi.json is answered with ${status}: ${excerpt(body)}`, site.logs)
    : passed(subject, `it describes ${paths} paths`);
}

function pathsIn(body: string): number | undefined {
  try {
    const { paths } = JSON.parse(body) as { readonly paths?: object };
    return paths === undefined ? undefined : Object.keys(paths).length;
  } catch {
    return undefined; // A page in its place, as a single-page application gives for any path.
  }
}
