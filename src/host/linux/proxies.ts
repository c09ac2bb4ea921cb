/** Proxies of this host, for programs that ask the network on behalf of an image. They may hold a password: never among the arguments of a program, which everybody can read. */
import { findProgram, runProgram } from './programs.js';

const shortMs = 30_000;
const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Those of our own environment. */
export function environmentProxies(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    variables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Those that this host's apt uses, as `Acquire::http::Proxy=http://…`; none where there is no apt. */
export async function aptProxies(): Promise<readonly string[]> {
  if (findProgram('apt-config') === null) return [];
  const { stdout } = await runProgram('apt-config', ['dump', '--format', '%f=%v%n', 'Acquire'], {
    timeoutMs: shortMs,
  });
  return stdout.split('\n').filter((line) => /^Acquire::https?::proxy[^=]*=[^\s"]+$/i.test(line));
}

/** As of `ImageBuilding.proxies`: apt's first, because it is what this host's administrator has set for packages. */
export async function commandProxies(): Promise<Readonly<Record<string, string>>> {
  return { ...environmentProxies(), ...proxyVariables(await aptProxies()) };
}

/** Lines of `aptProxies` as variables that apt, apk, wget and curl understand. Proxies of single hosts cannot be said in them, but that a host is asked directly. Pure. */
export function proxyVariables(lines: readonly string[]): Readonly<Record<string, string>> {
  const options = lines.map((line) => {
    const at = line.indexOf('=');
    return { path: line.slice(0, at).toLowerCase().split('::').slice(1), value: line.slice(at + 1) };
  });
  const isDirect = (value: string): boolean => value.toUpperCase() === 'DIRECT';
  const of = (scheme: string): string | undefined =>
    options.find(({ path, value }) => path.join('::') === `${scheme}::proxy` && !isDirect(value))?.value;
  const direct = options.flatMap(({ path, value }) =>
    path[1] === 'proxy' && path[2] !== undefined && isDirect(value) ? [path[2]] : [],
  );
  const http = of('http');
  const https = of('https') ?? http;
  return {
    ...(http === undefined ? {} : { http_proxy: http }),
    ...(https === undefined ? {} : { https_proxy: https }),
    ...(direct.length === 0 ? {} : { no_proxy: [...new Set(direct)].join(',') }),
  };
}
