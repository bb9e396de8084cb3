/**
 * Secrets that stand in a text as they are. The one way to find them for the rules, which refuse them, and
 * for the reports, which hide them: what the one finds the other does not print.
 */

/** What holds a secret by its name, but for a name that only speaks of one. Words are parted by `_`. */
const secretName =
  /(PASSWORD|PASSWD|PASSPHRASE|REQUIREPASS|MASTERAUTH|SECRET|TOKEN|BEARER|CREDENTIAL|(PRIVATE|API|ACCESS|ENCRYPTION)_?KEY|_KEY(_(BASE64|B64|HEX|PEM|CONTENT))?$)/i;
const harmless =
  /^_*NO_|(_ENABLED|_FILE|_PATH|_DIR|_NAME|_REF|_TYPE|_TTL|_ENDPOINT|_MINUTES|_SECONDS|_ALGORITHM|_LENGTH|_URL|_KEY_ID|(PUBLIC|PRIMARY|FOREIGN|PARTITION|ROUTING|SORT|CACHE)_KEY(_(BASE64|B64|HEX|PEM))?)$/i;

/** Whether what has this name is a secret: `DB_PASSWORD`, `db.password`, `apiKey`, `--auth-token`. */
export function namesSecret(name: string): boolean {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").replaceAll(/[.-]/g, "_");
  return secretName.test(words) && !harmless.test(words);
}

/** What is a secret whatever it is called: a key's text, an account at a cloud, a signed token, a password in an address. */
const secretTexts = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]*-----END [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9+/=\s]*)/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g,
  // Kubernetes puts $(NAME) in itself; a shell $NAME or ${NAME}.
  /(?<=[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)(?!\$)[^\s/:@]+(?=@)/gi,
];

const quoted = String.raw`(?<quote>\\*["'])(?<value>(?:(?!\k<quote>)(?:\\.|[^\\\n]))+)\k<quote>`;
const start = String.raw`^(?<indent>[ \t]*)(?:-[ \t]+)?(?:export[ \t]+)?(?:\\*["'])?(?<name>[\w.-]+)(?:\\*["'])?[ \t]*`;

/** How a name is given a value. */
const everywhere = [
  // `"password": "x"`, `password = 'x'`; not psql's `password :'variable'`.
  String.raw`(?<![\w.$-])(?<name>[\w.-]+)(?:\\*["'])?\s*(?:=>?|:=|(?<=["'\w]):)\s*${quoted}`,
  String.raw`\b(?<name>PASSWORD|password)\s+${quoted}`,
  // `--password x`, `requirepass x`
  String.raw`(?<![\w-])(?<name>--?[\w.-]+|requirepass|masterauth)[ \t]+(?<value>["']?[^\s"'-][^\s"';|&)]*)`,
].map((form) => new RegExp(form, "dg"));

/** Of a program in a language such as Python these would be expressions, and no values. */
const plain = [
  // `password: x`, `db.password = x y`, to the end of the line
  `${start}[=:](?![=:>])[ \\t]*(?<value>[^\\s"'|>#&*{[][^\\n]*?)[,;]?[ \\t]*(?:[ \\t]#[^\\n]*)?$`,
  // `password: |` with lines below it
  `${start}:[ \\t]*[|>][-+\\d]*\\n(?<value>(?:\\k<indent>[ \\t]+[^\\n]*\\n?)+)`,
  // `--password=x`, `password=x` in the middle of a line
  String.raw`(?<![\w.$-])(?<name>-{0,2}[\w.-]+)=(?<value>[^\s"',;&|()<>=][^\s"',;&|()<>]*)`,
].map((form) => new RegExp(form, "dgm"));

const program = /\.(py|m?[jt]s|rb|exs?|go|lua|sql)$/;

/** From where to where in a text. */
type Span = readonly [from: number, to: number];

/** Where secrets stand in a text, in order, none in another. `file` says by its ending how it is written. */
export function secretsIn(text: string, file = ""): readonly Span[] {
  const forms = program.test(file) ? everywhere : [...everywhere, ...plain];
  const assigned = forms.flatMap((form) =>
    [...text.matchAll(form)].flatMap(({ groups, indices }) => {
      const span = indices?.groups?.value;
      const { name = "", value = "" } = groups ?? {};
      return span !== undefined && namesSecret(name) && isLiteral(name, value) ? [span] : [];
    }),
  );
  const known = secretTexts.flatMap((form) =>
    [...text.matchAll(form)].map(({ index, 0: found }): Span => [index, index + found.length]),
  );
  return joined([...assigned, ...known]);
}

/** The places of the words of a command line that hold a secret: `--password=x`, `x` after `--password`. */
export function secretArguments(words: readonly string[]): readonly number[] {
  return words.flatMap((word, at) => {
    const flag = words[at - 1] ?? "";
    const follows =
      /^(--?[\w.-]+|requirepass|masterauth)$/.test(flag) &&
      !word.startsWith("-") &&
      namesSecret(flag) &&
      isLiteral(flag, word);
    return follows || secretsIn(word).length > 0 ? [at] : [];
  });
}

/**
 * Whether a file of a ConfigMap is a secret as a whole. One whose name has an ending may also be about
 * secrets, such as a script: a secret is a single word.
 */
export function isSecretFile(name: string, content: string): boolean {
  if (!namesSecret(name.replace(/\.\w+$/, "")) && !namesSecret(name)) return false;
  return !name.includes(".") || (/^\s*\S+\s*$/.test(content) && isLiteral(name, content));
}

/** What programs put in themselves, and what stands for a value: `$(NAME)`, `${NAME}`, `{{ it }}`, `<it>`. */
const references =
  /\$\{[^}]*\}|\$\([^)]*\)|\$(?:[A-Za-z_]\w*|\d)|\{\{.*?\}\}|<[^<>]*>|%\([^)]*\)s?|\[(?:secret|unknown)\]/g;
const meaningless = /^(true|false|yes|no|on|off|null|nil|none|undefined|~|\*+)$/i;
const elsewhere = /^(\$\(|`|[a-z][a-z\d+.-]*:\/\/|(file:)?(\/[\w.-]+){2,}$)/i;

function isLiteral(name: string, value: string): boolean {
  const word = value.trim().replaceAll(/^\\*["']|\\*["']$/g, "");
  if (meaningless.test(word) || elsewhere.test(word)) return false;
  // A number of tokens, or the seconds that one is valid.
  if (/^\d+(\.\d+)?\w?s?$/.test(word) && !/pass/i.test(name)) return false;
  return /\w/.test(word.replaceAll(references, ""));
}

function joined(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort(([a], [b]) => a - b);
  return sorted.reduce<Span[]>((done, [from, to]) => {
    const last = done.at(-1);
    if (last === undefined || from >= last[1]) return [...done, [from, to]];
    return [...done.slice(0, -1), [last[0], Math.max(last[1], to)]];
  }, []);
}
