import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";

/** A client that stays connected to a PostgreSQL server, whatever becomes of its password meanwhile. */
export class Session {
  readonly #psql: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #reader: Interface;

  constructor(env: Readonly<Record<string, string>>) {
    this.#psql = spawn("psql", ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"], {
      env: { ...process.env, ...env },
    });
    this.#reader = createInterface(this.#psql.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** The one line that a statement answers with; a connection that is gone answers nothing more. */
  async ask(statement: string): Promise<string> {
    this.#psql.stdin.write(`${statement};\n`);
    const line: IteratorResult<string, undefined> = await this.#lines.next();
    if (line.done === true) throw new Error("the session has ended");
    return line.value;
  }

  async end(): Promise<void> {
    const ended = once(this.#psql, "close");
    this.#psql.stdin.end();
    await ended;
    this.#reader.close();
  }
}
