/** What a service is promised, under each OCI runtime that works on this machine: the one that is chosen is never the only one that does it right. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../../scripts/sandbox/index.js';
import { createBundles } from '../../../src/host/linux/bundles.js';
import { captureInRack } from '../../../src/host/linux/exec.js';
import { withPreview } from '../../../src/host/linux/preview.js';
import { chooseRuntime } from '../../../src/host/linux/runtime.js';
import { cgroupPids, processStat } from '../../../src/kernel/index.js';
import { sha256Hex } from '../../../src/lib/index.js';
import { cgroupRoot, hostPath, rackPath, usualCapabilities } from '../../../src/model/index.js';
import { listenOn } from '../../support/builders.js';
import { scratchDirectory } from '../../support/scratch.js';
import { ask, eventually, isAlive, ServiceRig, sh, socketServer } from './support.js';

const working: string[] = [];
for (const name of ['crun', 'runc']) {
  const run = hostPath(scratchDirectory());
  const verdict = await chooseRuntime(name, { run });
  rmSync(run, { recursive: true });
  if ('problem' in verdict) console.log(`not tested on this machine: ${name}: ${verdict.problem}`);
  else working.push(name);
}

it('an OCI runtime works on this machine', () => {
  expect(working).not.to.deep.equal([]);
});

for (const name of working) {
  describe(`a service under ${name}`, function () {
    this.timeout(30_000);
    let rig: ServiceRig;
    const said = async (text: string): Promise<string> => {
      await eventually(`"${text}"`, async () => (await rig.output('web', 'main')).includes(text));
      return await rig.output('web', 'main');
    };
    const pids = (): readonly number[] => cgroupPids(cgroupRoot(rig.layout.run));
    const capture = async (script: string) =>
      await captureInRack(
        { layout: rig.layout, runtime: async () => rig.runtime, kept: () => rig.supervisor.kept() },
        'web',
        'main',
        sh(script),
        { timeoutMs: 10_000 },
      );

    beforeEach(async () => {
      rig = await ServiceRig.create(name);
      expect(path.basename(rig.runtime.path)).to.equal(name);
    });
    afterEach(async () => {
      await rig.dispose();
    });

    it('starts as PID 1 of its user, says what it says, and takes commands as its user', async () => {
      const env = { PATH: { value: '/usr/bin' }, NAME: { value: 'of the service' } };
      const command = sh('echo $$ $(id -u) $(hostname); echo bad >&2; exec sleep 100');
      await rig.start(rig.rack('web', [{ name: 'main', command, user: 'web', env }]));
      expect(await said('err bad')).to.match(/Z out 1 33 web$/m);
      const { exitCode, output } = await capture('id -u; id -G; echo $NAME; cat /proc/1/comm; exit 42');
      expect({ exitCode, output }).to.deep.equal({
        exitCode: 42,
        output: '33\n33 44\nof the service\nsleep\n',
      });
    });

    it('ends with the exit code or the signal that is reported', async () => {
      await rig.start(
        rig.rack('web', [
          { name: 'main', command: sh('exit 7') },
          { name: 'killed', command: sh('echo up; exec sleep 100') },
        ]),
      );
      await eventually('ended', async () => (await rig.service('web', 'main')).state === 'failed');
      expect((await rig.service('web', 'main')).lastExit).to.include({ code: 7, signal: null });
      process.kill(await rig.pidOf('web', 'killed'), 'SIGKILL');
      await eventually('killed', async () => (await rig.service('web', 'killed')).state === 'failed');
      expect((await rig.service('web', 'killed')).lastExit).to.deep.include({ code: null });
    });

    it('cannot write to its files, nor to a read-only mount', async () => {
      const [text, shared] = [new TextEncoder().encode('listen 80;\n'), path.join(rig.directory, 'shared')];
      mkdirSync(shared);
      writeFileSync(path.join(shared, 'page'), 'page\n');
      const bundles = createBundles({
        layout: rig.layout,
        preview: (tree, work) => withPreview(rig.layout, tree, work),
        allow: {
          mounts: [hostPath('/usr'), hostPath(shared)],
          secrets: [],
          capabilities: usualCapabilities,
        },
        blob: async () => text,
      });
      const script =
        'cat /etc/site.conf /tmp/page; for f in /etc/site.conf /tmp/page /tmp/new /usr/new /etc/own; do (echo x >$f) 2>/dev/null && echo wrote $f; done; echo end';
      const plain = rig.rack('web', [{ name: 'main', command: sh(script) }]);
      const source = { source: hostPath(shared), target: rackPath('/tmp'), readOnly: true };
      const rack = {
        ...plain,
        mounts: [...plain.mounts, { ...source, rehearse: 'readOnly' as const }],
        files: [{ path: rackPath('/etc/site.conf'), sha256: sha256Hex(text), mode: 0o666 }],
      };
      mkdirSync(path.join(rig.layout.active, 'web/etc'), { recursive: true });
      writeFileSync(path.join(rig.layout.active, 'web/etc/site.conf'), '');
      const [service] = rack.services;
      if (service === undefined) throw new Error('no service');
      await rig.start({ ...rack, services: [] });
      await rig.supervisor.start(await bundles.write(rack, service, 1));
      try {
        const output = await said('out end');
        expect(output).to.contain('out listen 80;').and.to.contain('out page');
        expect(output.match(/wrote \S+/g)).to.deep.equal(['wrote /etc/own']);
      } finally {
        await rig.stop('web', 'main');
      }
    });

    it('is stopped by its signal, which it may handle', async () => {
      const script = 'trap "echo bye; exit 3" USR1; echo up; while :; do sleep 0.05; done';
      await rig.start(rig.rack('web', [{ name: 'main', command: sh(script) }]));
      await said(' up');
      expect((await rig.stop('web', 'main', 'USR1')).how).to.equal('exited');
      expect(await said('ended: exit code 3')).to.contain('out bye');
      expect(pids()).to.deep.equal([]);
    });

    it('is killed with all that is in its cgroup, a command from outside too', async () => {
      const script =
        '(setsid sh -c "sleep 1000 & sleep 1001" &) ; trap ":" TERM; echo up; while :; do sleep 0.05; done';
      await rig.start(rig.rack('web', [{ name: 'main', command: sh(script) }]));
      await said(' up');
      expect((await capture('setsid sleep 1002 >/dev/null 2>&1 & echo started')).output).to.equal(
        'started\n',
      );
      const commandOf = (pid: number): string => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        } catch {
          return '';
        }
      };
      const sleepers = (): readonly number[] =>
        pids().filter((pid) => /^sleep 100[012] $/.test(commandOf(pid)));
      await eventually('three sleepers', () => sleepers().length === 3);
      const all = sleepers();
      expect((await rig.stop('web', 'main', 'TERM', 300)).how).to.equal('killed');
      expect(all.filter(isAlive)).to.deep.equal([]);
      expect(pids()).to.deep.equal([]);
    });

    it('has its sockets as LISTEN_FDS from fd 3 on, and its next version has the same', async () => {
      const address = { host: '127.0.0.1', port: await freePort() };
      const listen = [listenOn(`127.0.0.1:${address.port}`)];
      const server = (text: string) =>
        socketServer(`${text} fds=$ENV{LISTEN_FDS} pid=$ENV{LISTEN_PID} me=$$`);
      await rig.start(rig.rack('web', [{ name: 'main', command: server('one'), listen }]));
      expect(await ask(address)).to.equal('one fds=1 pid=1 me=1\n');
      await rig.stop('web', 'main');
      const waiting = ask(address);
      await rig.start(rig.rack('web', [{ name: 'main', command: server('two'), listen }]), 2);
      expect(await waiting).to.equal('two fds=1 pid=1 me=1\n');
    });

    it('leaves no zombie, however it ends', async () => {
      const keeper = async (): Promise<readonly number[]> => [await rig.keeperPid(), process.pid];
      const command = sh('(setsid sleep 0.05 &); exec sleep 100');
      for (const [generation, signal] of ['TERM', 'KILL', 'HUP'].entries()) {
        await rig.start(rig.rack('web', [{ name: 'main', command }]), generation + 1);
        expect((await capture('exit 0')).exitCode).to.equal(0);
        await rig.stop('web', 'main', signal, 300);
      }
      const parents = await keeper();
      const zombies = (): readonly number[] =>
        readdirSync('/proc')
          .map(Number)
          .filter((pid) => {
            const seen = pid > 0 ? processStat(pid) : null;
            return seen?.state === 'Z' && parents.includes(seen.parent);
          });
      await eventually('no zombie', () => zombies().length === 0);
      expect(pids()).to.deep.equal([]);
    });
  });

  describe(`the verdict on ${name}`, () => {
    let run: ReturnType<typeof hostPath>;
    const file = (): string => path.join(run, `runtime-${name}.json`);
    beforeEach(() => {
      run = hostPath(scratchDirectory());
    });
    afterEach(() => {
      rmSync(run, { recursive: true });
    });

    /** What is believed when the verdict is "does not work", with the identity as it is changed. */
    const believed = async (change: (words: string[]) => void): Promise<'kept' | 'tried anew'> => {
      await chooseRuntime(name, { run });
      const { identity } = JSON.parse(readFileSync(file(), 'utf8'));
      const words = identity.split(' ');
      change(words);
      const verdict = { problem: 'of another time' };
      writeFileSync(file(), JSON.stringify({ identity: words.join(' '), verdict }));
      const seen = await chooseRuntime(name, { run });
      if ('problem' in seen) expect(seen).to.deep.equal(verdict);
      else expect(JSON.parse(readFileSync(file(), 'utf8'))).to.deep.equal({ identity, verdict: seen });
      return 'problem' in seen ? 'kept' : 'tried anew';
    };

    it('is kept for this boot and this program', async () => {
      expect(await believed(() => {})).to.equal('kept');
      expect(statSync(file()).mode & 0o777).to.equal(0o600);
      expect(readdirSync(run)).to.deep.equal([path.basename(file())]);
    });

    it('is not believed when an older rackops tried something else', async () => {
      const older = (words: string[]): void => {
        words[0] = String(Number(words[0]) - 1);
      };
      expect(await believed(older)).to.equal('tried anew');
    });

    it('is not believed after a boot, nor for another file of the program, nor when it is damaged', async () => {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const other = (words: string[]): void => {
        expect(words[1]).to.equal(boot);
        words[1] = boot.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      };
      expect(await believed(other)).to.equal('tried anew');
      expect(await believed((words) => words.splice(-1, 1, '0'))).to.equal('tried anew');
      writeFileSync(file(), '{"identity":"2 ');
      expect(await chooseRuntime(name, { run })).to.have.property('name', name);
    });
  });
}
