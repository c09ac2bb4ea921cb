/**
 * The checker itself, on made-up modules: a rule that never fires protects nothing.
 */
import { expect } from 'chai';
import { violations } from './rules/check.js';

/** Violations of one module among otherwise faultless ones. */
function of(path: string, text: string): string[] {
  return violations([{ path, text }]);
}

describe('the architecture checker', () => {
  it('finds nothing in modules that keep to their floors', () => {
    const modules = [
      { path: 'lib/index.ts', text: 'export const a = 1;' },
      { path: 'planning/plan.ts', text: "import { a } from '../lib/index.js';\nexport const b = a;" },
      { path: 'apply/run.ts', text: "import type { Host } from '../host/index.js';\nexport type H = Host;" },
      { path: 'main.ts', text: "import { b } from './planning/index.js';\nconsole.log(b, Date.now());" },
    ];
    expect(violations(modules)).to.deep.equal([]);
  });

  it('names the rule and its reason when a floor is crossed', () => {
    const [found] = of('apply/run.ts', "import { plan } from '../planning/index.js';");
    expect(found).to.match(/^apply\/run\.ts:1 imports planning\/: /);
    expect(found).to.contain('acting never decides');
  });

  it('sees a type-only import, a re-export and a dynamic import as imports', () => {
    expect(of('lib/a.ts', "import type { X } from '../model/index.js';")).to.have.length(1);
    expect(of('lib/a.ts', "export * from '../model/index.js';")).to.have.length(1);
    expect(of('lib/a.ts', "const x = await import('../model/index.js');")).to.have.length(1);
  });

  it('wants the index of another folder, not its inside', () => {
    expect(of('planning/a.ts', "import { x } from '../model/plan.js';")[0]).to.contain(
      'public face is its index.ts',
    );
  });

  it('keeps each outside package at home', () => {
    expect(of('planning/a.ts', "import { parse } from 'yaml';")[0]).to.contain('its one home is definition/');
    expect(of('definition/a.ts', "import Ajv from 'ajv/dist/2020.js';")).to.deep.equal([]);
    expect(of('cli/a.ts', "import chalk from 'chalk';")[0]).to.contain('each outside package has one home');
  });

  it('finds effects in pure folders, by import and by name', () => {
    expect(of('model/a.ts', "import { readFileSync } from 'node:fs';")[0]).to.contain('model/ is pure');
    for (const use of [
      'Date.now()',
      'new Date()',
      'Math.random()',
      'setTimeout(f, 1)',
      'process.pid',
      'fetch(url)',
    ]) {
      expect(of('planning/a.ts', `export const x = () => ${use};`), use).to.have.length(1);
    }
  });

  it('does not take a property or a date that is given for an effect', () => {
    expect(
      of('planning/a.ts', 'export const x = (a: any) => a.process + new Date(a.at).getTime() + a.fetch();'),
    ).to.deep.equal([]);
    expect(of('planning/a.ts', '// Date.now() in a comment\nexport const process = 1;')).to.deep.equal([]);
  });

  it('lets a pure folder use a pure function of a module that has effects', () => {
    expect(of('model/a.ts', "import { isIPv4 } from 'node:net';")).to.deep.equal([]);
    expect(of('model/a.ts', "import { connect, isIPv4 } from 'node:net';")).to.have.length(1);
  });

  it('allows /proc to those who read the machine, and to those who cannot read at all', () => {
    expect(of('definition/a.ts', "export const reserved = ['/proc'];")).to.deep.equal([]);
    expect(of('agent/a.ts', 'export const p = `/proc/$' + '{1}/stat`;')[0]).to.contain('names /proc');
    expect(of('host/a.ts', "export const p = '/proc/self/mountinfo';")).to.deep.equal([]);
  });

  it('finds cycles between files, whatever their length, but not those of types alone', () => {
    const ring = [
      { path: 'planning/a.ts', text: "import { c } from './c.js';\nexport const a = () => c;" },
      { path: 'planning/b.ts', text: "import { a } from './a.js';\nexport const b = () => a;" },
      { path: 'planning/c.ts', text: "import { b } from './b.js';\nexport const c = () => b;" },
    ];
    expect(violations(ring)[0]).to.contain('is a cycle');
    const types = ring.map((module) => ({
      ...module,
      text: module.text.replace('import {', 'import type {'),
    }));
    expect(violations(types)).to.deep.equal([]);
  });

  it('refuses a folder without a floor, a default export, and an import of main.ts', () => {
    expect(of('misc/a.ts', 'export const a = 1;')[0]).to.contain('has no floor');
    expect(of('lib/a.ts', 'export default 1;')[0]).to.contain('default export');
    expect(of('cli/a.ts', "import { x } from '../main.js';")[0]).to.contain('nothing imports it');
  });
});
