/** What decides what runs as root is read only from a file that nobody but root can change. */
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfigFile } from '../../../src/host/linux/config-file.js';
import { type HostPath, hostPath } from '../../../src/model/index.js';
import { refusal } from '../../support/refusal.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('the configuration file', () => {
  let directory: string;
  let file: HostPath;

  beforeEach(async () => {
    directory = scratchDirectory();
    file = hostPath(join(directory, 'host.yaml'));
    writeFileSync(file, 'kind: Host\n', { mode: 0o644 });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('of root alone is read', async () => {
    expect(Buffer.from(await readConfigFile(file)).toString()).to.equal('kind: Host\n');
  });

  for (const mode of [0o666, 0o664]) {
    it(`that others can write (${mode.toString(8)}) is refused`, async () => {
      chmodSync(file, mode);
      await refusal(readConfigFile(file), 'E_CONFIG_PERM');
    });
  }

  it("that is another user's is refused, whatever its mode", async () => {
    chownSync(file, 33, 33);
    await refusal(readConfigFile(file), 'E_CONFIG_PERM');
  });

  it('that is not there is named', async () => {
    await refusal(readConfigFile(hostPath(join(directory, 'none.yaml'))), 'E_CONFIG');
  });
});
