import { failed, type Finding, passed } from "../../preflight/model";
import { excerpt, getPage, type Page, type Site } from "./http";
import { upgrade, type WebSocketProbe } from "./websocket";

/** A LiveView as a page has it. */
interface View {
  readonly id: string;
  readonly session: string;
  readonly static: string;
}

const subjectOf = (name: string): string => `LiveView socket of ${name}`;

/**
 * Does what a browser does: gets the page, opens the socket as coming from the public host, and joins
 * the page's LiveView. Phoenix refuses a socket that comes from a host other than its own.
 */
export async function probeLiveView(site: Site, name: string, host: string): Promise<Finding> {
  const subject = subjectOf(name);
  const page = await getPage(site, "/", host);
  if (page.status !== 200) {
    return failed(
      subject,
      `the page ${page.path} is answered with ${page.status}: ${excerpt(page.body)}`,
      site.logs,
    );
  }
  const token = attribute(/<meta[^>]*name="csrf-token"[^>]*>/i.exec(page.body)?.[0], "content");
  const query = new URLSearchParams({
    ...(token === undefined ? {} : { _csrf_token: token }),
    ...{ _mounts: "0", vsn: "2.0.0" },
  });
  const answer = await upgrade(site, `/live/websocket?${query.toString()}`, {
    Host: host,
    Origin: `https://${host}`,
    "X-Forwarded-Proto": "https",
    ...(page.cookie === "" ? {} : { Cookie: page.cookie }),
  });
  if (!("socket" in answer)) return refused(subject, host, answer.status, answer.body);
  try {
    return await joined(subject, answer.socket, page, host, token);
  } finally {
    answer.socket.close();
  }
}

function refused(subject: string, host: string, status: number, body: string): Finding {
  if (status === 403) {
    return failed(
      subject,
      `it refuses a socket that comes from https://${host}: every button of its pages is dead`,
      "PHX_HOST is another host than people use: set platform:thunderline.web.ingress.host, or web.host where there is no ingress.",
    );
  }
  return failed(
    subject,
    `/live/websocket is answered with ${status} in place of 101: ${excerpt(body)}`,
    "Does the release serve LiveView on /live?",
  );
}

/** As Phoenix has it since version 2 of its serializer: who joined, which message, topic, event, payload. */
type Message = readonly [string | null, string | null, string, string, Reply];

interface Reply {
  readonly status?: string;
  readonly response?: {
    readonly reason?: string;
    readonly redirect?: object;
    readonly live_redirect?: object;
  };
}

async function joined(
  subject: string,
  socket: WebSocketProbe,
  page: Page,
  host: string,
  token: string | undefined,
): Promise<Finding> {
  const view = viewIn(page.body);
  const [topic, event] =
    view === undefined ? ["phoenix", "heartbeat"] : [`lv:${view.id}`, "phx_join"];
  const payload =
    view === undefined
      ? {}
      : {
          url: `https://${host}${page.path}`,
          params: { _csrf_token: token, _mounts: 0 },
          session: view.session,
          static: view.static,
        };
  const reference = view === undefined ? null : "4";
  const text = JSON.stringify([reference, "4", topic, event, payload]);
  const reply = await socket.exchange(text, (said) => isReply(said, topic));
  const [, , , , { status, response }] = JSON.parse(reply) as Message;
  const isSentOn = response?.redirect !== undefined || response?.live_redirect !== undefined;
  if (status === "ok" || isSentOn) {
    return passed(
      subject,
      view === undefined
        ? `open to https://${host}, and answers; the page ${page.path} has no LiveView to join`
        : `open to https://${host}; the LiveView of ${page.path} ${isSentOn ? "leads on to another" : "is joined"}`,
    );
  }
  return failed(
    subject,
    `open, but the LiveView of ${page.path} is not joined: ${response?.reason ?? excerpt(reply)}`,
    "A stale or foreign session: do all replicas have the same SECRET_KEY_BASE, and the same release?",
  );
}

function isReply(text: string, topic: string): boolean {
  try {
    const [, , about, event] = JSON.parse(text) as Message;
    return about === topic && event === "phx_reply";
  } catch {
    return false;
  }
}

function viewIn(html: string): View | undefined {
  const tag = /<[a-z][^>]*\sdata-phx-session="[^>]*>/i.exec(html)?.[0];
  const id = attribute(tag, "id");
  const session = attribute(tag, "data-phx-session");
  if (id === undefined || session === undefined) return undefined;
  return { id, session, static: attribute(tag, "data-phx-static") ?? "" };
}

function attribute(tag: string | undefined, name: string): string | undefined {
  const text = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag ?? "")?.[1];
  return text?.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
