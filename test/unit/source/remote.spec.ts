import { expect } from 'chai';
import { hasCode, type RepositoryUrl } from '../../../src/model/index.js';
import { checkUrl, isBranchName, redactUrl } from '../../../src/source/remote.js';

function refused(url: RepositoryUrl): boolean {
  try {
    checkUrl(url);
    return false;
  } catch (error) {
    if (hasCode(error, 'E_GIT_URL')) return true;
    throw error;
  }
}
const https = (url: string): RepositoryUrl => ({ kind: 'https', url, host: 'h' });
const ssh = (url: string): RepositoryUrl => ({ kind: 'ssh', url, host: 'h' });
const local = (url: string): RepositoryUrl => ({ kind: 'local', url });

describe('repository address', () => {
  it('is taken in the forms that are documented', () => {
    for (const url of [
      https('https://git.example/team/racks.git'),
      https('https://git.example:8443/racks'),
      https('https://[::1]:8443/racks'),
      ssh('ssh://git@git.example/racks.git'),
      ssh('ssh://git.example:2222/racks.git'),
      ssh('git@git.example:team/racks.git'),
      local('/srv/git/racks.git'),
      local('file:///srv/git/racks.git'),
    ]) {
      expect(refused(url), url.url).to.equal(false);
    }
  });

  it('is refused when Git could take it for an option, a command, a helper or another protocol', () => {
    for (const url of [
      https('--upload-pack=touch /tmp/x'),
      https('https://-oProxyCommand=x/y'),
      https('https://host/r%0d%0aHost:x'),
      https('https://host/r\nHost: x'),
      https('http://host/r'),
      https('ext::sh -c touch% /tmp/x'),
      https('https://user:secret@host/r'),
      https('https://token@host/r'),
      https('https://host/r?x=1'),
      ssh('ssh://-oProxyCommand=x/y'),
      ssh('ssh://-l@host/y'),
      ssh('-oProxyCommand=x:y'),
      ssh('git@-oProxyCommand=x:y'),
      ssh('git@host::x'),
      ssh('ext::sh'),
      ssh('git://host/x'),
      ssh('host:-x'),
      local('racks.git'),
      local('--upload-pack=x'),
      local('file://host/x'),
      local('ext::sh -c x'),
    ]) {
      expect(refused(url), url.url).to.equal(true);
    }
  });

  it('shows no credential', () => {
    expect(redactUrl('fatal: https://me:secret@host/x: no')).to.equal('fatal: https://***@host/x: no');
  });
});

describe('branch name', () => {
  it('is taken when Git allows it', () => {
    for (const name of ['main', 'feature/x', 'v1.0', 'a-b_c', 'ünïcode'])
      expect(isBranchName(name), name).to.equal(true);
  });
  it('is refused when Git does not', () => {
    for (const name of [
      '',
      '--force',
      '-x',
      'a..b',
      'x.lock',
      'refs/heads/x.lock',
      '@{u}',
      '@',
      'a b',
      'a:b',
      'a^',
      'a~1',
      'a/',
      '/a',
      'a//b',
      '.a',
      'a/.b',
      'a.',
      'a\n',
      'a\\b',
      'a*',
      'a?',
      'a[',
    ]) {
      expect(isBranchName(name), name).to.equal(false);
    }
  });
});
