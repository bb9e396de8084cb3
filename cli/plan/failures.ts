import { existsSync, readFileSync } from "node:fs";

import type { EngineEvent } from "@pulumi/pulumi/automation";

import { isCutOff, stateOf, type Told } from "./events";
import type { FailedObject } from "./model";

/** The objects at which an update has failed, by the events that the engine has written to a file. */
export function readFailures(eventLog: string): readonly FailedObject[] {
  if (!existsSync(eventLog)) return [];
  const events: EngineEvent[] = [];
  for (const line of readFileSync(eventLog, "utf8").split("\n")) {
    // The last line of an engine that was cut off.
    if (line.endsWith("}")) events.push(JSON.parse(line) as EngineEvent);
  }
  return failuresIn(events);
}

/** As {@link readFailures}, of events that have been read. */
export function failuresIn(events: readonly EngineEvent[]): readonly FailedObject[] {
  const objects = new Map<string, Omit<FailedObject, "message">>();
  const messages = new Map<string, readonly string[]>();
  for (const { resourcePreEvent, resOpFailedEvent, diagnosticEvent } of events) {
    const step = resourcePreEvent?.metadata ?? resOpFailedEvent?.metadata;
    const object = objectOf(step?.new ?? step?.old ?? undefined);
    if (step !== undefined && object !== undefined) objects.set(step.urn, object);
    const { severity, urn = "", message = "" } = diagnosticEvent ?? {};
    if (severity !== "error" || urn === "" || isCutOff(message)) continue;
    messages.set(urn, [...(messages.get(urn) ?? []), plain(message)]);
  }
  return [...messages].flatMap(([urn, told]) => {
    const object = objects.get(urn);
    return object === undefined ? [] : [{ ...object, message: told.join("\n") }];
  });
}

function objectOf(told: Told | undefined): Omit<FailedObject, "message"> | undefined {
  const declared = stateOf(told)?.inputs ?? {};
  const { apiVersion, kind, metadata } = declared as Partial<FailedObject> & {
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
  };
  const { name, namespace } = metadata ?? {};
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  if (typeof name !== "string") return undefined;
  return {
    ...{ apiVersion, kind, name, declared },
    ...(typeof namespace === "string" ? { namespace } : {}),
  };
}

/** Without the engine's marks of colour. */
function plain(text: string): string {
  return text.replaceAll(/<\{%.*?%\}>/g, "").trim();
}
