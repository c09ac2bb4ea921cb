import { expect } from 'chai';
import type { ObservedService } from '../../../src/model/index.js';
import { statusReport } from '../../../src/report/index.js';
import { aRack, aRecord, aRunningService, committed, observedWith } from '../../support/builders.js';

const rack = committed(aRack(), { generation: 2 });

function statusWith(services: readonly ObservedService[]) {
  const { desired } = rack;
  const { racks } = statusReport({
    host: 'test',
    summary: {
      revision: desired.revision,
      racks: [{ name: desired.name, image: desired.image, digest: desired.digest }],
      invalid: [],
      problems: [],
      heldRemovals: [],
      explanation: [],
      sourceError: null,
    },
    lastPass: null,
    signatures: null,
    images: { checkedAt: null, damaged: [] },
    agent: null,
    records: [aRecord({ committed: rack })],
    journals: [],
    observed: observedWith({ running: [rack], supervisor: { services } }),
    hostSuspended: false,
    data: [],
    probed: new Map(),
  });
  return racks[0];
}

describe('status', () => {
  it('does not take a service of another generation for the one that should run', () => {
    expect(statusWith([aRunningService(rack, 'web')])).to.include({ condition: 'Ready' });
    const status = statusWith([aRunningService(rack, 'web', { generation: 1 })]);
    expect(status).to.include({ condition: 'Failed', reason: 'NotRunning' });
    expect(status?.services[0]).to.include({ state: 'stopped', pid: null });
  });
});
