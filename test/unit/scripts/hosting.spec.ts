/** What the hosting example's questions make of bytes; asking them is test/hosting's. */
import { expect } from 'chai';
import { pageOf } from '../../../scripts/hosting/guestbook.js';
import { messageOf } from '../../../scripts/hosting/smtp.js';

describe('a page of the guest book', () => {
  const page = `<p>guestbook 2.0, Rails 7.2.2.2, Ruby 3.3.8</p>
<ul>
  <li>second <small>(Rails 7.2.2.2)</small></li>
  <li>first <small>(Rails 6.0.3.7)</small></li>
</ul>`;

  it('says versions and entries', () => {
    expect(pageOf(page)).to.deep.equal({ version: '2.0', rails: '7.2.2.2', entries: ['second', 'first'] });
  });

  it('of something else says nothing', () => {
    expect(pageOf('<h1>It works!</h1>')).to.deep.equal({ version: '', rails: '', entries: [] });
  });
});

describe('a letter', () => {
  const letter = { from: 'a@example.org', to: 'b@example.test', subject: 'Hello' };

  it('has headers, an empty line, its text and a dot at the end', () => {
    expect(messageOf({ ...letter, lines: ['one', 'two'] }).split('\r\n')).to.deep.equal([
      'From: <a@example.org>',
      'To: <b@example.test>',
      'Subject: Hello',
      '',
      'one',
      'two',
      '.',
    ]);
  });

  it('is not ended by a dot in its text', () => {
    expect(messageOf({ ...letter, lines: ['.', '..'] })).to.match(/\r\n\.\.\r\n\.\.\.\r\n\.$/);
  });
});
