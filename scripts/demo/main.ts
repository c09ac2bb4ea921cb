/** The demo: the main job of rackops on real input. Started by scripts/demo.mjs, which sets the machine up first. */
import { buildNginxImage, buildTinyImage } from '../images/index.js';
import { freePort, type Sandbox } from '../sandbox/index.js';
import { perform } from '../stage/perform.js';
import type { Screen } from '../stage/screen.js';
import { type Cast, Story } from './story.js';

await perform<Cast>({
  name: 'demo',
  prepare: async (sandbox, screen) => {
    const cast = await makeCast(screen);
    putImages(sandbox, cast);
    return cast;
  },
  tell: async (stage, cast, keep) => {
    const story = new Story(stage, cast);
    await story.install();
    await story.moveTo2();
    await story.breakWith3();
    await story.mistake();
    await story.goBack();
    if (!keep) await story.remove();
  },
  tryNext: (cast, rackops) => [
    `curl http://127.0.0.1:${cast.webPort}/version`,
    `${rackops} logs webserver nginx -f`,
    `${rackops} shell webserver`,
    'kill -9 <a pid of status>       # and see it come back',
  ],
});

async function makeCast(screen: Screen): Promise<Cast> {
  const onBuild = (text: string) => screen.text(text);
  const webPort = await freePort(8080);
  const listen = `127.0.0.1:${webPort}`;
  return {
    webPort,
    notesPort: await freePort(),
    web: [
      await buildNginxImage('1.0', { listen, onBuild }),
      await buildNginxImage('2.0', { listen, onBuild }),
      await buildNginxImage('3.0', { listen, onBuild, fault: 'missing-include' }),
    ],
    notes: [await buildTinyImage('notes', '1.0'), await buildTinyImage('notes', '2.0')],
  };
}

function putImages(sandbox: Sandbox, cast: Cast): void {
  for (const image of [...cast.web, ...cast.notes]) sandbox.putImage(image);
}
