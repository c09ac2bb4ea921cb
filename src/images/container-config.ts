/** The configuration of a container image, read from its JSON. Pure. What is not as it should be is left out: it only ends up in a definition that a person looks through. */
import type { ContainerConfig, ContainerPort } from '../model/index.js';

/** `config`: the configuration document of the OCI image specification, or Docker's. Never throws. */
export function containerConfig(config: unknown): ContainerConfig {
  const run = record(record(config).config);
  return {
    command: [...strings(run.Entrypoint), ...strings(run.Cmd)],
    env: Object.fromEntries(strings(run.Env).flatMap(variable)),
    user: text(run.User),
    workdir: text(run.WorkingDir),
    ports: Object.keys(record(run.ExposedPorts)).flatMap(port),
    volumes: Object.keys(record(run.Volumes))
      .filter((path) => path.startsWith('/'))
      .sort(),
    stopSignal: text(run.StopSignal)?.replace(/^SIG/, '') ?? null,
    health: healthCommand(strings(record(run.Healthcheck).Test)),
    architecture: text(record(config).architecture),
  };
}

function variable(assignment: string): readonly (readonly [string, string])[] {
  const at = assignment.indexOf('=');
  return at <= 0 ? [] : [[assignment.slice(0, at), assignment.slice(at + 1)]];
}

/** `80/tcp`, `80`; ranges are left out. */
function port(text: string): readonly ContainerPort[] {
  const [, number, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const value = Number(number);
  if (number === undefined || value < 1 || value > 65_535) return [];
  return [{ port: value, protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp' }];
}

function healthCommand(test: readonly string[]): readonly string[] | null {
  const [kind, ...rest] = test;
  if (rest.length === 0) return null;
  if (kind === 'CMD') return rest;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...rest.slice(0, 1)] : null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
