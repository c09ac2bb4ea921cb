/** `image push`: an image into an OCI registry, where hosts fetch it by its sha256. Needs neither a host's configuration nor root: it is for whoever builds images. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { registryReference } from '../definition/index.js';
import { formatBytes } from '../lib/index.js';
import { hostPath, isLoopback, openAccess, RackError, type SourceAccess } from '../model/index.js';
import { imageSnippet } from '../report/index.js';
import { globals, usageError } from './globals.js';
import { printJson, printNote, printResult, stopSignal } from './output.js';
import type { Program } from './program.js';

interface Options {
  readonly to: string;
  readonly signature?: string;
  readonly usernameFile?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly realm?: readonly string[];
  readonly insecure?: true;
}

export function addImagePush(image: Command, program: Program): void {
  image
    .command('push <file>')
    .description('push an image to an OCI registry, as an artifact that hosts fetch by its sha256')
    .requiredOption('--to <reference>', 'host[:port]/repository:tag')
    .option('--signature <file>', 'the signature that minisign made, pushed beside it')
    .option('--username-file <file>', 'file with the user name; nobody but its owner can read it')
    .option('--password-file <file>', 'file with the password')
    .option('--token-file <file>', 'file with a bearer token, instead of a name and a password')
    .option('--ca-file <file>', "certificates to trust instead of the system's (PEM)")
    .option('--realm <host...>', 'other hosts that may be asked for a token')
    .option('--insecure', 'http without TLS; credentials go to this machine only')
    .addHelpText(
      'after',
      '\nExample:\n  rackops image push webserver-2.0.iso --to registry.example.org/racks/webserver:2.0 \\\n    --username-file ~/registry-user --password-file ~/registry-password',
    )
    .action(async (file: string, options: Options, command: Command) => {
      const { json } = globals(command);
      const { host, repository, tag } = registryReference(options.to);
      const report = await program.pushImage({
        file: resolve(file),
        signature: options.signature === undefined ? null : resolve(options.signature),
        registry: {
          kind: 'registry',
          host,
          repository,
          access: accessOf(options, host),
          realms: (options.realm ?? []).map((realm) => realm.toLowerCase()),
          verify: null,
        },
        tag,
        signal: stopSignal(),
        progress: printNote,
      });
      if (json) printJson({ apiVersion: 'rackops/v1', ...report });
      else
        printResult(
          `pushed ${report.reference} (${formatBytes(report.bytes)}${report.signature === null ? '' : ', signed'})\n\nin the definition:\n${imageSnippet(report)}\nin host.yaml:\nimages:\n  sources:\n    - registry: ${host}/${repository}\n`,
        );
    });
}

/** `host`: `host[:port]`. Errors: E_USAGE; E_URL_INSECURE, as in host.yaml. */
function accessOf(
  { usernameFile, passwordFile, tokenFile, caFile, insecure }: Options,
  host: string,
): SourceAccess {
  const pair = [usernameFile, passwordFile].filter((each) => each !== undefined).length;
  if (pair === 1 || (pair === 2 && tokenFile !== undefined))
    throw usageError('give --username-file together with --password-file, or --token-file');
  const isOpen = insecure === true && !isLoopback(host.replace(/:\d+$/, ''));
  if (isOpen && (pair === 2 || tokenFile !== undefined)) {
    throw new RackError('E_URL_INSECURE', `cannot push to "${host}": credentials would be sent without TLS`, {
      hint: 'leave out --insecure, or the credentials',
    });
  }
  const path = (text: string): ReturnType<typeof hostPath> => hostPath(resolve(text));
  return {
    ...openAccess,
    insecure: insecure === true,
    caFile: caFile === undefined ? null : path(caFile),
    auth:
      tokenFile !== undefined
        ? { kind: 'bearer', tokenFile: path(tokenFile) }
        : usernameFile !== undefined && passwordFile !== undefined
          ? { kind: 'basic', usernameFile: path(usernameFile), passwordFile: path(passwordFile) }
          : { kind: 'none' },
  };
}
