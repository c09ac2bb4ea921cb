import { expect } from 'chai';
import { buildCli, type Program } from '../../../src/cli/index.js';
import { defaultConfigPath } from '../../../src/cli/program.js';
import { createImageTools } from '../../../src/host/linux/index.js';
import { hasCode, RackError } from '../../../src/model/index.js';

/** Opens nothing: `onOpen` is told which configuration it was to be. */
function program(onOpen: (path: string) => void): Program {
  return {
    version: '0',
    images: createImageTools(),
    openMachine: async (path) => {
      onOpen(path);
      throw new RackError('E_CONFIG', 'cannot use the configuration');
    },
    pushImage: async () => {
      throw new RackError('E_IMAGE_FETCH', 'cannot push');
    },
    createLog: () => () => {},
    createProgress: () => () => {},
    now: () => 0,
  };
}

/** The configuration that `doctor` opens with these words. */
async function configOf(...words: readonly string[]): Promise<string> {
  let opened = 'none';
  await buildCli(
    program((path) => {
      opened = path;
    }),
  )
    .parseAsync(words, { from: 'user' })
    .catch((error: unknown) => {
      if (!hasCode(error, 'E_CONFIG')) throw error;
    });
  return opened;
}

/** Which registry `image push` would have asked, or the code of its refusal. */
async function pushedTo(...words: readonly string[]): Promise<string> {
  let asked = 'nobody';
  await buildCli({
    ...program(() => {}),
    pushImage: async ({ registry }) => {
      asked = registry.host;
      throw new RackError('E_IMAGE_FETCH', 'cannot push');
    },
  })
    .parseAsync(['image', 'push', 'web-1.0.iso', '--to', ...words], { from: 'user' })
    .catch((error: unknown) => {
      if (hasCode(error, 'E_URL_INSECURE')) asked = error.code;
      else if (!hasCode(error, 'E_IMAGE_FETCH')) throw error;
    });
  return asked;
}

describe('image push --insecure', () => {
  it('sends credentials to no other machine, and asks without them', async () => {
    const open = ['--insecure', '--token-file', '/x'];
    expect(await pushedTo('registry.example:5000/web:1', ...open)).to.equal('E_URL_INSECURE');
    expect(await pushedTo('registry.example:5000/web:1', '--insecure')).to.equal('registry.example:5000');
    expect(await pushedTo('127.0.0.1:5000/web:1', ...open)).to.equal('127.0.0.1:5000');
  });
});

describe('--config', () => {
  it('may stand before the command, after it, or nowhere', async () => {
    expect(await configOf('--config', '/x', 'doctor')).to.equal('/x');
    expect(await configOf('doctor', '--config', '/x')).to.equal('/x');
    expect(await configOf('doctor')).to.equal(defaultConfigPath);
  });
});
