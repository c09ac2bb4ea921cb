/** Serves one file of random bytes that begins as a squashfs does: `fetch-server.ts PATH MEGABYTES`. Tells its parent where, and the sha256. Ended by its parent. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const chunkBytes = 1_000_000;
const [path = '', megabytes = '256'] = process.argv.slice(2);
const bytes = Number(megabytes) * chunkBytes;

const file = await open(path, 'wx', 0o600);
const hash = createHash('sha256');
for (let at = 0; at < bytes; at += chunkBytes) {
  const chunk = randomBytes(chunkBytes);
  if (at === 0) {
    chunk.fill(0, 0, 96);
    chunk.write('hsqs', 0, 'latin1');
    chunk.writeUInt16LE(4, 28);
    chunk.writeBigUInt64LE(BigInt(bytes), 40);
  }
  hash.update(chunk);
  await file.write(chunk);
}
await file.close();

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-length': bytes });
  createReadStream(path, { highWaterMark: 1_048_576 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, sha256: hash.digest('hex') });
});
process.once('disconnect', () => process.exit(0));
