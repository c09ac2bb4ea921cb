/** What the first bytes of a program say about who can run it. Pure. */

export type ProgramKind =
  | { readonly kind: 'elf'; readonly machine: string; readonly interpreter: string | null }
  | { readonly kind: 'script'; readonly interpreter: string }
  /** Neither: the kernel refuses it. */
  | { readonly kind: 'unknown' };

/** Numbers of the ELF header by the names that Node uses for the host (`process.arch`). */
const machines: ReadonlyMap<number, string> = new Map([
  [3, 'ia32'],
  [8, 'mips'],
  [20, 'ppc'],
  [21, 'ppc64'],
  [22, 's390x'],
  [40, 'arm'],
  [62, 'x64'],
  [183, 'arm64'],
  [243, 'riscv64'],
  [258, 'loong64'],
]);

/** Which programs of another machine a host runs as its own. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { x64: ['ia32'], arm64: ['arm'] };

export function runsOn(machine: string, host: string): boolean {
  return machine === host || (alsoRuns[host] ?? []).includes(machine);
}

/** `head`: the first bytes of the file, some KiB: the program headers come right after the ELF header in every real program. */
export function programKind(head: Buffer): ProgramKind {
  if (head.subarray(0, 2).toString('latin1') === '#!') return script(head);
  if (head.length < 52 || head.readUInt32BE(0) !== 0x7f454c46) return { kind: 'unknown' };
  const is64 = head[4] === 2;
  const little = head[5] !== 2;
  const u16 = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const u32 = (at: number): number => (little ? head.readUInt32LE(at) : head.readUInt32BE(at));
  const word = (at: number): number =>
    is64 ? Number(little ? head.readBigUInt64LE(at) : head.readBigUInt64BE(at)) : u32(at);
  const number = u16(18);
  const machine = machines.get(number) ?? `machine ${number}`;
  try {
    const tableAt = word(is64 ? 32 : 28);
    const entrySize = u16(is64 ? 54 : 42);
    const entries = u16(is64 ? 56 : 44);
    for (let index = 0; index < entries; index++) {
      const at = tableAt + index * entrySize;
      const isInterpreter = u32(at) === 3;
      if (!isInterpreter) continue;
      const from = word(at + (is64 ? 8 : 4));
      const size = word(at + (is64 ? 32 : 16));
      const isRead = from + size <= head.length;
      const name =
        head
          .subarray(from, from + size)
          .toString('latin1')
          .split('\0')[0] ?? '';
      return { kind: 'elf', machine, interpreter: isRead && name !== '' ? name : null };
    }
  } catch (error) {
    // Headers beyond what was read: the interpreter stays unknown, which is no reason to refuse.
    if (!(error instanceof RangeError)) throw error;
  }
  return { kind: 'elf', machine, interpreter: null };
}

function script(head: Buffer): ProgramKind {
  const line = head.subarray(2, 258).toString('latin1').split('\n')[0] ?? '';
  const interpreter = line.trim().split(/\s+/)[0] ?? '';
  return interpreter === '' ? { kind: 'unknown' } : { kind: 'script', interpreter };
}
