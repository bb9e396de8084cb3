import { connect } from "node:net";

/** Whether hosts can be reached; asks each once in a run. */
export class Network {
  readonly #answers = new Map<string, Promise<boolean>>();

  constructor(
    private readonly timeoutMs = 3_000,
    private readonly probe: (host: string, timeoutMs: number) => Promise<boolean> = canConnect,
  ) {}

  /**
   * Whether all of these hosts answer. All are tried at once, and never again in this run: on a
   * machine without a way out, the first download waits for the time-out and no other does.
   */
  async reaches(hosts: readonly string[]): Promise<boolean> {
    const answers = hosts.map((host) => {
      const answer = this.#answers.get(host) ?? this.probe(host, this.timeoutMs);
      this.#answers.set(host, answer);
      return answer;
    });
    return (await Promise.all(answers)).every(Boolean);
  }
}

function canConnect(host: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443 });
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // Not the socket's own time-out, which does not count the look-up of the name.
    const timer = setTimeout(() => {
      end(false);
    }, timeoutMs);
    socket.once("connect", () => {
      end(true);
    });
    socket.once("error", () => {
      end(false);
    });
  });
}
