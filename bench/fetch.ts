/**
 * What fetching and verifying an image costs beside `curl` and `sha256sum` on the same file: one server on loopback, in a process of its own, asked by both in turn.
 * Usage: npm run bench -- fetch [MB] [--rounds=5] [--json]; default 256 MB.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDirectories } from '../src/host/linux/directories.js';
import { createImageStore } from '../src/host/linux/image-store.js';
import { hostPath, layoutOf, openAccess } from '../src/model/index.js';
import { CleanUp } from './support/clean-up.js';
import { deltaRows } from './support/delta.js';
import { parseOptions } from './support/options.js';
import { run } from './support/run.js';
import { median, type Row, report } from './support/table.js';

const options = parseOptions(process.argv.slice(2), ['rounds']);
const megabytes = options.counts[0] ?? 256;
const rounds = Number(options.value('rounds') ?? '5');
const cleanUp = new CleanUp();

try {
  const directory = await mkdtemp('/var/tmp/rackops-bench-');
  cleanUp.add(() => rm(directory, { recursive: true, force: true }));
  const server = fork(
    fileURLToPath(new URL('./support/fetch-server.ts', import.meta.url)),
    [join(directory, 'image'), String(megabytes)],
    { execArgv: ['--import', 'tsx'] },
  );
  cleanUp.add(async () => {
    server.kill('SIGKILL');
  });
  const [{ port, sha256 }] = (await once(server, 'message')) as [{ port: number; sha256: string }];
  const url = `http://127.0.0.1:${port}/web-1.0.iso`;
  const layout = layoutOf({
    root: hostPath(join(directory, 'racks')),
    state: hostPath(join(directory, 'state')),
    run: hostPath(join(directory, 'run')),
  });
  await ensureDirectories(layout);

  /** ms. A new store each time: nothing is remembered of the round before. */
  const ours = async (): Promise<number> => {
    const store = createImageStore({
      layout,
      sources: [
        {
          kind: 'http',
          urls: [`http://127.0.0.1:${port}`],
          access: { ...openAccess, insecure: true },
          delta: 'none',
          verify: null,
        },
      ],
    });
    const startedAt = performance.now();
    await store.ensure({ file: 'web-1.0.iso', sha256 }, () => {});
    const tookMs = performance.now() - startedAt;
    await rm(join(layout.iso, '.store'), { recursive: true });
    return tookMs;
  };
  const theirs = async (): Promise<{
    readonly curl: number;
    readonly sum: number;
    readonly sync: number;
  }> => {
    const path = join(directory, 'curl');
    const curl = await run('curl', ['--silent', '--fail', '--output', path, url]);
    const sum = await run('sha256sum', [path], { whole: true });
    if (!sum.stdout.startsWith(sha256)) throw new Error('curl brought other bytes');
    const sync = await run('sync', [path]);
    if ((await stat(path)).size === 0) throw new Error('curl brought nothing');
    await rm(path);
    return { curl: curl.tookMs, sum: sum.tookMs, sync: sync.tookMs };
  };

  const taken: { ours: number; theirs: number; synced: number }[] = [];
  // The first of each warms the server up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const oursFirst = round % 2 === 0;
    const early = oursFirst ? await ours() : null;
    const { curl, sum, sync } = await theirs();
    const tookMs = early ?? (await ours());
    if (round > 0) taken.push({ ours: tookMs, theirs: curl + sum, synced: curl + sum + sync });
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  const rate = (ms: number): number => megabytes / (ms / 1_000);
  const rows: Row[] = [
    {
      what: 'rackops: fetched, verified, on disk',
      value: median(taken.map((each) => rate(each.ours))),
      unit: 'MB/s',
      target: null,
    },
    {
      what: 'curl, then sha256sum',
      value: median(taken.map((each) => rate(each.theirs))),
      unit: 'MB/s',
      target: null,
      note: 'not on disk yet',
    },
    {
      what: 'curl, then sha256sum, then sync of the file',
      value: median(taken.map((each) => rate(each.synced))),
      unit: 'MB/s',
      target: null,
    },
    {
      what: 'rackops / curl and sha256sum',
      value: median(taken.map((each) => each.theirs / each.ours)),
      unit: 'times',
      target: { atLeast: 0.8 },
      note: 'throughput, median of the rounds',
    },
  ];
  const sections = [
    { title: `${megabytes} MB over loopback`, rows },
    { title: 'webserver 2.0 where 1.0 is, by zsync', rows: await deltaRows(directory, layout) },
  ];
  report('fetch', sections, options.json);
} finally {
  await cleanUp.run();
}
