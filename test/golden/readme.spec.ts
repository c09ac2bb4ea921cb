/** What the README shows is what the program does: its definition is valid, and `plan` prints for it what stands there. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { DefinitionReader } from '../../src/definition/index.js';
import { planPass, resolveRack } from '../../src/planning/index.js';
import { plain, planText } from '../../src/report/index.js';
import { desiredState, observedWith, revisionOf, testEpochMs } from '../support/builders.js';
import { aReading } from '../support/definitions.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
  kind,
  text: text ?? '',
}));

describe('the README', () => {
  it('shows a valid definition and the plan for it', () => {
    const definition = blocks.find(({ kind }) => kind === 'yaml')?.text ?? '';
    const shown = blocks.find(({ text }) => text.includes('1 to install'))?.text;
    const set = new DefinitionReader().read(aReading({ 'racks/webserver.yaml': definition }, { host: null }));
    expect(set.problems).to.deep.equal([]);
    const racks = set.racks.map((rack) =>
      resolveRack(rack, {
        revision: revisionOf('first'),
        contentSha256: new Map(),
        onThisHost: new Set(['webserver']),
      }),
    );
    const { plan } = planPass({
      now: testEpochMs,
      desired: desiredState(racks),
      records: [],
      journals: [],
      observed: observedWith(),
      data: [],
      hostSuspended: false,
      prune: { maxPercent: 50, allowance: null },
    });
    expect(`${planText(plan, plain)}\n`).to.equal(shown);
  });

  it('names only npm scripts that there are', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    const named = [...readme.matchAll(/npm (?:run ([\w:]+)|(test))/g)].map(
      ([, run, test]) => run ?? test ?? '',
    );
    expect(Object.keys(scripts)).to.include.members(named);
  });
});
