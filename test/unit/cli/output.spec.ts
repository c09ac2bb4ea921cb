import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { harmless } from '../../../src/cli/output.js';
import { problemLine } from '../../../src/model/index.js';

describe('What is printed', () => {
  it('shows control characters of names, and leaves line ends, tabs and our colours', () => {
    const line = problemLine({
      code: 'E_NAME',
      severity: 'error',
      file: 'racks/\u001b]0;owned\u0007\u009b2J.yaml',
      line: 1,
      column: 1,
      pointer: '',
      message: 'wrong\u001b[2J',
      hint: 'correct\rit',
    });
    expect(harmless(`\u001b[31m${line}\u001b[0m\n\tnext\n`)).to.equal(
      '\u001b[31mracks/\\x1b]0;owned\\x07\\x9b2J.yaml:1:1 E_NAME /: wrong\\x1b[2J - correct\\x0dit\u001b[0m\n\tnext\n',
    );
  });

  it('may lose its reader: the work goes on, and what only watches is told', async function () {
    this.timeout(20_000);
    const output = fileURLToPath(new URL('../../../src/cli/output.ts', import.meta.url));
    const script = `
      import { printNote, printResult, tolerateClosedOutput, watchSignal } from ${JSON.stringify(output)};
      tolerateClosedOutput();
      const stop = watchSignal();
      const gone = new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
      const timer = setInterval(() => printResult('x'.repeat(1_000)), 5);
      await gone;
      clearInterval(timer);
      printResult('into the void');
      printNote('done');
      process.exitCode = 7;
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let notes = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      notes += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [exitCode]: unknown[] = await once(child, 'close');
    expect(exitCode, notes).to.equal(7);
    expect(notes).to.equal('done\n');
  });
});
