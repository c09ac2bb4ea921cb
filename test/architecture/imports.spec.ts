/**
 * The floors of src/ hold, and its modules are small. The rules and their reasons are in rules/floors.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { violations } from './rules/check.js';
import type { ModuleText } from './rules/read-module.js';

const src = fileURLToPath(new URL('../../src', import.meta.url));

describe('architecture', () => {
  it('every module imports only what its floor may, and the pure floors have no effects', () => {
    const modules = sources(src);
    expect(modules.length).to.be.greaterThan(50);
    expect(violations(modules).join('\n')).to.equal('');
  });

  it('no module is longer than 300 lines: a longer one answers more than one question', () => {
    const long = sources(src)
      .filter(({ path }) => !isTable(path))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).to.deep.equal([]);
  });
});

/** What a program writes, and the registry of codes: lists, read by looking up. */
function isTable(path: string): boolean {
  return path.includes('/generated/') || path.startsWith('model/codes/');
}

function sources(directory: string): ModuleText[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({
      path: relative(src, join(directory, path)),
      text: readFileSync(join(directory, path), 'utf8'),
    }));
}
