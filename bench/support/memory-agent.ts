/**
 * A process with the reconciler on the memory host: applies everything, says 0, then makes one pass for each message and answers with what it took, ms.
 * Arguments: its directory, the repository. A store and a Git mirror are real; nothing of this machine is mounted or started.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryHost } from '../../src/host/memory/index.js';
import { type HostConfig, hostPath, plainDirectory, usualCapabilities } from '../../src/model/index.js';
import { DesiredReader, reconcileOnce } from '../../src/reconciler/index.js';
import { createMirror } from '../../src/source/index.js';
import { openStore } from '../../src/store/index.js';

const [directory = '', repository = ''] = process.argv.slice(2);
const path = (name: string) => hostPath(join(directory, name));
const url = { kind: 'local' as const, url: repository };
const auth = { kind: 'none' as const };
const config: HostConfig = {
  file: path('host.yaml'),
  name: 'bench',
  labels: {},
  repository: {
    url,
    branch: 'main',
    path: 'racks',
    poll: '* * * * * *',
    timeoutMs: 60_000,
    auth,
    verify: null,
  },
  root: path('racks'),
  state: path('state'),
  run: path('run'),
  images: { sources: [plainDirectory(path('iso'))], keep: 3, concurrent: 2, maxBytes: 1e9 },
  supervisor: 'auto',
  runtime: 'auto',
  allow: { mounts: [], capabilities: usualCapabilities, secrets: [] },
  prune: { maxPercent: 50 },
};
mkdirSync(config.run, { recursive: true });

const emit = () => {};
const { host, world } = createMemoryHost();
world.addImage({ file: 'bench-1.0.iso', sha256: 'b'.repeat(64) });
const source = createMirror({
  directory: path('state/mirror'),
  url,
  branch: 'main',
  auth,
  timeoutMs: 60_000,
  runDirectory: config.run,
  emit,
});
const deps = {
  config,
  host,
  store: await openStore({ directory: config.state, emit }),
  source,
  reader: new DesiredReader(source, config, { load: async () => null, save: async () => {} }, 'bench'),
  emit,
  signal: new AbortController().signal,
  sourceDigest: 'bench',
  agent: () => null,
  probed: () => new Map(),
};

async function pass(): Promise<number> {
  const startedAt = performance.now();
  const report = await reconcileOnce(deps, { trigger: 'bench', allowPrune: null, allowRewind: null });
  if (report.exitCode !== 0)
    throw new Error(`a pass ended with ${report.exitCode}: ${JSON.stringify(report.racks[0])}`);
  return performance.now() - startedAt;
}

process.on('message', () => {
  void pass().then((tookMs) => process.send?.(tookMs));
});
await pass();
process.send?.(0);
