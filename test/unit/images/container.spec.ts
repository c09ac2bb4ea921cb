import { expect } from 'chai';
import { containerConfig, parseOciSource } from '../../../src/images/index.js';

describe('the name of a container image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const [text, reference, name, rack, version] of [
    ['oci:lay:1.0', '/here/lay:1.0', 'oci:lay:1.0', 'lay', '1.0'],
    ['oci:/a/b', '/a/b', 'oci:b', 'b', null],
    ['oci-archive:x.tar', '/here/x.tar', 'oci-archive:x.tar', 'x', null],
    [
      'docker-archive:../x.tar:team/Web_App:v2',
      '/x.tar:team/Web_App:v2',
      'docker-archive:x.tar:team/Web_App:v2',
      'web-app',
      'v2',
    ],
    [
      'docker://r.example:5000/team/web:1.0',
      '//r.example:5000/team/web:1.0',
      'docker://r.example:5000/team/web:1.0',
      'web',
      '1.0',
    ],
    ['docker://localhost/web', '//localhost/web', 'docker://localhost/web', 'web', null],
    ['docker://r.example/web:latest', '//r.example/web:latest', 'docker://r.example/web:latest', 'web', null],
    [
      `docker://r.example/7zip@${digest}`,
      `//r.example/7zip@${digest}`,
      `docker://r.example/7zip@${digest}`,
      'zip',
      null,
    ],
  ] as const) {
    it(`says where it is, and what a rack of it could be called: ${text.slice(0, 50)}`, () => {
      const found = parseOciSource(text, '/here');
      expect(found?.source.reference).to.equal(reference);
      expect(found).to.include({ name, rack, version });
    });
  }

  for (const text of [
    'ubuntu',
    'docker://ubuntu',
    'docker://team/web:1',
    'docker:x/y',
    'docker:////x',
    'dir:/x',
    'oci:',
    'oci::1',
    'containers-storage:x',
    'oci:/a b',
    'docker://r.example/a\nb',
  ])
    it(`is of no known form: ${JSON.stringify(text)}`, () => {
      expect(parseOciSource(text, '/here')).to.equal(null);
    });
});

describe('the configuration of a container image', () => {
  it('is what it says about how to run it', () => {
    const config = {
      Entrypoint: ['/entry'],
      Cmd: ['a', 'b'],
      Env: ['A=1=2', 'B=', 'no', '=x', 'A=3'],
      User: 'www:www',
      WorkingDir: '/srv',
      ExposedPorts: { '80/tcp': {}, '53/udp': {}, '99': {}, '0/tcp': {}, '1-5/tcp': {} },
      Volumes: { '/b': {}, '/a': {}, relative: {} },
      StopSignal: 'SIGQUIT',
      Healthcheck: { Test: ['CMD-SHELL', 'curl localhost'] },
    };
    expect(containerConfig({ architecture: 'amd64', config })).to.deep.equal({
      command: ['/entry', 'a', 'b'],
      env: { A: '3', B: '' },
      user: 'www:www',
      workdir: '/srv',
      // Names that are numbers come first: JavaScript orders them so.
      ports: [
        { port: 99, protocol: 'tcp' },
        { port: 80, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
      ],
      volumes: ['/a', '/b'],
      stopSignal: 'QUIT',
      health: ['/bin/sh', '-c', 'curl localhost'],
      architecture: 'amd64',
    });
  });

  it('leaves out what is not as it should be', () => {
    const nothing = containerConfig({});
    for (const odd of [
      null,
      7,
      'x',
      [],
      { config: 7 },
      { config: { Cmd: 'sh', Env: [7], User: {}, ExposedPorts: [80], Volumes: 'x' } },
    ])
      expect(containerConfig(odd)).to.deep.equal(nothing);
    expect(nothing).to.deep.include({ command: [], env: {}, user: null, health: null });
  });
});
