import { expect } from 'chai';
import type { TreeEntry } from '../../../src/host/index.js';
import { leftovers } from '../../../src/images/index.js';

const goes = (path: string, type: TreeEntry['type'] = 'file', placed: readonly string[] = []) =>
  leftovers(placed)({ path, type });

describe('What does not belong into an image', () => {
  it('is the identity of a machine and its secrets', () => {
    for (const path of [
      '/etc/machine-id',
      '/var/lib/dbus/machine-id',
      '/etc/ssh/ssh_host_ed25519_key',
      '/etc/ssh/ssh_host_ed25519_key.pub',
      '/var/lib/systemd/random-seed',
    ])
      expect(goes(path), path).to.equal(true);
    for (const path of ['/etc/ssh/sshd_config', '/etc/ssh/ssh_host_keys/notes', '/srv/etc/machine-id'])
      expect(goes(path), path).to.equal(false);
  });

  it('are logs and caches, but not the directories that services write them to', () => {
    expect(goes('/var/log/nginx/access.log')).to.equal(true);
    expect(goes('/var/cache/ldconfig/aux-cache')).to.equal(true);
    expect(goes('/var/log/nginx', 'directory')).to.equal(false);
    expect(goes('/var/log/nginx/error.log', 'link'), 'to standard error').to.equal(false);
    expect(goes('/var/cache/debconf/config.dat'), 'answers').to.equal(false);
    expect(goes('/var/logs')).to.equal(false);
  });

  it('is all that is in temporary directories, and not they themselves', () => {
    for (const type of ['file', 'directory', 'link'] as const) expect(goes('/tmp/x', type)).to.equal(true);
    expect(goes('/tmp', 'directory')).to.equal(false);
    expect(goes('/var/tmp', 'directory')).to.equal(false);
  });

  it('are device nodes, wherever they are and whoever placed them', () => {
    expect(goes('/srv/null', 'device')).to.equal(true);
    expect(goes('/srv/null', 'device', ['/srv'])).to.equal(true);
  });

  it('is nothing that the recipe placed, nor a directory above it', () => {
    expect(goes('/var/log/notes', 'file', ['/var/log/notes'])).to.equal(false);
    expect(goes('/var/tmp/seed', 'directory', ['/var/tmp/seed/a'])).to.equal(false);
    expect(goes('/var/tmp/seed/a', 'file', ['/var/tmp/seed/a'])).to.equal(false);
    expect(goes('/var/tmp/seed/a/b', 'file', ['/var/tmp/seed/a']), 'in it').to.equal(false);
    expect(goes('/var/tmp/other', 'file', ['/var/tmp/seed/a'])).to.equal(true);
    expect(goes('/var/tmp/seed2', 'file', ['/var/tmp/seed'])).to.equal(true);
  });

  it('is nothing else', () => {
    for (const path of ['/etc/passwd', '/usr/bin/nginx', '/var/lib/dpkg/status', '/home/run/x'])
      expect(goes(path), path).to.equal(false);
  });
});
