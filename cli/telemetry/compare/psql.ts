import { UserError } from "../../errors";
import { run } from "../../toolchain/process";

/** A database that psql is to ask. */
export interface Database {
  /** How people call it: `the old database`. */
  readonly title: string;
  /** The address without the password. */
  readonly url: string;
  readonly password: string | undefined;
}

const install =
  "Install PostgreSQL's client: apt-get install postgresql-client, or brew install libpq.";

/**
 * Reads an address from a variable of the environment, and takes the password out: arguments can be
 * seen by every user of the machine.
 *
 * @throws UserError when there is none; without the address, because it has the password in it
 */
export function databaseFrom(
  environment: NodeJS.ProcessEnv,
  variable: string,
  title: string,
): Database {
  const said = environment[variable];
  const expected = `postgresql://USER:PASSWORD@HOST:PORT/DATABASE, the address of ${title}`;
  if (said === undefined || said === "") {
    throw new UserError(`${variable} is not set; expected ${expected}.`);
  }
  if (!/^postgres(ql)?:\/\//.test(said)) {
    throw new UserError(`${variable} is something else than ${expected}.`);
  }
  const [, scheme = "", user, secret, rest = ""] =
    /^([a-z]+:\/\/)(?:([^:@/]*)(?::([^@/]*))?@)?(.*)$/s.exec(said) ?? [];
  const parameter = /([?&])password=([^&]*)&?/.exec(rest);
  const place = parameter === null ? rest : rest.replace(parameter[0], parameter[1] ?? "");
  const password = secret ?? parameter?.[2];
  return {
    title,
    url: `${scheme}${user === undefined ? "" : `${user}@`}${place}`.replace(/[?&]$/, ""),
    password: password === undefined ? undefined : decoded(password, variable),
  };
}

function decoded(text: string, variable: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UserError(
      `${variable} has a percent sign in its password that is not written as %25.`,
    );
  }
}

/**
 * Runs one query that writes a JSON value a line, in a session that cannot write.
 *
 * @throws UserError when psql is missing, the database does not answer in time, or refuses
 */
export async function query<T>(
  { title, url, password }: Database,
  sql: string,
  timeoutSeconds: number,
): Promise<readonly T[]> {
  const commands = [
    "SET default_transaction_read_only = on",
    `SET statement_timeout = '${timeoutSeconds}s'`,
    sql,
  ];
  const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"];
  const { code, stdout, stderr, absent } = await run(
    "psql",
    [
      ...options,
      "--set=ON_ERROR_STOP=1",
      `--dbname=${url}`,
      ...commands.flatMap((command) => ["--command", command]),
    ],
    {
      env: {
        ...process.env,
        ...(password === undefined ? {} : { PGPASSWORD: password }),
        PGCONNECT_TIMEOUT: "10",
        PGCLIENTENCODING: "UTF8",
        // Words that people can look up, whatever the server speaks.
        LC_MESSAGES: "C",
      },
      // The server ends a slow query by itself; this is for one that no longer answers.
      timeoutMs: (timeoutSeconds + 20) * 1000,
    },
  );
  if (absent) throw new UserError("psql is not installed, which asks the databases.", install);
  if (code !== 0) {
    const said = password ? stderr.replaceAll(password, "***").trim() : stderr.trim();
    throw new UserError(
      `psql cannot read ${title}: ${said === "" ? `no answer in ${timeoutSeconds} s` : said}`,
    );
  }
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
