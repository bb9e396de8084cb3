/** Proves that no message shows a value: rules see the secrets of a stack in clear. */
import { check } from "../../policy/check";
import { factsIn } from "../../policy/facts";
import { fixtures, goodStack, type Resource, subjectsOf } from "./fixtures";

const marker = "correct-horse-battery-staple";

/** Not replaced: without them nothing is a Kubernetes object, and no rule looks at it. */
const identifying = ["kind", "apiVersion"];

/** Each copy of a value in which one text has the marker behind it. */
function* marked(value: unknown, key = ""): Generator {
  if (typeof value === "string") {
    if (!identifying.includes(key)) yield value + marker;
    return;
  }
  for (const [name, inner] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    for (const changed of marked(inner, name)) {
      const copy = structuredClone(value) as Record<string, unknown>;
      copy[name] = changed;
      yield copy;
    }
  }
}

function messagesOf(resources: readonly Resource[]): string[] {
  const facts = factsIn(undefined);
  return check(subjectsOf(resources), facts).violations.map(({ message }) => message);
}

it.each(Object.entries(fixtures))("%s shows no value of any property", (_, { failing }) => {
  const stack = goodStack();
  const told = failing(stack).flatMap((resource) =>
    [...marked(resource.props)].flatMap((props) => {
      const others = Object.values(stack).filter((other) => other !== resource);
      return messagesOf([{ ...resource, props }, ...others]);
    }),
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((message) => message.includes(marker))).toEqual([]);
});

it("speaks of no value that is of another type than text", () => {
  const stack = goodStack();
  const { web } = stack;
  web.props.spec.template.spec.terminationGracePeriodSeconds = 987_654_321;
  expect(messagesOf(Object.values(stack)).join("\n")).not.toContain("987654321");
});
