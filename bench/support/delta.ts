/** How much of a new image is downloaded when an older one is here and the server has a control file of zsync: the web server of the quick start, 1.0 and then 2.0, over loopback. */
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildNginxImage } from '../../scripts/images/index.js';
import type { DeltaOutcome } from '../../src/host/index.js';
import { createImageStore } from '../../src/host/linux/image-store.js';
import { type HttpSource, type Layout, openAccess } from '../../src/model/index.js';
import { run } from './run.js';
import type { Row } from './table.js';

/** `directory`: for the control file. `layout`: its directories are there, its store is empty before and after. */
export async function deltaRows(directory: string, layout: Layout): Promise<readonly Row[]> {
  const old = await buildNginxImage('1.0');
  const next = await buildNginxImage('2.0');
  const control = join(directory, 'control');
  await run('zsyncmake', ['-Z', '-o', control, next.path]);
  const files = new Map([
    [`/${old.file}`, old.path],
    [`/${next.file}`, next.path],
    [`/${next.file}.zsync`, control],
  ]);
  const server = await serve(files);
  try {
    const urls = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const access = { ...openAccess, insecure: true };
    const source: HttpSource = { kind: 'http', urls, access, delta: 'zsync', verify: null };
    const store = createImageStore({ layout, sources: [source] });
    await store.ensure(old, () => {});
    const told: DeltaOutcome[] = [];
    const startedAt = performance.now();
    await store.ensure(next, () => {}, {
      signal: new AbortController().signal,
      aside: (work) => work(),
      present: old,
      onDelta: (outcome) => told.push(outcome),
    });
    const tookMs = performance.now() - startedAt;
    const [outcome] = told;
    if (outcome?.kind !== 'fetched') throw new Error(`no delta: ${JSON.stringify(told)}`);
    const controlBytes = (await stat(control)).size;
    return [
      {
        what: 'bytes downloaded / bytes of the image',
        value: (outcome.fetchedBytes + controlBytes) / outcome.wholeBytes,
        unit: 'times',
        target: { atMost: 0.5 },
        note: `${outcome.fetchedBytes} of ${outcome.wholeBytes}, and a control file of ${controlBytes}`,
      },
      { what: 'until it was verified and on disk', value: tookMs, unit: 'ms', target: null },
    ];
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(join(layout.iso, '.store'), { recursive: true, force: true });
  }
}

async function serve(files: ReadonlyMap<string, string>): Promise<ReturnType<typeof createServer>> {
  const server = createServer(async ({ url = '', headers }, response) => {
    const path = files.get(url);
    if (path === undefined) return response.writeHead(404).end();
    const { size } = await stat(path);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const range = from === undefined ? null : { start: Number(from), end: Number(to) };
    if (range === null) response.writeHead(200, { 'content-length': size });
    else
      response.writeHead(206, {
        'content-range': `bytes ${range.start}-${range.end}/${size}`,
        'content-length': range.end - range.start + 1,
      });
    return createReadStream(path, range ?? {}).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
