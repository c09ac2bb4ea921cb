/** host.yaml: bytes to the host's configuration with its defaults, or everything that is wrong with it. Opens nothing: who may write the file is checked where it is read. */
import { parseBytes, parseDurationMs } from '../lib/index.js';
import type { Host } from '../model/generated/index.js';
import {
  type HostConfig,
  type HostPath,
  hostPath,
  type Problem,
  under,
  usualCapabilities,
} from '../model/index.js';
import { capabilityName } from './capabilities.js';
import { Fields } from './fields.js';
import { type Finding, isWarning, problemOf } from './finding.js';
import { validateHost } from './generated/validators.js';
import { hostFindings } from './host-rules.js';
import { imageSources } from './image-sources.js';
import { merged, nulFindings } from './parse-rack.js';
import { plainRepositoryPath } from './paths.js';
import { repositoryUrl } from './repository-url.js';
import { schemaFindings } from './schema-errors.js';
import { readText } from './text.js';
import { isRecord } from './words.js';
import { readYaml } from './yaml.js';

/** The configuration, or null when a problem is an error. Problems are sorted by place; warnings may come with a configuration. Effects: none. */
export function parseHostConfig(
  bytes: Uint8Array,
  file: HostPath,
): { readonly config: HostConfig | null; readonly problems: readonly Problem[] } {
  const { text, finding } = readText(bytes);
  if (text === null) return { config: null, problems: problems([finding], file) };
  const { value, places, findings: syntax } = readYaml(text);
  if (value === undefined) return { config: null, problems: problems(syntax, file) };

  const isValid = validateHost(value);
  const fields = new Fields(value, places);
  const findings = merged([
    syntax.filter((f) => f.code !== 'E_AMBIGUOUS_NUMBER'),
    schemaFindings(validateHost.errors ?? [], places),
    syntax,
    isRecord(value) ? [...hostFindings(fields), ...nulFindings(fields, value)] : [],
  ]);
  const config = isValid && findings.every(isWarning) ? configOf(value, file) : null;
  return { config, problems: problems(findings, file) };
}

function problems(findings: readonly Finding[], file: HostPath): readonly Problem[] {
  return findings.map((finding) => problemOf(finding, file, null));
}

function configOf(host: Host, file: HostPath): HostConfig {
  const { repository, images = {}, allow = {} } = host;
  const result = repositoryUrl(repository.url);
  if (!('url' in result)) throw new Error('internal error: a refused URL passed the checks');
  const root = hostPath(host.root ?? '/racks');
  return {
    file,
    name: host.name,
    labels: host.labels ?? {},
    repository: {
      url: result.url,
      branch: repository.branch ?? 'main',
      path: plainRepositoryPath(repository.path ?? 'racks'),
      poll: repository.poll ?? '*/30 * * * * *',
      timeoutMs: milliseconds(repository.timeout ?? '60s'),
      auth: authOf(repository.auth),
      verify: verifyOf(repository.verify),
    },
    root,
    state: hostPath(host.state ?? '/var/lib/rackops'),
    run: hostPath(host.run ?? '/run/rackops'),
    images: {
      sources: imageSources(images, under(root, 'iso')),
      keep: images.keep ?? 3,
      concurrent: images.concurrent ?? 2,
      maxBytes: bytes(images.maxSize ?? '16GiB'),
    },
    supervisor: host.supervisor ?? 'auto',
    runtime: host.runtime ?? 'auto',
    allow: {
      mounts: (allow.mounts ?? ['/home', '/var/share']).map(hostPath),
      capabilities: allow.capabilities?.map(capabilityName) ?? usualCapabilities,
      secrets: (allow.secrets ?? ['/etc/rackops/secrets']).map(hostPath),
    },
    prune: { maxPercent: Number((host.prune?.max ?? '50%').slice(0, -1)) },
  };
}

function authOf(auth: Host['repository']['auth']): HostConfig['repository']['auth'] {
  if (auth?.tokenFile !== undefined) {
    return { kind: 'token', tokenFile: hostPath(auth.tokenFile), usernameFile: optional(auth.usernameFile) };
  }
  if (auth?.sshKeyFile !== undefined) {
    return {
      kind: 'ssh',
      sshKeyFile: hostPath(auth.sshKeyFile),
      knownHostsFile: optional(auth.knownHostsFile),
    };
  }
  return { kind: 'none' };
}

function verifyOf(verify: Host['repository']['verify']): HostConfig['repository']['verify'] {
  if (verify === undefined) return null;
  return {
    mode: verify.mode ?? 'every',
    allowedSignersFile: optional(verify.allowedSignersFile),
    revokedKeysFile: optional(verify.revokedKeysFile),
    gpgKeysFile: optional(verify.gpgKeysFile),
    gpgFingerprints: (verify.gpgFingerprints ?? []).map((fingerprint) => fingerprint.toUpperCase()),
  };
}

function optional(path: string | undefined): HostPath | null {
  return path === undefined ? null : hostPath(path);
}

function milliseconds(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new Error(`internal error: not a duration: ${text}`);
  return ms;
}

function bytes(text: string): number {
  const count = parseBytes(text);
  if (count === null) throw new Error(`internal error: not a size: ${text}`);
  return count;
}
