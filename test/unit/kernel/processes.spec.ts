import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { processStat } from '../../../src/kernel/processes.js';

describe('what the kernel says of a process', () => {
  it('is its state, its parent and its group', () => {
    const seen = processStat(process.pid);
    expect(seen?.parent).to.equal(process.ppid);
    expect(seen?.state).to.match(/^[RS]$/);
    expect(seen?.group).to.be.greaterThan(0);
  });

  it('is read past a name that looks like the rest', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rackops-test-'));
    const program = join(directory, 'x) Z 1 1 (');
    symlinkSync('/bin/cat', program);
    const child = spawn(program, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      child.stdin.write('up\n');
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).to.equal('x) Z 1 1 (\n');
      expect(processStat(pid)).to.deep.include({ parent: process.pid, group: pid });
      expect(processStat(pid)?.state).not.to.equal('Z');
    } finally {
      child.stdin.end();
      await once(child, 'exit');
      rmSync(directory, { recursive: true });
    }
  });

  it('tells one that has ended and was not reaped', async () => {
    // The shell becomes cat, which reaps nobody.
    const child = spawn('/bin/sh', ['-c', 'sh -c "exit 0" & echo $!; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(child.stdout, 'data');
      const pid = Number(String(line));
      child.stdin.write('up\n');
      await once(child.stdout, 'data');
      const deadline = performance.now() + 5_000;
      while (processStat(pid)?.state !== 'Z' && performance.now() < deadline)
        await new Promise((resolve) => setImmediate(resolve));
      expect(processStat(pid)).to.deep.include({ state: 'Z', parent: child.pid });
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
    expect(processStat(child.pid ?? 0)).to.equal(null);
  });

  it('is nothing for a pid that nobody has', () => {
    expect(processStat(2 ** 30)).to.equal(null);
  });
});
