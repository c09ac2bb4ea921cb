/**
 * The guest book as a visitor meets it: reads the page, signs it with the form's token and the cookie, reads it again. What is returned came from the database.
 */
import { httpGet } from '../sandbox/index.js';

export interface Page {
  /** "7.2.2" of "Rails 7.2.2". */
  readonly rails: string;
  /** Version of the application: "1.0". */
  readonly version: string;
  /** Texts of the entries, newest first. */
  readonly entries: readonly string[];
}

/** The page at `origin` (`http://127.0.0.1:8090`). Throws when it is not answered with 200. */
export async function readGuestbook(origin: string): Promise<Page> {
  const answer = await httpGet(`${origin}/`, 20_000);
  if (answer.status !== 200)
    throw new Error(
      `cannot read ${origin}/: ${answer.error ?? `status ${answer.status}`} ${answer.body.slice(0, 200)}`,
    );
  return pageOf(answer.body);
}

/** Signs as a browser does and returns the page that it is sent to. Throws when the server refuses. */
export async function signGuestbook(origin: string, text: string): Promise<Page> {
  const form = await fetch(`${origin}/`, { signal: AbortSignal.timeout(20_000) });
  const token = /name="authenticity_token" value="([^"]+)"/.exec(await form.text())?.[1];
  if (token === undefined) throw new Error(`cannot sign at ${origin}: its page has no form`);
  const cookies = form.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const signed = await fetch(`${origin}/entries`, {
    method: 'POST',
    headers: { cookie: cookies.join('; ') },
    body: new URLSearchParams({ authenticity_token: token, text }),
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  });
  if (signed.status !== 302) throw new Error(`cannot sign at ${origin}: status ${signed.status}`);
  return readGuestbook(origin);
}

/** Pure. */
export function pageOf(html: string): Page {
  const [, version = '', rails = ''] = /<p>guestbook (\S+), Rails (\S+), Ruby/.exec(html) ?? [];
  const entries = [...html.matchAll(/<li>(.*?) <small>/g)].map(([, text = '']) => text);
  return { rails, version, entries };
}
