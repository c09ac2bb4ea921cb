/** A helper program in a mount namespace of its own does not hold what the host unmounts meanwhile: a rack can be swapped while an image is built. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { expect } from 'chai';
import { boundArguments } from '../../../src/host/linux/bound-program.js';

/** In a namespace whose mounts are shared, as a host's are: mounts at $1, starts the rest, unmounts, and ends with 0 when the program has no copy left. */
const script = `
mount --make-rshared / && mount -t tmpfs held "$1" || exit 10
point=$1; shift
"$@" & program=$!
until grep -q "$point" /proc/$program/mountinfo && [ "$(readlink /proc/$program/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.05; done
umount "$point" || exit 11
! grep "$point" /proc/$program/mountinfo
`;

describe('a program that is bound to ours', function () {
  this.timeout(20_000);

  it('lets go of what the host unmounts', async () => {
    const point = mkdtempSync('/var/tmp/rackops-test-');
    const [program, args] = boundArguments('/bin/sleep', ['3']);
    const host = spawn(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', point, program, ...args],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const [code] = await once(host, 'exit');
    rmdirSync(point);
    expect(code).to.equal(0);
  });
});
