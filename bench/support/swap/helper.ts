/**
 * A program of the measurement in a process of its own, so that what this process does disturbs nobody: one question at a time over Node's own channel. It ends when
 * the channel closes; a Ctrl-C does not reach it, because who started it ends it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a helper sends back: the answer, or why there is none. */
export type Reply<A> = { readonly answer: A } | { readonly problem: string };

export class Helper<Q extends object, A> {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  /** `program`: a file beside this one. */
  constructor(program: string) {
    this.#child = fork(fileURLToPath(new URL(program, import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
    // Heard by whoever asks; an end that was wanted is nobody's failure.
    this.#ended.catch(() => {});
  }

  /** Throws when the helper cannot do it, or is gone. */
  async ask(question: Q): Promise<A> {
    const reply = new Promise<Reply<A>>((resolve) => this.#child.once('message', resolve));
    this.#child.send(question);
    const got = await Promise.race([reply, this.#ended]);
    if ('problem' in got) throw new Error(got.problem);
    return got.answer;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}

/** The helper's side: answers each question, and ends with the channel. */
export function serve<Q extends object, A>(answer: (question: Q) => Promise<A>): void {
  process.on('message', (question: Q) => {
    answer(question).then(
      (value) => process.send?.({ answer: value } satisfies Reply<A>),
      (error) =>
        process.send?.({
          problem: error instanceof Error ? (error.stack ?? '') : String(error),
        } satisfies Reply<A>),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
