/**
 * The floors of src/: which folder may import which, where each outside package lives, and what the pure floors may not do.
 * Data with the reason beside each rule: a failing test prints it.
 */

export interface Floor {
  /** Folders below src/ that it may import, besides itself. */
  readonly may: readonly string[];
  readonly why: string;
}

const pure = ['lib', 'model'];
const ports = [...pure, 'host', 'source', 'store', 'telemetry'];
const belowReconciler = [...ports, 'definition', 'planning', 'report', 'images', 'probes', 'apply'];
const belowAgent = [...belowReconciler, 'reconciler'];

export const floors: Readonly<Record<string, Floor>> = {
  lib: { may: [], why: 'lib knows nothing of racks, so that it can be used anywhere' },
  model: { may: ['lib'], why: 'the vocabulary depends on nobody, so that everybody can depend on it' },
  definition: { may: pure, why: 'text to definitions is pure: it takes contents, never paths to open' },
  planning: { may: pure, why: 'deciding never touches the host: a plan can be tested with values alone' },
  report: { may: pure, why: 'rendering is pure: it gets values and returns text' },
  kernel: { may: pure, why: 'system calls know nothing of what they are used for' },
  host: {
    may: [...pure, 'kernel'],
    why: 'the ports to the machine are used by what is above, and know nothing of it',
  },
  source: { may: pure, why: 'the Git mirror stands alone: nothing else may need Git to run' },
  store: { may: [...pure, 'kernel'], why: 'what is remembered does not depend on who remembers it' },
  telemetry: { may: pure, why: 'one sink for events; lower floors get an emit function, never a logger' },
  images: { may: [...pure, 'host'], why: 'images are built and checked through the host ports' },
  probes: { may: [...pure, 'host'], why: 'checks run through the host ports; counting them is pure' },
  apply: {
    may: [...ports, 'images', 'probes'],
    why: 'acting never decides: apply and planning meet only in the Step type of model, so a saved plan can be executed',
  },
  reconciler: { may: belowReconciler, why: 'the one place that joins definition, planning and apply' },
  agent: { may: belowAgent, why: 'says when a pass runs, not what it does' },
  http: {
    may: [...pure, 'report', 'store', 'telemetry'],
    why: 'read-only views; "sync now" goes through a port, not the agent',
  },
  cli: { may: [...belowAgent, 'agent', 'http'], why: 'commands parse, call, render and choose an exit code' },
  keeper: {
    may: [...pure, 'kernel'],
    why: 'the keeper is a program of its own: an upgrade of the agent must leave it alone',
  },
};

/** Where the one user of each outside package is: a folder below src/. */
export const packageHomes: Readonly<Record<string, string>> = {
  yaml: 'definition',
  ajv: 'definition',
  'simple-git': 'source',
  execa: 'host',
  'node-cron': 'agent',
  pino: 'telemetry',
  koffi: 'kernel',
  commander: 'cli',
  fastify: 'http',
  'prom-client': 'telemetry',
};

/** Folders whose result depends on their arguments alone. */
export const pureFolders: readonly string[] = ['lib', 'model', 'definition', 'planning', 'report'];

/** Node's own modules that have no effect and no hidden input. */
export const pureNodeModules: readonly string[] = [
  'node:crypto',
  'node:path',
  'node:path/posix',
  'node:url',
  'node:util',
];

/** Names that reach the clock, chance, the process or the network without an import. */
export const effectGlobals: readonly string[] = [
  'Date.now',
  'Math.random',
  'console',
  'crypto.randomUUID',
  'fetch',
  'performance',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

/** Pure functions of Node modules that otherwise have effects. */
export const pureNodeFunctions: Readonly<Record<string, readonly string[]>> = {
  'node:net': ['isIP', 'isIPv4', 'isIPv6'],
};

/**
 * Folders that may read /proc: everything else asks a port. `source` is here because simple-git starts the git processes: only their entries in /proc
 * tell which helpers (ssh, remote-https) have to be ended with them.
 */
export const procReaders: readonly string[] = ['host', 'keeper', 'kernel', 'source'];
