/**
 * Versions of the web server image: one base from Debian packages, and over it a site and a configuration per version.
 * nginx is meant to be PID 1 (`daemon off`), and to take the listening socket it is handed (`env: {NGINX: "3;"}`); it logs to standard error.
 */
import { basename, join } from 'node:path';
import { nginxBase } from './base.js';
import { cached, recipeKey } from './cache.js';
import { type BuiltImage, describeImage, type Layer, packImage } from './pack.js';

/** In what way a version is broken: nginx does not start, or it starts and answers 500. */
export type Fault = 'none' | 'missing-include' | 'answers-500';

export interface NginxOptions {
  /** The address in nginx's own configuration, equal to the definition's `listen`. A definition may lay its own `/etc/nginx/conf.d/site.conf` over it. */
  readonly listen?: string;
  readonly fault?: Fault;
  /** First part of the file name. */
  readonly name?: string;
  readonly onBuild?: (text: string) => void;
}

export const defaultListen = '127.0.0.1:8080';

/** `webserver-<version>.iso`: answers `/`, `/up` ("<version> ok") and `/version`. Under a second once the base is there; needs root for the base. */
export async function buildNginxImage(version: string, options: NginxOptions = {}): Promise<BuiltImage> {
  const { listen = defaultListen, fault = 'none', name = 'webserver', onBuild } = options;
  const base = await nginxBase(onBuild);
  const layer = nginxLayer(version, listen, fault);
  const key = recipeKey({ base: basename(base), layer });
  const path = await cached(`${name}-${version}-${key}.iso`, async (scratch) => {
    onBuild?.(`packing ${name}-${version}.iso`);
    const target = join(scratch, 'image');
    await packImage(base, layer, scratch, target);
    return target;
  });
  return describeImage(path, `${name}-${version}.iso`);
}

/** What a version lays over the base. Pure. */
export function nginxLayer(version: string, listen: string, fault: Fault): Layer {
  return {
    directories: ['/srv/www'],
    files: {
      '/etc/nginx/nginx.conf': mainConfiguration(fault),
      '/etc/nginx/mime.types': 'types { text/html html; text/plain txt; text/css css; }\n',
      '/etc/nginx/conf.d/site.conf': siteConfiguration(listen),
      '/etc/nginx/locations.conf': locations(version, fault),
      '/srv/www/index.html': page(version),
      '/srv/www/up': `${version} ok\n`,
      '/srv/www/version': `${version}\n`,
    },
  };
}

/** The server block, also for a definition's `files`: `listen` must be equal to the definition's. */
export function siteConfiguration(listen: string): string {
  return `server {\n  listen ${listen};\n  include /etc/nginx/locations.conf;\n}\n`;
}

function mainConfiguration(fault: Fault): string {
  // A new release that expects a file nobody delivered: the most ordinary way for a web server not to come up.
  const include = fault === 'missing-include' ? '  include /etc/nginx/tls-defaults.conf;\n' : '';
  return `user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log stderr notice;

events {
  worker_connections 512;
}

http {
  include /etc/nginx/mime.types;
  default_type text/plain;
  access_log off;
  server_tokens off;
${include}  include /etc/nginx/conf.d/*.conf;
}
`;
}

function locations(version: string, fault: Fault): string {
  const answer =
    fault === 'answers-500'
      ? 'location / { return 500 "out of order\\n"; }'
      : 'location / { try_files $uri $uri/ =404; }';
  return `root /srv/www;\nindex index.html;\nadd_header X-Version ${version} always;\n${answer}\n`;
}

function page(version: string): string {
  return `<!doctype html>
<title>webserver ${version}</title>
<h1>webserver ${version}</h1>
<p>This page is part of a read-only image.</p>
`;
}
