/**
 * The place where the story happens: a sandbox with the agent running, and the questions that the story asks of it.
 * Everything is in one directory; a stage left by an earlier run is ended first.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { httpGet, removeDirectory, type Sandbox, sweep } from '../sandbox/index.js';
import type { Screen } from './screen.js';

/** Of `status --json`, what the story looks at. */
export interface RackLine {
  readonly name: string;
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
  readonly image: { readonly file: string } | null;
  readonly quarantined: readonly unknown[];
  readonly services: readonly {
    readonly name: string;
    readonly pid: number | null;
    readonly state: string;
  }[];
}

export interface StatusLines {
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  readonly heldRemovals: readonly string[];
  readonly retainedData: readonly { readonly name: string; readonly path: string }[];
  readonly racks: readonly RackLine[];
}

export class Stage {
  constructor(
    readonly sandbox: Sandbox,
    readonly screen: Screen,
  ) {}

  async status(): Promise<StatusLines> {
    const result = await this.sandbox.rackops(['status'], { json: true });
    if (!isStatus(result.json))
      throw new Error(`status ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
    return result.json;
  }

  async rack(name: string): Promise<RackLine | null> {
    return (await this.status()).racks.find((rack) => rack.name === name) ?? null;
  }

  async pidOf(name: string): Promise<number | null> {
    return (await this.rack(name))?.services[0]?.pid ?? null;
  }

  /** Waits until the rack runs the image and is Ready. */
  async untilReady(name: string, file: string, timeoutMs?: number): Promise<void> {
    await this.screen.until(
      `rack ${name} is Ready with ${file}`,
      async () => {
        const rack = await this.rack(name);
        const done = rack?.condition === 'Ready' && rack.image?.file === file;
        return { seen: done ? true : null, detail: describe(rack) };
      },
      timeoutMs,
    );
  }

  /** One request; the fact is checked. */
  async answers(url: string, body: string): Promise<void> {
    const answer = await httpGet(url);
    const seen = answer.error ?? `${answer.status} ${answer.body.trim()}`;
    this.screen.check(
      `${url} answers "${body}"`,
      answer.status === 200 && answer.body.trim() === body,
      `it says ${seen}`,
    );
  }

  /** Prints a command of rackops with its output. */
  async show(...args: string[]): Promise<string> {
    this.screen.command(`rackops ${args.join(' ')}`);
    const result = await this.sandbox.rackops(args);
    this.screen.text(result.stdout || result.stderr);
    return result.stdout;
  }
}

/** One line for a message: what status says of a rack. */
export function describe(rack: RackLine | null): string {
  if (rack === null) return 'status does not list it';
  return `status says ${rack.condition}/${rack.reason}: ${rack.message} (${rack.image?.file ?? 'no image'})`;
}

/** Ends what an earlier run left in the directory (`--keep`, or a story that was killed); true when there was something. */
export async function clearStage(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return false;
  if (!existsSync(join(directory, 'host.yaml')))
    throw new Error(`"${directory}" is no stage of ours: it has no host.yaml`);
  await sweep(directory, [join(directory, 'run')]);
  removeDirectory(directory);
  return true;
}

function isStatus(value: unknown): value is StatusLines {
  return typeof value === 'object' && value !== null && 'racks' in value && Array.isArray(value.racks);
}
