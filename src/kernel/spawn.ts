/**
 * Starts a program by posix_spawn(3): the new process borrows our memory until it executes. Node's own way copies the page tables of the whole process first, which took seven of the
 * eight milliseconds of a start where it was measured, and a rack that is swapped waits for a start. Nothing here waits for a program to end.
 */
import { closeSync } from 'node:fs';
import { fcntl } from './fcntl.js';
import { bind, KernelError } from './libc.js';

const spawnCall = bind(
  'posix_spawn',
  'int posix_spawn(uint8_t *pid, const char *path, uint8_t *actions, uint8_t *attributes, const char **argv, const char **envp)',
);
const actionsInit = bind('posix_spawn', 'int posix_spawn_file_actions_init(uint8_t *actions)');
const actionsDestroy = bind('posix_spawn', 'int posix_spawn_file_actions_destroy(uint8_t *actions)');
const addDup2 = bind('posix_spawn', 'int posix_spawn_file_actions_adddup2(uint8_t *actions, int fd, int as)');
const addOpen = bind(
  'posix_spawn',
  'int posix_spawn_file_actions_addopen(uint8_t *actions, int as, const char *path, int flags, uint mode)',
);
const attributesInit = bind('posix_spawn', 'int posix_spawnattr_init(uint8_t *attributes)');
const attributesDestroy = bind('posix_spawn', 'int posix_spawnattr_destroy(uint8_t *attributes)');
const setFlags = bind('posix_spawn', 'int posix_spawnattr_setflags(uint8_t *attributes, short flags)');
const setDefault = bind(
  'posix_spawn',
  'int posix_spawnattr_setsigdefault(uint8_t *attributes, uint8_t *set)',
);
const setMask = bind('posix_spawn', 'int posix_spawnattr_setsigmask(uint8_t *attributes, uint8_t *set)');

/** Both structures have 80 to 336 bytes in glibc and musl. */
const structureBytes = 1_024;
const signalSetBytes = 128;
const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const F_DUPFD_CLOEXEC = 1_030;
const O_RDWR = 2;

export interface ProgramStart {
  /** Absolute. */
  readonly path: string;
  /** What the program is told to be: its first argument. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Descriptors that become 0, 1, 2 … of the program; `ignore` is /dev/null. It gets no other unless one is inheritable. */
  readonly stdio: readonly (number | 'ignore')[];
}

/**
 * Pid of the program, which runs in our directory and process group with every signal as it is by default; our child, to be reaped by `waitChild`. Error: KernelError (ENOENT, EACCES, EMFILE …); then
 * nothing was started.
 */
export function startProgram({ path, name, args, env, stdio }: ProgramStart): number {
  const actions = Buffer.alloc(structureBytes);
  const attributes = Buffer.alloc(structureBytes);
  const pid = Buffer.alloc(4);
  const copies: number[] = [];
  const ensure = (error: number): void => {
    if (error !== 0) throw new KernelError('posix_spawn', error, path);
  };
  ensure(actionsInit.now(path, actions));
  ensure(attributesInit.now(path, attributes));
  try {
    for (const [as, source] of stdio.entries()) {
      if (source === 'ignore') {
        ensure(addOpen.now(path, actions, as, '/dev/null', O_RDWR, 0));
        continue;
      }
      // Beyond all targets: no target overwrites a descriptor that is yet to be given.
      const copy = fcntl(`descriptor ${source}`, source, F_DUPFD_CLOEXEC, stdio.length);
      copies.push(copy);
      ensure(addDup2.now(path, actions, copy, as));
    }
    // Node ignores SIGPIPE, and what is ignored would stay so in the program.
    ensure(setDefault.now(path, attributes, Buffer.alloc(signalSetBytes, 0xff)));
    ensure(setMask.now(path, attributes, Buffer.alloc(signalSetBytes)));
    ensure(setFlags.now(path, attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    const variables = Object.entries(env).flatMap(([variable, value]) =>
      value === undefined ? [] : [`${variable}=${value}`],
    );
    ensure(spawnCall.now(path, pid, path, actions, attributes, [name, ...args, null], [...variables, null]));
    return pid.readInt32LE(0);
  } finally {
    for (const copy of copies) closeSync(copy);
    actionsDestroy.now(path, actions);
    attributesDestroy.now(path, attributes);
  }
}
