/** A moment in a mount namespace of our own: nothing of it is seen by anybody else, and who was there is back where it was. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { inPrivateMounts, isChrooted } from '../../../src/kernel/private-mounts.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('private mounts', () => {
  const home = process.cwd();
  let directory: string;
  const at = (...names: readonly string[]): string => path.join(directory, ...names);

  beforeEach(() => {
    directory = scratchDirectory();
    mkdirSync(at('d/below'), { recursive: true });
    mkdirSync(at('other'));
    writeFileSync(at('d/file'), 'd');
    writeFileSync(at('other/file'), 'other');
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });

  const place = () => {
    const { dev, ino } = statSync('.');
    return {
      dev,
      ino,
      cwd: readlinkSync('/proc/thread-self/cwd'),
      root: readlinkSync('/proc/thread-self/root'),
    };
  };
  const namespace = (): string => readlinkSync('/proc/thread-self/ns/mnt');

  for (const following of [false, true]) {
    it(`leave working directory, root and namespace as they were${following ? ', also those that follow the host' : ''}`, () => {
      process.chdir(at('d/below'));
      const before = { ...place(), namespace: namespace() };
      const descriptors = readdirSync('/proc/self/fd').length;
      const seen = inPrivateMounts(
        ({ coverByEmpty, bindMount }) => {
          expect(namespace()).not.to.equal(before.namespace);
          bindMount(at('other'), at('d'));
          const text = readFileSync(at('d/file'), 'utf8');
          coverByEmpty(at('other'));
          return { text, names: readdirSync(at('other')) };
        },
        { following },
      );
      expect(seen).to.deep.equal({ text: 'other', names: [] });
      expect({ ...place(), namespace: namespace() }).to.deep.equal(before);
      expect(process.cwd()).to.equal(at('d/below'));
      expect(existsSync('../file')).to.equal(true);
      expect(readFileSync(at('d/file'), 'utf8')).to.equal('d');
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.to.contain(directory);
      expect(readdirSync('/proc/self/fd').length).to.equal(descriptors);
    });
  }

  it('leave them as they were when what is done there fails', () => {
    process.chdir(at('d'));
    const before = { ...place(), namespace: namespace() };
    const failing = () =>
      inPrivateMounts(({ coverByEmpty }) => {
        coverByEmpty(at('d'));
        process.chdir(at('other'));
        throw new Error('failed there');
      });
    expect(failing).to.throw('failed there');
    expect({ ...place(), namespace: namespace() }).to.deep.equal(before);
    expect(() => inPrivateMounts(({ coverByEmpty }) => coverByEmpty(at('nowhere')))).to.throw('ENOENT');
    expect({ ...place(), namespace: namespace() }).to.deep.equal(before);
  });

  it('leave a working directory that was deleted, too', () => {
    process.chdir(at('d/below'));
    rmdirSync(at('d/below'));
    const before = readlinkSync('/proc/thread-self/cwd');
    expect(before).to.contain('(deleted)');
    inPrivateMounts(() => {});
    expect(readlinkSync('/proc/thread-self/cwd')).to.equal(before);
  });

  it('tell a chroot from a root of its own, and leave working directory, root and namespace as they were', () => {
    const asked = `import('${home}/src/kernel/private-mounts.ts').then(({ isChrooted }) => console.log(isChrooted()))`;
    const program = `cd '${home}' && exec '${process.execPath}' --import tsx --eval "${asked}"`;
    const inNamespace = (script: string): string =>
      execFileSync('unshare', ['--mount', '--', 'sh', '-ec', script], { encoding: 'utf8' }).trim();
    mkdirSync(at('root'));
    // The same directories, by other mounts: nothing but the mount tells.
    const bind = `mount --rbind / '${at('root')}'; cd '${at('root')}'`;
    expect(inNamespace(`${bind}; exec chroot . sh -c "$(cat <<'END'\n${program}\nEND\n)"`)).to.equal('true');
    const pivot = `mkdir -p '${at('root')}${at('old')}'; pivot_root . '.${at('old')}'`;
    expect(
      inNamespace(`${bind}; ${pivot}; exec chroot . sh -c "$(cat <<'END'\n${program}\nEND\n)"`),
    ).to.equal('false');
    process.chdir(at('d/below'));
    const before = { ...place(), namespace: namespace() };
    expect(isChrooted()).to.equal(false);
    expect({ ...place(), namespace: namespace() }).to.deep.equal(before);
  });
});
