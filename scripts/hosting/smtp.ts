/**
 * One SMTP session as a mail client has it (RFC 5321): greeting, sender, recipient, message, goodbye. No TLS, no pipelining: a question, its answer, the next.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Lines of the body. */
  readonly lines: readonly string[];
}

/** Hands the letter over to the server at 127.0.0.1; returns its last word on it ("250 2.0.0 Ok: queued as …"). Throws what a refusing server says. */
export async function sendLetter(port: number, letter: Letter, timeoutMs = 15_000): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer for ${timeoutMs} ms`)));
  try {
    const lines = createInterface({ input: socket });
    const answers = lines[Symbol.asyncIterator]();
    let fault = 'the server hung up';
    socket.once('error', (error) => {
      fault = error.message;
    });
    // readline hears of an orderly end only.
    socket.once('close', () => lines.close());
    const expect = async (code: string): Promise<string> => {
      for (;;) {
        const { value, done } = await answers.next();
        const line = done ? fault : String(value);
        if (!line.startsWith(code)) throw new Error(`cannot hand over the letter: ${line}`);
        // "250-…" has more lines to come.
        if (line[3] !== '-') return line;
      }
    };
    const say = (line: string, code: string): Promise<string> => {
      socket.write(`${line}\r\n`);
      return expect(code);
    };
    await expect('220');
    await say('EHLO client.example.test', '250');
    await say(`MAIL FROM:<${letter.from}>`, '250');
    await say(`RCPT TO:<${letter.to}>`, '250');
    await say('DATA', '354');
    const accepted = await say(messageOf(letter), '250');
    await say('QUIT', '221');
    return accepted;
  } finally {
    socket.destroy();
  }
}

/** The message with its final dot. Pure. */
export function messageOf(letter: Letter): string {
  const header = [`From: <${letter.from}>`, `To: <${letter.to}>`, `Subject: ${letter.subject}`, ''];
  // A dot at the start of a line is doubled, because a line that is a dot ends the message.
  const body = letter.lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  return [...header, ...body, '.'].join('\r\n');
}
