import { expect } from 'chai';
import type { Event, Problem } from '../../../src/model/index.js';
import { createLog, redact } from '../../../src/telemetry/index.js';

const problem: Problem = {
  code: 'E_SCHEMA',
  severity: 'error',
  file: 'racks/web.yaml',
  line: 3,
  column: 1,
  pointer: '/image',
  message: 'unknown field "imagee"',
  hint: 'did you mean "image"?',
};
const begin: Event = { code: 'PassStarted', pass: 'p1', trigger: 'schedule' };
const found: Event = { code: 'ProblemFound', problem, revision: 'a'.repeat(40) };
const unreadable: Event = { code: 'SourceFailed', error: 'E_GIT', message: 'bad object', retryInMs: null };

function end(changed = false): Event {
  return { code: 'PassEnded', pass: 'p1', result: 'ok', revision: null, changed, durationMs: 12 };
}

function rig(level = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const emit = createLog({ level, destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const said = (...events: readonly Event[]): unknown[] => {
    lines.length = 0;
    for (const event of events) emit(event);
    return lines.map((line) => line.event);
  };
  return { emit, lines, said };
}

describe('the log', () => {
  it('has an object with the event and its pass, and a fixed message', () => {
    const { lines, said } = rig();
    said(begin, { code: 'RackStarted', rack: 'web', action: 'swap', reason: 'new image' }, end(true));
    expect(lines.map((line) => line.msg)).to.deep.equal([
      'pass started',
      'work on a rack started',
      'pass ended',
    ]);
    expect(lines[1]).to.include({ event: 'RackStarted', pass: 'p1', rack: 'web', action: 'swap', level: 30 });
    said({ code: 'SourceRecovered' }, { code: 'RevisionSeen', revision: 'b'.repeat(40), previous: null });
    expect(lines).to.have.length(1);
    expect(lines[0]).not.to.have.property('pass');
  });

  it('says nothing of a pass with nothing to do unless asked for debug', () => {
    expect(rig('info').said(begin, end())).to.deep.equal([]);
    expect(rig('info').said(begin, end(true))).to.deep.equal(['PassEnded']);
    expect(rig('debug').said(begin, end())).to.deep.equal(['PassStarted', 'PassEnded']);
  });

  it('tells a problem when it appears and when it is gone, not at every pass', () => {
    const { said } = rig('info');
    expect(said(begin, found, end())).to.deep.equal(['ProblemFound']);
    expect(said(begin, found, end())).to.deep.equal([]);
    expect(said(begin, end())).to.deep.equal(['ProblemGone']);
    expect(said(begin, end())).to.deep.equal([]);
    expect(said(begin, found, end())).to.deep.equal(['ProblemFound']);
  });

  it('does not take a problem for gone in a pass that could not read the definitions', () => {
    const { said } = rig('info');
    said(begin, found, end());
    expect(said(begin, unreadable, end())).to.deep.equal(['SourceFailed']);
    expect(said(begin, unreadable, end())).to.deep.equal([]);
    expect(said(begin, found, end())).to.deep.equal(['SourceRecovered']);
  });

  it('tells a remote that is down once, over passes, until it is back', () => {
    const { said } = rig('info');
    const down: Event = {
      code: 'SourceFailed',
      error: 'E_GIT_UNREACHABLE',
      message: 'no route',
      retryInMs: 1,
    };
    expect(said(begin, end(), down, begin, end(), down)).to.deep.equal(['SourceFailed']);
    expect(said({ code: 'SourceRecovered' }, { code: 'SourceRecovered' })).to.deep.equal(['SourceRecovered']);
    expect(said(down)).to.deep.equal(['SourceFailed']);
  });

  it('has error for what a person must do and warn for what is tried again', () => {
    const { lines, said } = rig();
    said(
      found,
      { code: 'BugFound', message: 'x', stack: '' },
      { code: 'DriftFound', rack: 'web', message: 'x' },
      { code: 'DeltaFailed', rack: 'web', image: 'i', place: 'p', message: 'x' },
      { code: 'DeltaAbsent', rack: 'web', image: 'i', place: 'p' },
      { code: 'DeltaFetched', rack: 'web', image: 'i', place: 'p', fetchedBytes: 1, wholeBytes: 2 },
      { code: 'RackEnded', rack: 'web', action: 'swap', outcome: 'done', message: '', durationMs: 1 },
      { code: 'RackEnded', rack: 'web', action: 'swap', outcome: 'waiting', message: '', durationMs: 1 },
      { code: 'RackEnded', rack: 'web', action: 'swap', outcome: 'failed', message: '', durationMs: 1 },
    );
    expect(lines.map((line) => line.level)).to.deep.equal([50, 50, 40, 40, 30, 30, 30, 40, 50]);
  });

  it('shows no secret, wherever in an event it stands', () => {
    const { lines, said } = rig();
    const url = 'https://bot:canary-1@git.example.test/racks';
    said(
      { code: 'SourceFailed', error: 'E_GIT', message: `cannot read ${url}`, retryInMs: null },
      {
        code: 'ProblemFound',
        problem: { ...problem, message: `unknown "${url}"` },
        revision: '',
      },
    );
    const text = JSON.stringify(lines);
    expect(text).not.to.include('canary');
    expect(text).to.include('https://***@git.example.test/racks');
  });
});

describe('redaction', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['https://user:canary@host/x', 'https://***@host/x'],
    ['https://user:can@ary@host/x', 'https://***@host/x'],
    ['https://canary@host/x and ssh://git:canary@h/y', 'https://***@host/x and ssh://***@h/y'],
    ['https://host/x?private_token=canary&ref=main', 'https://host/x?private_token=***&ref=main'],
    ['Authorization: Bearer canary', 'Authorization: Bearer ***'],
    ['{"authorization":"Basic canary"}', '{"authorization":"Basic ***"}'],
    ['git@github.example.test:team/racks.git', 'git@github.example.test:team/racks.git'],
    ['https://host/team/x@v2', 'https://host/team/x@v2'],
  ];
  for (const [text, shown] of cases) {
    it(`shows ${shown}`, () => {
      expect(redact(text)).to.equal(shown);
    });
  }
});
