import { expect } from 'chai';
import { buildCli, type Program } from '../../../src/cli/index.js';
import { defaultConfigPath } from '../../../src/cli/program.js';
import { createImageTools } from '../../../src/host/linux/index.js';
import { hasCode, RackError } from '../../../src/model/index.js';

/** The configuration that `doctor` opens with these words. */
async function configOf(...words: readonly string[]): Promise<string> {
  let opened = 'none';
  const program: Program = {
    version: '0',
    images: createImageTools(),
    openMachine: async (path) => {
      opened = path;
      throw new RackError('E_CONFIG', 'cannot use the configuration');
    },
    createLog: () => () => {},
    createProgress: () => () => {},
    now: () => 0,
  };
  await buildCli(program)
    .parseAsync(words, { from: 'user' })
    .catch((error: unknown) => {
      if (!hasCode(error, 'E_CONFIG')) throw error;
    });
  return opened;
}

describe('--config', () => {
  it('may stand before the command, after it, or nowhere', async () => {
    expect(await configOf('--config', '/x', 'doctor')).to.equal('/x');
    expect(await configOf('doctor', '--config', '/x')).to.equal('/x');
    expect(await configOf('doctor')).to.equal(defaultConfigPath);
  });
});
