/** The seed's own server: builds the images of examples/hosting, starts everything and tells its story. Started by scripts/hosting.mjs, which sets the machine up first. */
import { perform } from '../stage/perform.js';
import { Hosting } from './hosting.js';
import { HostingStory } from './story.js';

await perform<Hosting>({
  name: 'hosting',
  prepare: (sandbox, screen) => Hosting.prepare(sandbox, (text) => screen.text(text)),
  tell: async (stage, hosting) => {
    const story = new HostingStory(stage, hosting);
    await story.install();
    await story.ask();
    await story.upgradeRails();
    await story.breakZone();
    await story.breakMail();
    await story.goBack();
  },
  tryNext: (hosting, rackops) => [
    `curl ${hosting.origin('rails-old')}/          # nginx and Puma; a browser can sign the book`,
    `curl ${hosting.origin('rails-new')}/          # Apache and Passenger`,
    `dig @127.0.0.1 -p ${hosting.namesPort} www.example.test`,
    `${rackops} exec database -- sh -c 'PGPASSWORD=$DATABASE_PASSWORD psql -h /var/share/postgresql guestbook guestbook -c "table entries"'`,
  ],
});
