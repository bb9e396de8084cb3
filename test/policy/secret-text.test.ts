/**
 * Proves how secrets are found that stand in a text as they are, and that the two rules on arguments and
 * files find them. A secret that nothing names, and that has no form of its own, is found by nobody.
 */
import { check } from "../../policy/check";
import { factsIn } from "../../policy/facts";
import { secretArguments, secretsIn } from "../../policy/secret-text";
import { type FixtureStack, goodStack, subjectsOf } from "./fixtures";
import { containerOf } from "./fixtures/edit";

const word = "correct-horse7";

/** A text without what was found in it. */
function hidden(text: string, file?: string): string {
  return secretsIn(text, file).reduceRight(
    (rest, [from, to]) => `${rest.slice(0, from)}*${rest.slice(to)}`,
    text,
  );
}

describe("a secret in a text", () => {
  it.each([
    [`db.password=${word}`, "db.password=*"],
    [`password: ${word} # of the vault`, "password: * # of the vault"],
    [`  - apiKey: ${word} and more`, "  - apiKey: *"],
    [`a: b\npassword: |\n  ${word}\nc: d`, "a: b\npassword: |\n*c: d"],
    [`{"password":"${word}","a":"b"}`, '{"password":"*","a":"b"}'],
    [String.raw`{\"client_secret\": \"${word}\"}`, String.raw`{\"client_secret\": \"*\"}`],
    [`exec app --password=${word} --port 80`, "exec app --password=* --port 80"],
    [`exec app --auth-token ${word}`, "exec app --auth-token *"],
    [`requirepass ${word}`, "requirepass *"],
    [
      `java -Dspring.datasource.password=${word} -jar a`,
      "java -Dspring.datasource.password=* -jar a",
    ],
    [`PGPASSWORD='${word}' psql`, "PGPASSWORD='*' psql"],
    [`ALTER ROLE reader PASSWORD '${word}';`, "ALTER ROLE reader PASSWORD '*';"],
    [`https://example.com/?token=${word}&a=b`, "https://example.com/?token=*&a=b"],
    [`amqp://user:${word}@mq:5672`, "amqp://user:*@mq:5672"],
  ])("%j is found", (text, expected) => {
    expect(hidden(text)).toBe(expected);
  });

  it.each([
    "password: ${STORE_PASSWORD}",
    'PGPASSWORD="$PASSWORD" psql --no-password --quiet',
    "TOKEN=$(curl --silent https://example.com/$(hostname))",
    "password: {{ .Values.password }}",
    "password: <thunderline/postgres/password>",
    "ALTER ROLE reader PASSWORD :'password';",
    "secretName: postgres\npasswordFile: /run/secrets/password",
    "token: /var/run/secrets/token\ntoken_url: https://example.com/token",
    '{"max_tokens": 4096, "token": true, "password": null, "tokens": [',
    'if [ "$password" = "" ]; then exit 1; fi',
  ])("none is in %j", (text) => {
    expect(hidden(text)).toBe(text);
  });

  it("is no expression of a program, which only reads it", () => {
    const program = `password = settings.password\nconnect(password=settings.password)\n`;
    expect(hidden(program, "migrate.py")).toBe(program);
    expect(hidden(`password = "${word}"`, "migrate.py")).toBe('password = "*"');
  });
});

it("a secret in a command line is the word that has it, or the one after its option", () => {
  expect(secretArguments(["--user", "it", "--password", word])).toEqual([3]);
  expect(secretArguments(["sh", "-c", `exec app --password ${word}`])).toEqual([2]);
  expect(secretArguments(["--password", "$(PASSWORD)", "--password-file", "/run/it"])).toEqual([]);
  expect(secretArguments(["--password", "--quiet"])).toEqual([]);
});

describe("the rules of the policy pack", () => {
  const capabilities = { certManager: true, keda: true, prometheusOperator: true };
  const facts = factsIn({ config: { "platform:cluster": { capabilities } } });

  function found(edit: (stack: FixtureStack) => void): readonly string[] {
    const stack = goodStack();
    edit(stack);
    const { violations } = check(subjectsOf(Object.values(stack)), facts);
    const secrets = violations.filter(({ rule }) => rule.startsWith("no-secret"));
    expect(secrets.map(({ message }) => message).join()).not.toContain(word);
    return [...new Set(secrets.map(({ rule }) => rule))];
  }
  const args =
    (...words: string[]) =>
    ({ web }: FixtureStack) => {
      containerOf(web).args = words;
    };
  const file =
    (name: string, content: string) =>
    ({ files }: FixtureStack) => {
      files.props.data[name] = content;
    };

  it.each([[[`--password=${word}`]], [["--password", word]], [["-c", `app --token ${word}`]]])(
    "find it in the arguments %j",
    (words) => {
      expect(found(args(...words))).toEqual(["no-secret-in-env"]);
    },
  );

  it("find it in a variable whose name does not say so", () => {
    const edit = ({ web }: FixtureStack): void => {
      containerOf(web).env.push({ name: "JAVA_OPTS", value: `-Ddb.password=${word}` });
    };
    expect(found(edit)).toEqual(["no-secret-in-env"]);
  });

  it.each([
    ["app.properties", `db.password=${word}`],
    ["app.yaml", `a: b\npassword: ${word}`],
    ["password.txt", `${word}\n`],
    ["PASSWORD", word],
  ])("find it in the file %s", (name, content) => {
    expect(found(file(name, content))).toEqual(["no-secret-in-config-map"]);
  });

  it.each([
    ["app.yaml", "password: ${DB_PASSWORD}"],
    ["set-password.sql", "ALTER ROLE reader PASSWORD :'password';"],
    ["rotate-secret.sh", 'exec app --password="$PASSWORD"\n'],
    ["password.txt", "${PASSWORD}"],
  ])("find nothing in the file %s that only refers to one", (name, content) => {
    expect(found(file(name, content))).toEqual([]);
  });
});
