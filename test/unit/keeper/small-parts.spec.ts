import { expect } from 'chai';
import { limited } from '../../../src/keeper/limited.js';
import { errorFields, parseRequest } from '../../../src/keeper/requests.js';
import { deleteArguments, runArguments } from '../../../src/keeper/runtime-command.js';
import { signalNumber, statusTakesSignal } from '../../../src/keeper/signals.js';
import { listeningInodes } from '../../../src/kernel/listener.js';
import { deferred } from '../../../src/lib/index.js';
import { cgroupRoot, RackError, rackOfContainer, runtimeReason } from '../../../src/model/index.js';

describe('taking signals', () => {
  const status =
    'Name:\tx\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001000\nSigCgt:\t0000000000004001\n';

  it('means to catch or to block them, not to ignore them', () => {
    expect(statusTakesSignal(status, 15)).to.equal(true);
    expect(statusTakesSignal(status, 1)).to.equal(true);
    expect(statusTakesSignal(status, 2)).to.equal(true);
    expect(statusTakesSignal(status, 13)).to.equal(false);
    expect(statusTakesSignal(status, 3)).to.equal(false);
    expect(statusTakesSignal('', 15)).to.equal(false);
  });

  it('knows them with and without SIG', () => {
    expect(signalNumber('TERM')).to.equal(15);
    expect(signalNumber('SIGQUIT')).to.equal(3);
    expect(signalNumber('NOPE')).to.equal(null);
  });
});

describe('runtime commands', () => {
  it('hand over descriptors only when there are some', () => {
    const run = { root: '/r', log: '/l', bundle: '/b', pidFile: '/p', id: 'web.main.1' };
    const common = [
      '--root',
      '/r',
      '--log',
      '/l',
      '--log-format',
      'json',
      'run',
      '--detach',
      '--pid-file',
      '/p',
    ];
    expect(runArguments({ ...run, fds: 0 })).to.deep.equal([...common, '--bundle', '/b', 'web.main.1']);
    expect(runArguments({ ...run, fds: 2 })).to.deep.equal([
      ...common,
      '--bundle',
      '/b',
      '--preserve-fds',
      '2',
      'web.main.1',
    ]);
    expect(deleteArguments('/r', 'web.main.1')).to.deep.equal([
      '--root',
      '/r',
      'delete',
      '--force',
      'web.main.1',
    ]);
  });

  it('give the reason of a failure in one line, without decoration', () => {
    const entry = (msg: string, level = 'error') => JSON.stringify({ level, msg, time: 'x' });
    const missing =
      'runc run failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory';
    expect(runtimeReason(`${entry('careful', 'warning')}\n${entry(missing)}\n`)).to.equal(
      '"/nope": no such file or directory',
    );
    expect(runtimeReason(entry('two\nlines'))).to.equal('two lines');
    expect(runtimeReason('no json')).to.equal(null);
  });
});

describe('requests', () => {
  it('are refused when they are none of the protocol', () => {
    expect(parseRequest('{"kind":"observe","id":1,"params":{}}')).to.not.equal(null);
    for (const line of ['', 'x', '[]', '{"kind":"format","id":1,"params":{}}', '{"kind":"observe"}']) {
      expect(parseRequest(line), line).to.equal(null);
    }
  });

  it('are answered with the code of what went wrong', () => {
    const error = new RackError('E_START', 'cannot start', {
      rack: 'web',
      hint: 'look',
      blame: 'definition',
    });
    expect(errorFields(error)).to.deep.equal({
      code: 'E_START',
      message: 'cannot start',
      blame: 'definition',
      hint: 'look',
      rack: 'web',
    });
    expect(errorFields(new Error('boom'))).to.include({ code: 'E_KEEPER' });
  });
});

describe('small parts of the keeper', () => {
  it('runs tasks in order, no more at once than allowed, also after a failure', async () => {
    const inTurn = limited(1);
    const first = deferred<void>();
    const seen: string[] = [];
    const failing = inTurn(async () => {
      await first.promise;
      seen.push('first');
      throw new Error('first');
    });
    const second = inTurn(async () => {
      seen.push('second');
    });
    first.resolve();
    await failing.catch(() => {});
    await second;
    expect(seen).to.deep.equal(['first', 'second']);
  });

  it('finds listening sockets of a port, and only listening ones', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:0050 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:1050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0`;
    expect(listeningInodes(table, 80)).to.deep.equal(['111']);
  });

  it('names cgroups by the run directory, and knows its own containers', () => {
    expect(cgroupRoot('/run/rackops')).to.equal('rackops');
    expect(cgroupRoot('/var/tmp/x/run')).to.match(/^rackops-[0-9a-f]{8}$/);
    expect(rackOfContainer('web.main.lx1a')).to.equal('web');
    expect(rackOfContainer('something')).to.equal(null);
  });
});
