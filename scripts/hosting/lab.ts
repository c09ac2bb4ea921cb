// throw-away
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { prepareExample } from '../examples.js';
import { Sandbox } from '../sandbox/index.js';
import { buildHostingImage } from './images.js';
import { readGuestbook, signGuestbook } from './guestbook.js';
import { addressesOf } from './names.js';
import { sendLetter } from './smtp.js';
const racks = process.argv.slice(2);
const directory = '/var/tmp/rackops-hl';
const sandbox = new Sandbox({ directory, host: { name: 'lab' } });
const secrets = join(directory, 'secrets'), share = join(directory, 'share'), sockets = join(share, 'postgresql');
mkdirSync(secrets, { mode: 0o700 }); mkdirSync(sockets, { recursive: true }); chownSync(sockets, 5432, 5432);
for (const name of ['guestbook-database', 'guestbook-cookies']) writeFileSync(join(secrets, name), randomBytes(32).toString('hex'), { mode: 0o600 });
const show = (r: any) => console.log(r.exitCode, r.stdout.slice(-3000), r.stderr.slice(-3000));
try {
  const ex = await prepareExample('hosting', { secrets, share }, (file) => racks.includes(file.split('-1.0')[0]!) ? buildHostingImage(file, () => {}) : Promise.resolve({ file, path: '', sha256: '0'.repeat(64) }));
  for (const i of ex.images) if (i.path) sandbox.putImage(i);
  const files = Object.fromEntries(Object.entries(ex.files).filter(([p]) => !p.startsWith('racks/') || racks.includes(p.slice(6, -5))));
  sandbox.commit(files, 'x');
  const t = Date.now();
  show(await sandbox.rackops(['sync'], { timeoutMs: 300000 }));
  console.log('sync took', Date.now() - t);
  show(await sandbox.rackops(['status']));
  for (const r of racks) show(await sandbox.rackops(['logs', r]));
  const o = (p: number) => ex.ports.get(p)!;
  const ask = async (what: string, f: () => Promise<unknown>) => console.log(what, await f().catch((e) => String(e)));
  if (racks.includes('rails-old')) { await ask('old', () => signGuestbook(`http://127.0.0.1:${o(8090)}`, 'from old')); }
  if (racks.includes('rails-new')) { await ask('new', () => signGuestbook(`http://127.0.0.1:${o(8093)}`, 'from new')); }
  if (racks.includes('names')) await ask('dns', () => addressesOf(o(8094), 'www.example.test'));
  if (racks.includes('mail')) { await ask('mail', () => sendLetter(o(8095), { from: 'a@example.org', to: 'info@example.test', subject: 'hi', lines: ['.hello'] })); }
  if (process.env.LAB) { const out = execFileSync('sh', ['-c', process.env.LAB], { env: { ...process.env, D: directory, R: `node /work/wt/hosting/dist/main.js --config ${sandbox.config}` }, encoding: 'utf8' }); console.log(out); }
  for (const r of racks) show(await sandbox.rackops(['logs', r]));
} finally {
  console.log(await sandbox.removeRacks().catch(String));
  await sandbox.destroy().catch((e) => console.log(String(e)));
  rmSync(directory, { recursive: true, force: true });
}
