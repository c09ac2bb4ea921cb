import { expect } from 'chai';
import { parseRecipe } from '../../../src/definition/index.js';
import { problemLine } from '../../../src/model/index.js';

const head = 'apiVersion: rackops/v1\nkind: Image\nname: web\nversion: "1.0"\n';
const sha256 = 'a'.repeat(64);

const read = (text: string) => parseRecipe(Buffer.from(text), 'images/web.yaml');
const recipeOf = (rest: string) => {
  const { recipe, problems } = read(head + rest);
  if (recipe === null) throw new Error(problems.map(problemLine).join('\n'));
  return recipe;
};
const problems = (rest: string) => read(head + rest).problems.map(problemLine);

describe('A recipe', () => {
  it('needs a base alone, and has the defaults that it does not write', () => {
    expect(recipeOf('base: {debian: {}}\n')).to.deep.equal({
      name: 'web',
      version: '1.0',
      base: {
        kind: 'debian',
        suite: null,
        variant: 'essential',
        components: ['main'],
        mirrors: null,
        checkValidUntil: true,
        updates: true,
        exclude: [],
      },
      steps: [],
    });
  });

  it('has one of five bases', () => {
    const bases = [
      `{tarball: {file: stage3.tar.xz, sha256: "sha256:${sha256.toUpperCase()}"}}`,
      '{directory: root}',
      `{image: {file: base-1.0.iso, sha256: ${sha256}}}`,
      '{oci: {source: "oci:layout:latest"}}',
      '{oci: {source: "docker://registry.example.org/a/b@sha256:0f"}}',
    ].map((base) => recipeOf(`base: ${base}\n`).base);
    expect(bases).to.deep.equal([
      { kind: 'tarball', file: 'stage3.tar.xz', sha256 },
      { kind: 'directory', path: 'root' },
      { kind: 'image', file: 'base-1.0.iso', sha256 },
      { kind: 'oci', source: 'oci:layout:latest' },
      { kind: 'oci', source: 'docker://registry.example.org/a/b@sha256:0f' },
    ]);
  });

  it('has steps that know their lines', () => {
    const { steps } = recipeOf(`base: {debian: {}}
steps:
  - packages: [nginx-light=1.22.1-9]
  - files:
      - {path: /a, source: a, mode: "0640", owner: "33:34"}
      - {path: /b, content: ""}
      - {path: /c, link: /b}
      - {path: /d, owner: "7"}
  - remove: [/x]
  - run: |
      echo one
  - {run: [nginx, -t], network: true, timeout: 5m}
`);
    const hour = 3_600_000;
    expect(steps).to.deep.equal([
      { kind: 'packages', packages: ['nginx-light=1.22.1-9'], timeoutMs: hour, line: 7 },
      {
        kind: 'files',
        files: [
          { path: '/a', from: { kind: 'source', source: 'a' }, mode: 0o640, uid: 33, gid: 34 },
          { path: '/b', from: { kind: 'content', text: '' }, mode: null, uid: 0, gid: 0 },
          { path: '/c', from: { kind: 'link', target: '/b' }, mode: null, uid: 0, gid: 0 },
          { path: '/d', from: { kind: 'directory' }, mode: null, uid: 7, gid: 7 },
        ],
        line: 8,
      },
      { kind: 'remove', paths: ['/x'], line: 13 },
      {
        kind: 'run',
        command: ['/bin/sh', '-e', '-c', 'echo one\n'],
        text: 'echo one\n',
        network: false,
        timeoutMs: hour,
        line: 14,
      },
      {
        kind: 'run',
        command: ['nginx', '-t'],
        text: 'nginx -t',
        network: true,
        timeoutMs: 300_000,
        line: 16,
      },
    ]);
  });

  it('is told where it is wrong, all at once', () => {
    expect(
      problems(`base: {debian: {suite: bookworm, components: [contrib]}, directory: root}
steps:
  - {packages: [nginx], run: nginx -t}
  - {}
  - {remove: [/x], network: true}
  - packages: [--allow-unauthenticated]
  - remove: [/]
  - files:
      - {path: /dev/null, content: x}
      - {path: /a/../b, content: x}
      - {path: /a, source: ../secret}
      - {path: /a, source: a, content: b}
      - {path: /a, link: b, mode: "0600"}
  - {run: x, timeout: 0s}
  - {rum: x}
`),
    ).to.deep.equal([
      'images/web.yaml:5:7 E_VALUE /base: debian and directory are given, one base is wanted - give exactly one of debian, tarball, directory, image and oci',
      'images/web.yaml:5:34 E_VALUE /base/debian/components: "components" means nothing without mirrors - remove it, or add mirrors',
      'images/web.yaml:7:5 E_VALUE /steps/0: packages and run are given, one change is wanted - give exactly one of packages, files, remove and run',
      'images/web.yaml:8:5 E_VALUE /steps/1: no change is given - give exactly one of packages, files, remove and run',
      'images/web.yaml:9:20 E_VALUE /steps/2/network: "network" means nothing without run - remove it, or add run',
      'images/web.yaml:10:16 E_VALUE /steps/3/packages/0: "--allow-unauthenticated" is not the name of a package - write it as the package manager does: nginx-light, or nginx-light=1.22.1-9',
      'images/web.yaml:11:14 E_PATH_ROOT /steps/4/remove/0: it is the whole image - choose a path below /',
      'images/web.yaml:13:16 E_PATH_RESERVED /steps/5/files/0/path: "/dev/null" is in /dev, which the runtime makes - choose another path',
      'images/web.yaml:14:16 E_PATH /steps/5/files/1/path: "/a/../b" has a ".." part - write the path itself',
      'images/web.yaml:15:28 E_PATH /steps/5/files/2/source: "../secret" has a ".." part - write the path itself',
      'images/web.yaml:16:9 E_VALUE /steps/5/files/3: source and content are given, one of them is wanted - keep one of source, content and link',
      'images/web.yaml:17:29 E_VALUE /steps/5/files/4/mode: a link has no mode of its own - remove mode',
      'images/web.yaml:18:23 E_RANGE /steps/6/timeout: "0s" is not from 1s to 24h - correct the duration',
      'images/web.yaml:19:6 E_UNKNOWN_FIELD /steps/7/rum: unknown field "rum" - did you mean "run"?',
    ]);
  });

  it('pins the base that is a file', () => {
    expect(problems('base: {image: {file: base.iso}}\n')[0]).to.contain('E_IMAGE_UNPINNED /base/image');
    expect(problems('base: {tarball: {file: base.tar}}\n')[0]).to.contain('the tarball has no sha256');
    expect(problems('base: {tarball: {file: /etc/shadow, sha256: x}}\n').join('\n')).to.contain(
      `"/etc/shadow" is not a path below the recipe's directory`,
    );
    expect(problems('base: {oci: {source: "oci:../layout"}}\n').join('\n')).to.contain('".." part');
    for (const source of ['docker://nginx', 'docker://team/web:1'])
      expect(problems(`base: {oci: {source: "${source}"}}\n`)[0], source).to.contain('/base/oci/source');
  });
});
