/** `snapshot list|create|restore`: the data of a rack as they were. By the running agent if there is one, else under the lock; listing only looks. */
import type { Command } from 'commander';
import { isUnreadable, layersOf, RackError, unreadableError } from '../model/index.js';
import { snapshotsOf } from '../planning/index.js';
import { dataOf } from '../reconciler/index.js';
import { snapshotsText } from '../report/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { operate } from './operate.js';
import { printJson, printResult } from './output.js';
import type { Program } from './program.js';

const restarts =
  '\nThe services are stopped and started, because layers can only change while nothing is mounted. If they are not healthy afterwards, everything is as before.';

export function addSnapshot(cli: Command, program: Program): void {
  const snapshot = cli
    .command('snapshot')
    .description("list, make or restore snapshots of a rack's writable directory")
    .addHelpText('after', '\nExample:\n  rackops snapshot list webserver');

  snapshot
    .command('list <rack>')
    .description('list the snapshots of a rack, oldest first')
    .addHelpText('after', '\nExample:\n  rackops snapshot list webserver')
    .action(async (rack: string, _options: unknown, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      const record = await machine.readableStore().record(rack);
      const known = record !== null || (await machine.host.data.list()).some((item) => item.rack === rack);
      if (!known)
        throw new RackError('E_UNKNOWN_RACK', `cannot find a rack "${rack}" on this host`, {
          hint: 'see: rackops status',
        });
      const data = await dataOf(machine.host, rack);
      if (isUnreadable(data)) throw unreadableError(data);
      const tree = record?.committed?.tree ?? data.stack;
      const snapshots = snapshotsOf(data, tree);
      const layers = tree === null ? [] : layersOf(tree);
      if (json) printJson({ apiVersion: 'rackops/v1', rack, layers, snapshots });
      else printResult(snapshotsText(rack, layers, snapshots));
    });

  snapshot
    .command('create <rack>')
    .description("seal a rack's data as a snapshot; restarts its services")
    .addHelpText('after', `${restarts}\n\nExample:\n  rackops snapshot create webserver`)
    .action(async (rack: string, _options: unknown, command: Command) => {
      needRoot();
      await run(program, command, { kind: 'snapshot', rack, restore: null, discard: false });
    });

  snapshot
    .command('restore <rack> [id]')
    .description('put the data of a snapshot (the newest) back under a rack; restarts its services')
    .option('--discard', 'delete the present data instead of keeping them as a snapshot')
    .addHelpText(
      'after',
      `${restarts}\nThe present data become a snapshot of their own. The image stays: to go back to an older version, revert the commit.\n\nExample:\n  rackops snapshot restore webserver 3`,
    )
    .action(
      async (
        rack: string,
        id: string | undefined,
        options: { readonly discard?: boolean },
        command: Command,
      ) => {
        needRoot();
        if (id !== undefined && !/^[1-9]\d{0,8}$/.test(id))
          throw usageError(`a snapshot is named by a number, not "${id}"`);
        const discard = options.discard === true;
        await run(program, command, { kind: 'snapshot', rack, restore: id ?? 'newest', discard });
      },
    );
}

async function run(
  program: Program,
  command: Command,
  operation: Parameters<typeof operate>[2],
): Promise<void> {
  const { config, json } = globals(command);
  const message = await operate(program, config, operation);
  if (json) printJson({ apiVersion: 'rackops/v1', message });
  else printResult(message);
}
