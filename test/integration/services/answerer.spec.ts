import { createServer } from 'node:net';
import { expect } from 'chai';
import { freePort } from '../../../scripts/sandbox/index.js';
import { createAnswererCheck } from '../../../src/host/linux/answerer.js';
import { listenOn } from '../../support/builders.js';
import { ServiceRig, sh, socketServer } from './support.js';

describe('who answers a probe', function () {
  this.timeout(30_000);
  let rig: ServiceRig;

  beforeEach(async () => {
    rig = await ServiceRig.create();
  });

  afterEach(async () => {
    await rig.dispose();
  });

  it('is the rack when one of its processes has the listening socket, else it is named', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const foreign = createAnswererCheck(rig.layout);
    const free = await freePort();
    try {
      const listen = [listenOn(`127.0.0.1:${free}`)];
      await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('x'), listen }]));
      await rig.start(rig.rack('db', [{ name: 'main', command: sh('exec sleep 100') }]));
      expect(foreign('web', '127.0.0.1', free)).to.equal(null);
      expect(foreign('web', '127.0.0.1', free)).to.equal(null);
      expect(foreign('web', '127.0.0.1', port)).to.contain(`pid ${process.pid}`);
      expect(foreign('db', '127.0.0.1', free)).to.not.equal(null);
      expect(foreign('db', '192.0.2.1', free)).to.equal(null);
      await rig.stop('web', 'main');
      expect(foreign('web', '127.0.0.1', free)).to.contain('node');
    } finally {
      server.close();
    }
  });
});
