/** Fetches one image in a process of its own, to be killed in the middle: `fetch-child.ts DIRECTORY URL FILE SHA256`. */
import { join } from 'node:path';
import { createImageStore } from '../../src/host/linux/image-store.js';
import { hostPath, layoutOf, openAccess } from '../../src/model/index.js';

const [directory = '', url = '', file = '', sha256 = ''] = process.argv.slice(2);
const path = (name: string) => hostPath(join(directory, name));
const layout = layoutOf({ root: path('racks'), state: path('state'), run: path('run') });
const access = { ...openAccess, insecure: true };
const store = createImageStore({
  layout,
  sources: [{ kind: 'http', urls: [url], access, delta: 'none', verify: null }],
});
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message !== 'go') return;
  store
    .ensure({ file, sha256 }, () => {})
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
});
process.send?.('ready');
