/**
 * Fetches one image in a process of its own, to be killed in the middle: `fetch-child.ts DIRECTORY URL FILE SHA256 [zsync [now]]`. Begins when told to, or `now`. What came of a difference goes to stderr.
 */
import { join } from 'node:path';
import { createImageStore } from '../../src/host/linux/image-store.js';
import { hostPath, layoutOf, openAccess } from '../../src/model/index.js';

const [directory = '', url = '', file = '', sha256 = '', delta, now] = process.argv.slice(2);
const path = (name: string) => hostPath(join(directory, name));
const layout = layoutOf({ root: path('racks'), state: path('state'), run: path('run') });
const access = { ...openAccess, insecure: true };
const store = createImageStore({
  layout,
  sources: [{ kind: 'http', urls: [url], access, delta: delta === 'zsync' ? delta : 'none', verify: null }],
});

async function fetchIt(): Promise<void> {
  await store.ensure({ file, sha256 }, () => {}, {
    signal: new AbortController().signal,
    aside: (work) => work(),
    present: null,
    onDelta: (outcome) => process.stderr.write(`${JSON.stringify(outcome)}\n`),
  });
}

function begin(): void {
  fetchIt().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message === 'go') begin();
});
if (now === 'now') begin();
else process.send?.('ready');
