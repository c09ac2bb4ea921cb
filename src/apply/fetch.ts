/** Gets the image of a rollout here. What the host says of a difference that was downloaded instead of the whole, or should have been, becomes an event. */
import type { DeltaOutcome } from '../host/index.js';
import { assertNever } from '../lib/index.js';
import type { Event, ImageRef, StepOf } from '../model/index.js';
import { type Lane, progress, throwIfParked } from './lane.js';

export async function fetchImage({ image, from }: StepOf<'fetchImage'>, lane: Lane): Promise<string> {
  const { host, signal, errands } = lane;
  const aside: Lane['aside'] = (work) => lane.aside(() => errands?.wait(image.sha256, work()) ?? work());
  const onDelta = (outcome: DeltaOutcome): void => {
    lane.emit(deltaEvent(lane.plan.rack, image, outcome));
    if (outcome.kind === 'failed')
      lane.notes.push(`all of "${image.file}" was downloaded: ${outcome.why} (${outcome.place})`);
  };
  await host.images
    .ensure(image, (detail) => progress(lane, 'fetchImage', detail), {
      signal,
      aside,
      present: from,
      onDelta,
    })
    .catch((error) => {
      // Ended because the agent must go: that is no verdict on the image.
      throwIfParked(lane);
      throw error;
    });
  return image.file;
}

function deltaEvent(rack: string, { file }: ImageRef, outcome: DeltaOutcome): Event {
  const { place } = outcome;
  switch (outcome.kind) {
    case 'fetched': {
      const { fetchedBytes, wholeBytes } = outcome;
      return { code: 'DeltaFetched', rack, image: file, place, fetchedBytes, wholeBytes };
    }
    case 'absent':
      return { code: 'DeltaAbsent', rack, image: file, place };
    case 'failed':
      return { code: 'DeltaFailed', rack, image: file, place, message: `${place}: ${outcome.why}` };
    default:
      return assertNever(outcome, 'outcome');
  }
}
