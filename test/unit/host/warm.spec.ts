import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { executables, warmFromRunning } from '../../../src/host/linux/warm.js';

const maps = `\
5581e0400000-5581e0420000 r--p 00000000 00:2f 1234                       /usr/sbin/nginx
5581e0420000-5581e0500000 r-xp 00020000 00:2f 1234                       /usr/sbin/nginx
7f12a0000000-7f12a0200000 r-xp 00000000 00:2f 88                         /usr/lib/a library.so
7f12a1000000-7f12a1200000 r-xp 00000000 00:2f 89                         /usr/lib/old.so (deleted)
7f12a2000000-7f12a2200000 rw-p 00000000 00:00 0 
7ffd1c000000-7ffd1c021000 rw-p 00000000 00:00 0                          [stack]
7ffd1c1f0000-7ffd1c1f2000 r-xp 00000000 00:00 0                          [vdso]
`;

describe('what a running version has in memory', () => {
  it('is each file that it executes from, once, and nothing that is no file or gone', () => {
    expect(executables(maps)).to.deep.equal(['/usr/sbin/nginx', '/usr/lib/a library.so']);
  });

  it('is nothing for a process that is gone', () => {
    expect(executables('')).to.deep.equal([]);
  });
});

describe('reading what a running version has in memory', () => {
  let root: string;
  const self = new Set([process.pid]);
  /** At the path of the program that runs this test, which is what it executes from. */
  const place = (): string => join(root, process.execPath);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rackops-warm-'));
    mkdirSync(dirname(place()), { recursive: true });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('waits for nobody where the new version has a pipe', async () => {
    execFileSync('mkfifo', [place()]);
    const late = sleep(2_000, 'late', { ref: false });
    expect(await Promise.race([warmFromRunning(root, self).then(() => 'read'), late])).to.equal('read');
  });
});
