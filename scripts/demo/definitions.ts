/**
 * The files that the demo commits: two racks, and the mistake. Written as a team would write them, comments and all.
 * Pure: text from values.
 */
import type { BuiltImage } from '../images/index.js';

/** The web server, with a listening socket that stays open while versions change. */
export function webserver(image: BuiltImage, port: number): string {
  return `apiVersion: rackops/v1
kind: Rack
name: webserver
image:
  file: ${image.file}
  sha256: "${image.sha256}"
services:
  nginx:
    command: [nginx, -g, "daemon off;"]
    env: {NGINX: "3;"}
    listen: ["127.0.0.1:${port}"]
    stop: {signal: QUIT, timeout: 10s}
    health:
      http: {port: ${port}, path: /up, status: 200}
      interval: 250ms
rollout:
  bake: 2s
  timeout: 30s
`;
}

/** A second rack, to see that it is left alone. */
export function notes(image: BuiltImage, port: number): string {
  return `apiVersion: rackops/v1
kind: Rack
name: notes
image:
  file: ${image.file}
  sha256: "${image.sha256}"
services:
  web:
    command: [serve, "127.0.0.1:${port}"]
    health:
      http: {port: ${port}, path: /up, status: 200}
      interval: 250ms
rollout:
  bake: 1s
  timeout: 30s
`;
}

/** The same definition with a field that does not exist: what a hurried edit looks like. */
export function withMistake(definition: string): string {
  return definition.replace('services:\n', 'servcies:\n');
}
