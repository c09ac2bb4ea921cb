/** A state directory of its own for each test, gone afterwards. */
import { rm } from 'node:fs/promises';
import { type Event, type HostPath, hostPath } from '../../../src/model/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { scratchDirectory } from '../../support/scratch.js';

export interface StateDirectory {
  readonly path: HostPath;
  readonly warnings: string[];
  /** Opens it as the holder of the lock does; again: as after a crash. */
  open(): Promise<Store>;
  dispose(): Promise<void>;
}

export async function stateDirectory(): Promise<StateDirectory> {
  const path = hostPath(scratchDirectory());
  const warnings: string[] = [];
  const emit = (event: Event): void => {
    if (event.code === 'Warning') warnings.push(event.message);
  };
  return {
    path,
    warnings,
    open: () => openStore({ directory: path, emit }),
    dispose: () => rm(path, { recursive: true, force: true }),
  };
}
