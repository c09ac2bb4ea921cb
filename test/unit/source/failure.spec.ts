import { expect } from 'chai';
import { failureOf, mirrorTrouble } from '../../../src/source/failure.js';

const said = (stderr: string, exitCode = 128) => ({ exitCode, stderr });

/** Texts of git 2.39, curl with GnuTLS and OpenSSH 9.2. */
const texts: readonly (readonly [code: string, stderr: string])[] = [
  ['E_GIT_UNREACHABLE', "fatal: unable to access 'https://h/': Could not resolve host: h"],
  [
    'E_GIT_UNREACHABLE',
    "fatal: unable to access 'https://h/': Failed to connect to h port 443 after 0 ms: Couldn't connect to server",
  ],
  [
    'E_GIT_UNREACHABLE',
    'ssh: connect to host h port 22: Connection refused\r\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.',
  ],
  ['E_GIT_UNREACHABLE', "fatal: unable to access 'https://h/': The requested URL returned error: 503"],
  ['E_GIT_UNREACHABLE', "fatal: repository 'https://h/x/' not found"],
  [
    'E_GIT_UNREACHABLE',
    "fatal: '/srv/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
  ],
  ['E_GIT_AUTH', "fatal: Authentication failed for 'https://h/x/'"],
  ['E_GIT_AUTH', "fatal: could not read Username for 'https://h': terminal prompts disabled"],
  ['E_GIT_AUTH', "fatal: unable to access 'https://h/': The requested URL returned error: 403"],
  ['E_GIT_AUTH', 'git@h: Permission denied (publickey).\r\nfatal: Could not read from remote repository.'],
  ['E_GIT_REF', "fatal: couldn't find remote ref refs/heads/main"],
  [
    'E_GIT_TIMEOUT',
    "fatal: unable to access 'https://h/': Operation too slow. Less than 200 bytes/sec transferred the last 20 seconds",
  ],
  ['E_GIT_REDIRECT', "fatal: unable to access 'https://h/': The requested URL returned error: 302"],
  [
    'E_GIT_HOST_KEY',
    'No ED25519 host key is known for h and you have requested strict checking.\r\nHost key verification failed.\r\nfatal: Could not read from remote repository.',
  ],
  [
    'E_GIT_TLS',
    "fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none CRLfile: none",
  ],
  ['E_GIT_URL', "fatal: transport 'http' not allowed"],
  ['E_GIT_OBJECT_FORMAT', 'fatal: mismatched algorithms: client sha1; server sha256'],
  ['E_GIT', 'fatal: something new'],
];

describe('failure of a git command', () => {
  for (const [code, stderr] of texts) {
    it(`${code}: ${stderr.slice(0, 70).replaceAll(/\s+/g, ' ')}`, () => {
      expect(failureOf('cannot do it', said(stderr)).code).to.equal(code);
    });
  }

  it('shows neither the secret nor a credential in an address, nor control characters', () => {
    const stderr =
      "remote: your token s3cr3t/x or s3cr3t%2Fx\u001b[31m at https://me:pw@h/\nfatal: Authentication failed for 'https://me:pw@h/' s3cr3t/x";
    const { message } = failureOf('cannot do it', said(stderr), ['s3cr3t/x']);
    for (const hidden of ['s3cr3t', 'pw', '\u001b']) expect(message).to.not.contain(hidden);
    expect(message).to.contain('***');
  });

  it('names the clock when a certificate fails on a host that lives in 1970', () => {
    const stderr = "fatal: unable to access 'https://h/': server certificate verification failed.";
    expect(failureOf('cannot do it', said(stderr), [], 0).hint).to.contain('1970-01-01');
  });

  it('quotes the telling line, not the boilerplate after it', () => {
    const { message } = failureOf('cannot do it', said(texts[2]?.[1] ?? ''));
    expect(message).to.contain('Connection refused');
  });

  it('tells a damaged or locked mirror from trouble with the remote', () => {
    expect(mirrorTrouble(said('error: inflate: data stream error (incorrect data check)'))).to.equal(
      'corrupt',
    );
    expect(mirrorTrouble(said('fatal: bad object refs/rackops/tip'))).to.equal('corrupt');
    expect(mirrorTrouble(said("fatal: Unable to create '/m/packed-refs.lock': File exists."))).to.equal(
      'locked',
    );
    for (const [, stderr] of texts) expect(mirrorTrouble(said(stderr)), stderr).to.equal(null);
  });
});
