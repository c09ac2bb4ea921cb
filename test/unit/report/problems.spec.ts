import { expect } from 'chai';
import type { Problem } from '../../../src/model/index.js';
import { problemsGithub, problemsJson, problemsSarif, problemsText } from '../../../src/report/problems.js';

const problem: Problem = {
  code: 'E_VALUE',
  severity: 'error',
  file: 'racks/a,b: c.yaml',
  line: 3,
  column: 7,
  pointer: '/name',
  message: '100% wrong\nreally',
  hint: 'correct it',
  rack: 'web',
};
const warning: Problem = {
  ...problem,
  code: 'W_NOT_IN_FORCE',
  severity: 'warning',
  file: 'racks/web.yaml',
  pointer: '',
  message: 'later',
};

describe('Problems', () => {
  it('are one line each, and counted', () => {
    expect(problemsText([problem, warning], 1)).to.equal(
      [
        'racks/a,b: c.yaml:3:7 E_VALUE /name: 100% wrong\\x0areally - correct it',
        'racks/web.yaml:3:7 W_NOT_IN_FORCE /: later - correct it',
        '1 rack valid, 1 error, 1 warning',
      ].join('\n'),
    );
    expect(problemsText([], 2)).to.equal('2 racks valid');
    expect(problemsText([warning], null).split('\n').at(-1)).to.equal('1 warning');
    expect(problemsText([], 2, 1)).to.equal('2 racks valid, 1 recipe valid');
  });

  it('have a documented JSON form', () => {
    expect(problemsJson([problem], 4, 1)).to.deep.equal({ problems: [problem], racks: 4, recipes: 1 });
  });

  it('are annotations whose text cannot end the command', () => {
    expect(problemsGithub([problem])).to.equal(
      '::error file=racks/a%2Cb%3A c.yaml,line=3,col=7,title=E_VALUE::/name: 100%25 wrong%0Areally - correct it',
    );
    expect(problemsGithub([])).to.equal('');
  });

  it('are a SARIF log with one rule for each code', () => {
    const log = problemsSarif([problem, warning, problem]);
    expect(log).to.have.nested.property('version', '2.1.0');
    expect(log).to.have.nested.property('runs[0].tool.driver.rules').with.lengthOf(2);
    expect(log).to.have.nested.property('runs[0].results').with.lengthOf(3);
    expect(log).to.have.nested.property('runs[0].results[1].level', 'warning');
    expect(log).to.have.nested.property(
      'runs[0].results[0].locations[0].physicalLocation.region.startLine',
      3,
    );
  });
});
