import { expect } from 'chai';
import { execProcess } from '../../../src/host/linux/exec.js';

describe('the process of a command in a running service', () => {
  const own = {
    terminal: false,
    user: { uid: 33, gid: 33, additionalGids: [44] },
    cwd: '/srv',
    args: ['/usr/sbin/webd'],
    env: ['PATH=/usr/bin', 'NAME=of the service'],
    noNewPrivileges: true,
    capabilities: { effective: ['CAP_NET_BIND_SERVICE'] },
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1_024, hard: 4_096 }],
  };

  it("is the service's own but for the command", () => {
    const { args, ...rest } = execProcess(
      { process: own, root: { path: '/' } },
      ['id', '-u'],
      false,
    ) as typeof own;
    expect(args).to.deep.equal(['id', '-u']);
    const { args: _, ...same } = own;
    expect(rest).to.deep.equal(same);
  });

  it("has a terminal, and the caller's TERM, where one is asked for; the configuration stays as it was", () => {
    const before = structuredClone(own);
    const { TERM } = process.env;
    try {
      process.env.TERM = 'vt100';
      const made = execProcess({ process: own }, ['sh'], true);
      expect(made).to.deep.include({ terminal: true, env: [...own.env, 'TERM=vt100'] });
      delete process.env.TERM;
      expect(execProcess({ process: own }, ['sh'], true)).to.deep.include({
        env: [...own.env, 'TERM=xterm'],
      });
    } finally {
      if (TERM === undefined) delete process.env.TERM;
      else process.env.TERM = TERM;
    }
    expect(own).to.deep.equal(before);
  });

  it('is not made of what is no configuration', () => {
    for (const config of [
      null,
      'text',
      {},
      { process: null },
      { process: {} },
      { process: { env: 'PATH=/' } },
    ])
      expect(() => execProcess(config, ['sh'], false)).to.throw('config.json describes no process');
  });
});
