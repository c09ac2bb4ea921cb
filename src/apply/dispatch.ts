/** From a step to its handler; the one place where a union's member meets the table's entry. */
import { assertNever } from '../lib/index.js';
import type { Step } from '../model/index.js';
import { handlers } from './handlers.js';
import type { Lane } from './lane.js';

/** The compiler cannot pair a union's member with the table's entry, so each kind is named once. */
export function dispatch(step: Step, lane: Lane): Promise<string | undefined> {
  switch (step.kind) {
    case 'begin':
      return handlers.begin(step, lane);
    case 'fetchImage':
      return handlers.fetchImage(step, lane);
    case 'mountImage':
      return handlers.mountImage(step, lane);
    case 'prepareTree':
      return handlers.prepareTree(step, lane);
    case 'reportShadow':
      return handlers.reportShadow(step, lane);
    case 'checkInputs':
      return handlers.checkInputs(step, lane);
    case 'writeBundles':
      return handlers.writeBundles(step, lane);
    case 'rehearse':
      return handlers.rehearse(step, lane);
    case 'discardRehearsal':
      return handlers.discardRehearsal(step, lane);
    case 'openSockets':
      return handlers.openSockets(step, lane);
    case 'touch':
      return handlers.touch(step, lane);
    case 'stopServices':
      return handlers.stopServices(step, lane);
    case 'unmountTree':
      return handlers.unmountTree(step, lane);
    case 'sealLayer':
      return handlers.sealLayer(step, lane);
    case 'prepareAside':
      return handlers.prepareAside(step, lane);
    case 'discardAside':
      return handlers.discardAside(step, lane);
    case 'setAside':
      return handlers.setAside(step, lane);
    case 'putBack':
      return handlers.putBack(step, lane);
    case 'mountTree':
      return handlers.mountTree(step, lane);
    case 'startServices':
      return handlers.startServices(step, lane);
    case 'verify':
      return handlers.verify(step, lane);
    case 'commit':
      return handlers.commit(step, lane);
    case 'closeSockets':
      return handlers.closeSockets(step, lane);
    case 'releaseTree':
      return handlers.releaseTree(step, lane);
    case 'releaseLayers':
      return handlers.releaseLayers(step, lane);
    case 'releaseImage':
      return handlers.releaseImage(step, lane);
    case 'closeJournal':
      return handlers.closeJournal(step, lane);
    case 'settle':
      return handlers.settle(step, lane);
    case 'hold':
      return handlers.hold(step, lane);
    case 'beginRemoval':
      return handlers.beginRemoval(step, lane);
    case 'forget':
      return handlers.forget(step, lane);
    default:
      return assertNever(step, 'step');
  }
}
