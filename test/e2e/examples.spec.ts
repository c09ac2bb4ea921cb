/**
 * Every folder of examples/ is run as it stands, by the built program on a host of its own: from nothing to Ready, and back to nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exampleNames, type PreparedExample, prepareExample } from '../../scripts/examples.js';
import { httpGet, Rig } from '../support/rig.js';

/** What a person would look at after each of them. Ports are the example's own. */
const looks: Readonly<Record<string, readonly { port: number; path: string; says: RegExp }[]>> = {
  quickstart: [{ port: 8080, path: '/version', says: /^1\.0$/ }],
  'two-services': [
    { port: 8081, path: '/up', says: /ok$/ },
    { port: 8082, path: '/up', says: /ok$/ },
  ],
  dependencies: [
    { port: 8083, path: '/up', says: /ok$/ },
    { port: 8084, path: '/up', says: /ok$/ },
  ],
  'files-and-secrets': [{ port: 8085, path: '/welcome.txt', says: /^Welcome/ }],
  'held-sockets': [{ port: 8088, path: '/version', says: /^1\.0$/ }],
  'shared-image': [
    { port: 8086, path: '/colour', says: /^blue$/ },
    { port: 8087, path: '/colour', says: /^green$/ },
  ],
};

describe('the example', function () {
  this.timeout(120_000);
  let rig: Rig;

  beforeEach(async () => {
    rig = await Rig.create();
    writeFileSync(join(rig.directory, 'secrets/guestbook-token'), 'a-secret-of-23-characters\n', {
      mode: 0o600,
    });
  });

  afterEach(function () {
    return rig.dispose({ force: this.currentTest?.state === 'failed' });
  });

  for (const name of exampleNames()) {
    it(`${name} gets from a commit to running racks`, async () => {
      const example = await prepare(name);
      await rig.sync();
      const status = await rig.status();
      expect(status.problems).to.deep.equal([]);
      expect(status.racks.map((rack) => `${rack.name} ${rack.condition}`)).to.deep.equal(
        Object.keys(example.files)
          .filter((path) => path.startsWith('racks/'))
          .map((path) => `${path.slice('racks/'.length, -'.yaml'.length)} Ready`)
          .sort(),
      );
      expect(looks[name], `looks of ${name}`).to.not.equal(undefined);
      for (const { port, path, says } of looks[name] ?? []) {
        const answer = await httpGet(`http://127.0.0.1:${example.ports.get(port)}${path}`);
        expect(answer.body.trim(), path).to.match(says);
      }
    });
  }

  it('files-and-secrets shows its secret in no log, no status and no record of the host', async () => {
    await prepare('files-and-secrets');
    await rig.sync();
    const logs = await rig.rackops(['logs', 'guestbook']);
    expect(logs.stdout).to.contain('with a token of 25 characters');
    const why = await rig.rackops(['why', 'guestbook'], { json: true });
    const status = await rig.rackops(['status'], { json: true });
    const kept = await rig.filesBelow(rig.state);
    for (const text of [logs.stdout, why.stdout, status.stdout, ...kept.map((file) => file.text)]) {
      expect(text).not.to.contain('a-secret-of-23');
    }
  });

  async function prepare(name: string): Promise<PreparedExample> {
    const share = join(rig.directory, 'share');
    mkdirSync(share, { recursive: true });
    const example = await prepareExample(name, { secrets: join(rig.directory, 'secrets'), share });
    for (const image of example.images) rig.putImage(image);
    rig.commit(example.files, name);
    return example;
  }
});
