/** What may take down a statement with a password in it. */
export interface Logging {
  /** Whether the password may be another than the server was made with. */
  readonly rotated: boolean;
  /** The server's own parameters, some of which log statements. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the set-up of a bundled server is to do. */
export interface SetupOptions extends Logging {
  readonly extensions: readonly string[];
}

/** Keeps a password out of the server's log. */
const unlogged = ["SET log_statement = 'none';", "SET log_min_error_statement = 'panic';"];

/**
 * The same where somebody has the server log what is slow, or note statements. A first set-up under
 * PostgreSQL's own parameters goes without: with more lines every finished one would run again.
 */
const unnoted = [
  "SET log_min_duration_statement = -1;",
  "SET log_min_duration_sample = -1;",
  "SET log_transaction_sample_rate = 0;",
  "SET pg_stat_statements.track = 'none';",
];

/** The statements before one with a password in it. */
export function unloggedStatements({ rotated, parameters }: Logging): readonly string[] {
  const logging = /^(log_|shared_preload_libraries$)/;
  const noted = rotated || Object.keys(parameters).some((name) => logging.test(name));
  return noted ? [...unlogged, ...unnoted] : unlogged;
}

/** SQL that may run again at any time. The first lines keep the password out of the server's log. */
export function setupSql({ extensions, ...logging }: SetupOptions): string {
  return script([
    "\\getenv database DATABASE_NAME",
    "\\getenv owner DATABASE_USER",
    "\\getenv password DATABASE_PASSWORD",
    ...unloggedStatements(logging),
    "SELECT format('CREATE ROLE %I', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec",
    "ALTER ROLE :\"owner\" LOGIN PASSWORD :'password';",
    "SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8''', :'database', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec",
    'REVOKE ALL ON DATABASE :"database" FROM PUBLIC;',
    '\\connect :"database"',
    ...extensions.map((extension) => `CREATE EXTENSION IF NOT EXISTS "${extension}";`),
  ]);
}

/** The files that give the superuser its current password first, whichever of the earlier ones it has. */
export const superuserFiles: Readonly<Record<string, string>> = {
  "superuser.sql": script([
    "\\getenv password SUPERUSER_PASSWORD",
    ...unlogged,
    ...unnoted,
    "ALTER ROLE CURRENT_USER PASSWORD :'password';",
  ]),
  // Generated passwords have letters and digits only, so that a space can part them.
  "setup.sh": `set -eu
superuser() { psql --no-psqlrc --quiet --dbname=postgres "$@"; }
export SUPERUSER_PASSWORD="$PGPASSWORD"
found=
for PGPASSWORD in "$SUPERUSER_PASSWORD" $EARLIER_PASSWORDS; do
  if why=$(superuser --command='SELECT' 2>&1); then found=yes; break; fi
done
if [ -z "$found" ]; then
  echo "none of the superuser's declared passwords opens the server: $why" >&2
  exit 1
fi
if [ "$PGPASSWORD" != "$SUPERUSER_PASSWORD" ]; then
  superuser --file=/setup/superuser.sql
  PGPASSWORD="$SUPERUSER_PASSWORD"
  echo "the superuser has its current password"
fi
superuser --file=/setup/setup.sql
`,
};

function script(lines: readonly string[]): string {
  return `${["\\set ON_ERROR_STOP on", ...lines].join("\n")}\n`;
}
