/** The commands around sync: what each prints, with which exit code, and that `--json` is one document everywhere. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { mainProgram } from '../../scripts/sandbox/program.js';
import { tinyImage } from '../support/images.js';
import { footprintOf, tinyRack } from '../support/racks.js';
import { eventually, freePort, Rig } from '../support/rig.js';

describe('commands', function () {
  this.timeout(60_000);
  let rig: Rig;
  let image: { file: string; sha256: string };
  const talk = 'trap "exit 0" TERM; n=0; while :; do n=$((n+1)); echo "line $n"; sleep 0.2 & wait $!; done';

  before(async () => {
    rig = await Rig.create();
    image = rig.putImage(await tinyImage('tiny', '1.0'));
    const port = await freePort();
    rig.commit(
      {
        'racks/web.yaml': tinyRack('web', image, { port }),
        'racks/talker.yaml': tinyRack('talker', image, { command: ['sh', '-c', talk] }),
      },
      'two racks',
    );
    await rig.sync(0);
  });
  after(() => rig.dispose());

  for (const args of [
    ['status'],
    ['plan'],
    ['sync'],
    ['history'],
    ['history', 'web'],
    ['why', 'web'],
    ['logs', 'talker'],
    ['validate', '.'],
    ['suspend', 'web'],
    ['resume', 'web'],
    ['retry', 'web'],
    ['snapshot', 'list', 'web'],
    ['doctor'],
  ]) {
    it(`prints exactly one document for: ${args.join(' ')} --json`, async () => {
      const result = await rig.rackops(args, { json: true, cwd: rig.repository.work });
      expect(result.exitCode, result.stderr).to.equal(0);
      expect(result.json, result.stdout).to.be.an('object');
    });
  }

  it('prints one document for an error too', async () => {
    const result = await rig.rackops(['why', 'nobody'], { json: true });
    expect(result.exitCode).to.equal(1);
    expect(result.json).to.have.nested.property('error.code', 'E_UNKNOWN_RACK');
  });

  it('takes --json before the command as well', async () => {
    const result = await rig.rackops(['--json', 'status']);
    expect(JSON.parse(result.stdout)).to.have.property('apiVersion', 'rackops/v1');
  });

  for (const args of [
    [],
    ['nonsense'],
    ['sync', '--allow-prune', 'many'],
    ['sync', '--lock-timeout', 'soon'],
    ['history', '--limit', '-1'],
    ['exec', 'web'],
    ['retry'],
    ['status', '--no-such-flag'],
  ]) {
    it(`ends with 64 for wrong use: rackops ${args.join(' ')}`, async () => {
      expect((await rig.rackops(args)).exitCode).to.equal(64);
    });
  }

  it('passes the exit code, the output and the arguments of a command in a rack', async () => {
    const failed = await rig.rackops([
      'exec',
      'web',
      '--',
      'sh',
      '-c',
      'echo "$1"; exit 7',
      'sh',
      '--json -x',
    ]);
    expect(failed.exitCode).to.equal(7);
    expect(failed.stdout).to.equal('--json -x\n');
    expect((await rig.rackops(['exec', 'web', 'true'])).exitCode).to.equal(0);
  });

  it('says that a rack does not exist', async () => {
    for (const args of [
      ['exec', 'nobody', '--', 'true'],
      ['logs', 'nobody'],
      ['why', 'nobody'],
      ['suspend', 'nobody'],
      ['retry', 'nobody'],
      ['purge', 'nobody'],
    ]) {
      const result = await rig.rackops(args);
      expect(result.exitCode, args.join(' ')).to.equal(1);
      expect(result.stderr, args.join(' ')).to.contain('"nobody"');
    }
  });

  it('refuses to purge a rack that is installed', async () => {
    const result = await rig.rackops(['purge', 'web']);
    expect(result.exitCode).to.equal(1);
    expect(result.stderr).to.contain('E_NOT_REMOVED');
  });

  it('shows the last lines of a service, and follows them until interrupted', async () => {
    const last = await rig.rackops(['logs', 'talker', '-n', '2']);
    expect(last.stdout.trim().split('\n')).to.have.length(2);
    const child = spawn(
      process.execPath,
      [mainProgram, '--config', rig.config, 'logs', 'talker', 'main', '-f', '-n', '1'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await eventually('more lines', async () => text.split('\n').length > 4);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).to.equal(0);
    const numbers = [...text.matchAll(/line (\d+)/g)].map((found) => Number(found[1]));
    expect(numbers, 'no line lost, none twice').to.deep.equal(
      numbers.map((_, index) => (numbers[0] ?? 0) + index),
    );
  });

  it('shows the status again and again with -w', async () => {
    const child = spawn(process.execPath, [mainProgram, '--config', rig.config, 'status', '-w'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await eventually('two tables', async () => text.split('CONDITION').length > 2);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).to.equal(0);
  });

  it('ends quietly when its reader goes away', () => {
    const command = `"${process.execPath}" "${mainProgram}" --config "${rig.config}" history | head -n 1`;
    const text = execFileSync('sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' });
    expect(text.trim().split('\n')).to.have.length(1);
  });

  it('does nothing to a suspended rack, and catches up after resume', async () => {
    await rig.rackops(['suspend', 'web']);
    const before = await footprintOf(rig, 'web');
    const port = await freePort();
    rig.commit({ 'racks/web.yaml': tinyRack('web', image, { port }) }, 'another port');
    await rig.sync(0);
    expect(await rig.rack('web')).to.include({ condition: 'Suspended', generation: 1 });
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    await rig.rackops(['resume', 'web']);
    await rig.sync(0);
    expect(await rig.rack('web')).to.include({ condition: 'Ready', generation: 2 });
  });

  it('ends with 4 when everything is suspended', async () => {
    await rig.rackops(['suspend']);
    await rig.sync(4);
    await rig.rackops(['resume']);
    await rig.sync(0);
  });

  it('tells the story of a rack', async () => {
    const history = await rig.rackops(['history', 'web']);
    expect(history.stdout).to.contain('installed').and.contain('swapped').and.contain('suspended');
    const why = await rig.rackops(['why', 'web']);
    expect(why.stdout).to.contain('Ready');
  });
});
