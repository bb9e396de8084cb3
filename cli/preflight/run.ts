import { type Finding, type Result, Unchecked, unchecked } from "./model";

/** Something that is looked at, under a name by which it may be left out. */
interface Runnable<Context> {
  readonly name: string;
  readonly run: (context: Context) => Promise<readonly Finding[]>;
}

/** Runs checks at once. One that throws is unchecked, as is one that is left out; neither hides another. */
export async function runAll<Context>(
  context: Context,
  checks: readonly Runnable<Context>[],
  skip: readonly string[],
  onDone: (left: readonly string[]) => void,
): Promise<readonly Result[]> {
  const left = new Set(checks.map(({ name }) => name));
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        if (skip.includes(name)) throw new Unchecked("left out by --skip");
        return (await run(context)).map((finding) => ({ check: name, ...finding }));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return [{ check: name, ...unchecked(`All of ${name}`, message) }];
      } finally {
        left.delete(name);
        onDone([...left]);
      }
    }),
  );
  return results.flat();
}
