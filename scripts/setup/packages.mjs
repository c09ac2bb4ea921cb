// The OS packages that rackops needs, in one place, each with the program it brings and the reason.
// Data only: what installs them is apt.mjs, what reads the list for people is setup.mjs. Never add a package without a reason.
// @ts-check

/**
 * @typedef {object} OsPackage
 * @property {string} name Debian and Ubuntu package
 * @property {string} provides program looked for in PATH, or an absolute path: when it is there, nothing is installed
 * @property {'run' | 'images' | 'test'} use `run`: the agent; `images`: building images (demo, tests); `test`: the test suites only
 * @property {boolean} [optional] its absence is said, and is no failure
 * @property {boolean} [service] the package brings a daemon, which must not be started or enabled by installing it here
 * @property {string} why
 */

/** @type {readonly OsPackage[]} */
export const osPackages = [
  { name: 'git', provides: 'git', use: 'run', why: 'the mirror of the repository of definitions' },
  {
    name: 'openssh-client',
    provides: 'ssh',
    use: 'run',
    why: 'repositories with an ssh URL, and ssh-keygen for commits that are signed with SSH keys',
  },
  {
    name: 'gpg',
    provides: 'gpg',
    use: 'run',
    optional: true,
    why: 'repository.verify with OpenPGP keys',
  },
  {
    name: 'ca-certificates',
    provides: '/etc/ssl/certs/ca-certificates.crt',
    use: 'run',
    why: 'repositories with an https URL',
  },
  {
    name: 'squashfs-tools',
    provides: 'mksquashfs',
    use: 'run',
    why: 'packs images and the small generated layers',
  },
  {
    name: 'e2fsprogs',
    provides: 'mkfs.ext4',
    use: 'run',
    why: 'makes the throw-away file system that a rehearsal writes to',
  },
  {
    name: 'runc',
    provides: 'runc',
    use: 'run',
    why: 'the OCI runtime that works on every kind of cgroup host',
  },
  {
    name: 'crun',
    provides: 'crun',
    use: 'run',
    optional: true,
    why: 'an OCI runtime that starts several times faster, taken where it works',
  },
  {
    name: 'minisign',
    provides: 'minisign',
    use: 'run',
    optional: true,
    why: 'checks signatures of images where images.verify asks for them; without it such images are refused',
  },
  {
    name: 'zsync',
    provides: 'zsync',
    use: 'run',
    optional: true,
    why: 'downloads only what an older image lacks, where a source says delta: zsync; makes the control files for that (image build --zsync); without it all of an image is downloaded',
  },
  {
    name: 'mmdebstrap',
    provides: 'mmdebstrap',
    use: 'images',
    why: 'makes the base of an image from packages: rackops image build, the images of demo and tests',
  },
  {
    name: 'skopeo',
    provides: 'skopeo',
    use: 'images',
    why: 'fetches container images, for image import and recipes with an oci base',
  },
  { name: 'umoci', provides: 'umoci', use: 'images', why: 'unpacks the layers of container images' },
  {
    name: 'openssh-server',
    provides: '/usr/sbin/sshd',
    use: 'test',
    service: true,
    why: 'the other end of the ssh tests, on a loopback port of its own',
  },
  {
    name: 'docker-registry',
    provides: 'docker-registry',
    use: 'test',
    service: true,
    why: 'a real OCI registry to push images to, and to fetch and import them from, on a loopback port of its own',
  },
  {
    name: 'curl',
    provides: 'curl',
    use: 'test',
    why: 'what downloads are compared with (npm run bench -- fetch)',
  },
  { name: 'strace', provides: 'strace', use: 'test', why: 'counts the processes that an idle pass starts' },
];
