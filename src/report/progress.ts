/** Events as progress lines for people, phase by phase. Pure: a line or nothing for each event. */
import { escapeControl, formatBytes, formatDurationMs } from '../lib/index.js';
import type { Event } from '../model/index.js';
import { paint, type Style } from './terminal.js';

/** Null for events that a person who waits does not need to see. One line, without its end; what others wrote cannot steer the terminal. */
export function progressLine(event: Event, style: Style): string | null {
  return lineOf(harmless(event), style);
}

/** Texts in an event come from Git, the kernel and services. */
function harmless(event: Event): Event {
  switch (event.code) {
    case 'SourceFailed':
    case 'StepFailed':
    case 'DriftFound':
    case 'RemovalHeld':
    case 'DeltaFailed':
    case 'Warning':
    case 'BugFound':
      return { ...event, message: escapeControl(event.message) };
    case 'StepEnded':
    case 'Progress':
      return { ...event, detail: escapeControl(event.detail) };
    case 'RackStarted':
    case 'MirrorRemade':
      return { ...event, reason: escapeControl(event.reason) };
    default:
      return event;
  }
}

function lineOf(event: Event, style: Style): string | null {
  const done = paint(style, 'green', style.unicode ? '✓' : 'ok');
  const failed = paint(style, 'red', style.unicode ? '✗' : 'FAILED');
  switch (event.code) {
    case 'RevisionSeen':
      return `revision ${event.revision.slice(0, 12)}`;
    case 'SourceFailed':
      return `${failed} repository: ${event.message}`;
    case 'MirrorRemade':
      return `the Git mirror is made anew: ${event.reason}`;
    case 'RackStarted':
      return `${paint(style, 'bold', event.rack)}: ${event.action} (${event.reason})`;
    case 'StepEnded': {
      if (event.phase === null || event.phase === 'begin') return null;
      const detail = event.detail === '' ? '' : `  ${event.detail}`;
      return `  ${done} ${event.rack}: ${event.phase} ${paint(style, 'grey', formatDurationMs(event.durationMs))}${detail}`;
    }
    case 'StepFailed':
      return `  ${failed} ${event.rack}: ${event.phase ?? event.step}: ${event.message}`;
    case 'Progress':
      return `    ${event.rack}: ${event.detail}`;
    case 'DeltaFetched':
      return `    ${event.rack}: ${formatBytes(event.fetchedBytes)} of ${formatBytes(event.wholeBytes)} downloaded, the rest of "${event.image}" was here`;
    case 'DeltaAbsent':
      return `    ${event.rack}: no control file for "${event.image}" at ${event.place}: all of it is downloaded`;
    case 'DeltaFailed':
      return `  ${paint(style, 'yellow', `warning: ${event.rack}: all of "${event.image}" is downloaded: ${event.message}`)}`;
    case 'RolledBack':
      return `  ${paint(style, 'yellow', `${event.rack}: going back to the version before`)}`;
    case 'DriftFound':
      return `  ${paint(style, 'yellow', `${event.rack}: drift: ${event.message}`)}`;
    case 'RemovalHeld':
      return `  ${paint(style, 'yellow', event.message)}`;
    case 'Warning':
      return `  ${paint(style, 'yellow', `warning: ${event.message}`)}`;
    case 'BugFound':
      return `${failed} internal error: ${event.message}`;
    default:
      return null;
  }
}
