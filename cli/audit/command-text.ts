import type { Command, Finding } from "./model";

/** Which cluster a command is for. */
export interface Place {
  readonly context: string;
  /** The file with that context, where it is not the user's own. */
  readonly kubeconfig?: string | undefined;
  /** The stack whose embedded cluster it is. */
  readonly stack?: string | undefined;
}

const contextOption: Readonly<Record<string, string>> = {
  helm: "--kube-context",
  kubectl: "--context",
};

/** The same findings with commands that reach this cluster, whatever the current context is. */
export function forPlace(findings: readonly Finding[], place: Place): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    mend: { ...finding.mend, commands: finding.mend.commands.map((it) => reaching(it, place)) },
  }));
}

function reaching(whole: Command, place: Place): Command {
  const { context, kubeconfig, stack } = place;
  const then = whole.then && reaching(whole.then, place);
  const command = then === undefined ? whole : { ...whole, then };
  const [program = "", ...args] = command.argv;
  if (program === "npm") {
    const which = stack === undefined ? ["--context", context] : ["--embedded", "--stack", stack];
    return { ...command, argv: [...command.argv, ...which] };
  }
  const option = contextOption[program];
  if (option === undefined) return command;
  const file = kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig];
  return { ...command, argv: [program, ...file, option, context, ...args] };
}

/** As it is typed into a shell. */
export function commandText({ argv, input, then }: Command): string {
  const words = argv.map(quoted).join(" ");
  const line = input === undefined ? words : `echo ${quoted(input)} | ${words}`;
  return then === undefined ? line : `${line} && ${commandText(then)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
