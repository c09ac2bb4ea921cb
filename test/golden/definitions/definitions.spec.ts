/** Golden problems: every case of `cases.ts` against its section of `expected.txt`. Regenerate with UPDATE_GOLDEN=1 and review the diff. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseHostConfig } from '../../../src/definition/index.js';
import { hostPath, problemLine } from '../../../src/model/index.js';
import { readDefinitions } from '../../support/definitions.js';
import { type DefinitionCase, definitionCases, type HostCase, hostCases } from './cases.js';

const file = new URL('expected.txt', import.meta.url);
const expected = sections(readFileSync(file, { encoding: 'utf8', flag: 'a+' }));
const found = new Map<string, string>();

function sections(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^## /m).slice(1);
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trim()]),
  );
}

function definitionText({ files, host = null, installed = [] }: DefinitionCase): string {
  const set = readDefinitions(files, { host, installed });
  return [
    ...set.problems.map(problemLine),
    `racks: ${set.racks.map((d) => d.rack.name).join(' ') || 'none'}; invalid: ${set.invalid.join(' ') || 'none'}${set.complete ? '' : '; absence proves nothing'}${set.folderMissing ? '; no folder' : ''}`,
  ].join('\n');
}

function hostText({ head = 'apiVersion: rackops/v1\nkind: Host\nname: web-01', yaml }: HostCase): string {
  const text = `${head}\n${yaml}\n`;
  const { config, problems } = parseHostConfig(
    new TextEncoder().encode(text),
    hostPath('/etc/rackops/host.yaml'),
  );
  const accepted = config === null ? 'refused' : 'accepted';
  return [...problems.map(problemLine), accepted].join('\n');
}

function check(title: string, text: string): void {
  expect(found.has(title), `two cases are called "${title}"`).to.equal(false);
  found.set(title, text);
  if (process.env.UPDATE_GOLDEN !== '1') expect(text).to.equal(expected.get(title));
}

describe('Wrong definitions', () => {
  for (const each of definitionCases) {
    const title = `${each.row}: ${each.title}`;
    it(`says what to do about ${title}`, () => check(title, definitionText(each)));
  }
});

describe('Wrong host configurations', () => {
  for (const each of hostCases) {
    const title = `${each.row}: ${each.title}`;
    it(`says what to do about ${title}`, () => check(title, hostText(each)));
  }

  after(() => {
    if (process.env.UPDATE_GOLDEN === '1') {
      writeFileSync(file, [...found].map(([title, text]) => `## ${title}\n${text}\n`).join('\n'));
    }
  });
});
