import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { codes } from '../../../src/model/codes/code.js';

const directory = new URL('../../../src/model/codes/', import.meta.url);

describe('the registry of codes', () => {
  it('has each code once: of two tables with the same code one would win unseen', async () => {
    const seen: string[] = [];
    for (const file of readdirSync(directory).filter((name) => name !== 'code.ts')) {
      const tables: Readonly<Record<string, ReturnType<typeof codes>>> = await import(
        new URL(file, directory).href
      );
      seen.push(...Object.values(tables).flatMap((table) => Object.keys(table)));
    }
    expect(seen.filter((code, index) => seen.indexOf(code) !== index)).to.deep.equal([]);
    expect(seen).to.include('E_IMAGE_DIGEST');
  });
});
