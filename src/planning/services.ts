/** A service as written to a service with its defaults. Pure; the defaults are those of the schema's descriptions. */
import { parseBytes, parseDurationMs } from '../lib/index.js';
import type {
  Health,
  ListenEntry,
  Rack,
  Service,
  EnvValue as WrittenEnvValue,
} from '../model/generated/index.js';
import {
  type DesiredService,
  type EnvValue,
  type HealthCheck,
  hostPath,
  type ListenAddress,
  type ProbeCheck,
  parseListen,
  rackPath,
  usualCapabilities,
} from '../model/index.js';

/** The usual six, as a login would have. */
export const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** All services in start order: dependencies first, else as written. Errors: `internal error` for what validation refuses. */
export function desiredServices(rack: Rack): readonly DesiredService[] {
  return startOrder(rack.services).map(([name, service]) => desiredService(name, service, rack));
}

function desiredService(name: string, service: Service, rack: Rack): DesiredService {
  const listen = (service.listen ?? []).map(listenAddress);
  const delayMs = milliseconds(service.restart?.delay ?? '1s');
  return {
    name,
    command: service.command,
    user: String(service.user ?? 'root'),
    workdir: rackPath(service.workdir ?? '/'),
    env: desiredEnv({ PATH: usualPath, ...rack.env, ...service.env }),
    listen,
    stop: { signal: service.stop?.signal ?? 'TERM', timeoutMs: milliseconds(service.stop?.timeout ?? '10s') },
    restart: {
      policy: service.restart?.policy ?? 'always',
      delayMs,
      maxDelayMs: Math.max(delayMs, milliseconds(service.restart?.maxDelay ?? '30s')),
      onUnhealthy: service.restart?.onUnhealthy ?? false,
    },
    dependsOn: service.dependsOn ?? [],
    health: service.health === undefined ? null : healthCheck(service.health, rack, listen),
    capabilities: service.capabilities?.map(capabilityName) ?? usualCapabilities,
    resources: {
      memoryBytes: service.resources?.memory === undefined ? null : bytes(service.resources.memory),
      cpus: service.resources?.cpus ?? null,
      pids: service.resources?.pids ?? null,
    },
  };
}

function desiredEnv(env: Readonly<Record<string, WrittenEnvValue>>): Readonly<Record<string, EnvValue>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === 'string' ? { value } : { fromHostFile: hostPath(value.fromHostFile) },
    ]),
  );
}

function healthCheck(health: Health, rack: Rack, own: readonly ListenAddress[]): HealthCheck {
  return {
    check: probeCheck(health, rack, own),
    intervalMs: milliseconds(health.interval ?? '2s'),
    timeoutMs: milliseconds(health.timeout ?? '1s'),
    startPeriodMs: milliseconds(health.startPeriod ?? '30s'),
    healthyAfter: health.healthyAfter ?? 2,
    unhealthyAfter: health.unhealthyAfter ?? 3,
  };
}

function probeCheck({ http, tcp, exec }: Health, rack: Rack, own: readonly ListenAddress[]): ProbeCheck {
  if (http !== undefined) {
    const { port, host = probeHost(port, rack, own), path = '/', status = 200, body = null } = http;
    return { kind: 'http', host, port, path, status, body };
  }
  if (tcp !== undefined) {
    return { kind: 'tcp', host: tcp.host ?? probeHost(tcp.port, rack, own), port: tcp.port };
  }
  if (exec !== undefined) return { kind: 'exec', command: exec.command };
  throw new Error('internal error: a probe without a check');
}

/** The address that is listened on with that port, the service's own first; a wildcard is reached over the loopback. */
function probeHost(port: number, rack: Rack, own: readonly ListenAddress[]): string {
  const all = Object.values(rack.services).flatMap((service) => (service.listen ?? []).map(listenAddress));
  const found = [...own, ...all].find((listen) => listen.family !== 'unix' && listen.port === port);
  const host = found === undefined || found.family === 'unix' ? '127.0.0.1' : found.host;
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

function startOrder(services: Rack['services']): readonly (readonly [string, Service])[] {
  const ordered: (readonly [string, Service])[] = [];
  const placed = new Set<string>();
  const place = (name: string, service: Service): void => {
    if (placed.has(name)) return;
    placed.add(name);
    for (const dependency of service.dependsOn ?? []) {
      const other = services[dependency];
      if (other !== undefined) place(dependency, other);
    }
    ordered.push([name, service]);
  };
  for (const [name, service] of Object.entries(services)) place(name, service);
  return ordered;
}

function capabilityName(text: string): string {
  return text.startsWith('CAP_') ? text : `CAP_${text}`;
}

function listenAddress(entry: ListenEntry): ListenAddress {
  return checked(parseListen(entry), JSON.stringify(entry));
}

/** Milliseconds of a validated duration. */
export function milliseconds(text: string): number {
  return checked(parseDurationMs(text), text);
}

function bytes(text: string): number {
  return checked(parseBytes(text), text);
}

function checked<T>(value: T | null, text: string): T {
  if (value === null) throw new Error(`internal error: not validated: ${text}`);
  return value;
}
