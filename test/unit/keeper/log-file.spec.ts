import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { endOfLog, followLines, lastLines } from '../../../src/host/linux/logs.js';
import { LogFile } from '../../../src/keeper/log-file.js';
import { hostPath, layoutOf, serviceLogPath } from '../../../src/model/index.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('service logs', () => {
  let directory: string;
  const layout = () => {
    const state = hostPath(directory);
    return layoutOf({ root: state, state, run: state });
  };
  const logFile = (maxBytes: number) => new LogFile(serviceLogPath(layout(), 'web', 'main'), maxBytes, 3);

  beforeEach(async () => {
    directory = scratchDirectory();
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('are rotated by size, three kept, and read as one', async () => {
    const file = logFile(100);
    for (let n = 0; n < 60; n++) {
      file.append(Buffer.from(`line ${n}\n`));
      if (n % 5 === 4) await file.close();
    }
    await file.close();
    const names = await readdir(path.join(directory, 'logs/web'));
    expect(names.sort()).to.deep.equal(['main.log', 'main.log.1', 'main.log.2']);
    const lines = await lastLines(layout(), 'web', 'main', 15);
    expect(lines).to.deep.equal(Array.from({ length: 15 }, (_, n) => `line ${45 + n}`));
    for (const name of names) {
      expect((await readFile(path.join(directory, 'logs/web', name))).length).to.be.at.most(100);
    }
  });

  it('are shown with control characters escaped, and kept as they came', async () => {
    const file = logFile(1_000);
    file.append(Buffer.from('\u001b[2Jgone\n'));
    await file.close();
    expect(await lastLines(layout(), 'web', 'main', 5)).to.deep.equal(['\\x1b[2Jgone']);
    expect(await readFile(serviceLogPath(layout(), 'web', 'main'), 'utf8')).to.equal('\u001b[2Jgone\n');
  });

  it('have no last lines before the first', async () => {
    expect(await lastLines(layout(), 'web', 'main', 5)).to.deep.equal([]);
  });

  it('end where they ended at a moment, whatever was written or rotated since', async () => {
    const file = logFile(30);
    const write = async (text: string): Promise<void> => {
      file.append(Buffer.from(`${text}\n`));
      await file.close();
    };
    await write('one');
    await write('two');
    const end = await endOfLog(layout(), 'web', 'main');
    const before = () => lastLines(layout(), 'web', 'main', 5, end);
    await write('three');
    expect(await before()).to.deep.equal(['one', 'two']);
    await write('fills the file with its length');
    expect(await readdir(path.join(directory, 'logs/web'))).to.have.length(2);
    expect(await before()).to.deep.equal(['one', 'two']);
  });

  it('are followed over a rotation without losing a line', async () => {
    const file = logFile(50);
    file.append(Buffer.from('before\n'));
    await file.close();
    const seen: string[] = [];
    const stop = new AbortController();
    let next: () => void = () => {};
    const begin = await endOfLog(layout(), 'web', 'main');
    const follow = followLines(
      layout(),
      'web',
      'main',
      begin,
      (line) => {
        seen.push(line);
        next();
      },
      stop.signal,
    );
    const arrived = async (count: number): Promise<void> => {
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          next = resolve;
        });
      }
    };
    for (let n = 0; n < 10; n++) {
      file.append(Buffer.from(`line ${n}\n`));
      await file.close();
      if (n % 3 === 2) await arrived(n + 1);
    }
    await arrived(10);
    stop.abort();
    await follow;
    expect(seen).to.deep.equal(Array.from({ length: 10 }, (_, n) => `line ${n}`));
  });
});
