import { expect } from 'chai';
import type { ListenEntry } from '../../../src/model/generated/index.js';
import {
  isSameSocket,
  listenBacklog,
  listenConflict,
  parseListen,
  socketFileOwner,
} from '../../../src/model/index.js';

function listen(entry: ListenEntry) {
  const parsed = parseListen(entry);
  if (parsed === null) throw new Error(`not an address: ${JSON.stringify(entry)}`);
  return parsed;
}

describe('An entry of listen', () => {
  it('is the same as text and as a mapping, and has no option that was not written', () => {
    expect(listen({ address: '[0::1]:80' })).to.deep.equal(listen('[0::1]:80'));
    expect(listen({ unix: '/s/a' })).to.deep.equal(listen('unix:/s/a'));
    expect(listen('unix:/s/a')).to.deep.equal({ address: 'unix:/s/a', family: 'unix', path: '/s/a' });
    expect(listenBacklog(listen('unix:/s/a'))).to.equal(4096);
  });

  it('has its mode and owner as numbers, the group like the user unless given', () => {
    const owner = (text: string | number) => {
      const unix = listen({ unix: '/s/a', mode: '0600', owner: text });
      return unix.family === 'unix' ? socketFileOwner(unix) : null;
    };
    expect(owner('33')).to.deep.equal({ mode: 0o600, uid: 33, gid: 33 });
    expect(owner(33)).to.deep.equal(owner('33'));
    expect(owner('33:0')).to.deep.equal({ mode: 0o600, uid: 33, gid: 0 });
    const plain = listen('unix:/s/a');
    expect(plain.family === 'unix' && socketFileOwner(plain)).to.deep.equal({ mode: 0o660, uid: 0, gid: 0 });
  });

  it('can be held as it is when only backlog, mode or owner differ', () => {
    expect(isSameSocket(listen('0.0.0.0:80'), listen({ address: '0.0.0.0:80', backlog: 1 }))).to.equal(true);
    expect(isSameSocket(listen('unix:/s/a'), listen({ unix: '/s/a', mode: '0600', owner: 1 }))).to.equal(
      true,
    );
    expect(isSameSocket(listen('[::]:80'), listen({ address: '[::]:80', v6Only: false }))).to.equal(true);
    expect(isSameSocket(listen('[::]:80'), listen({ address: '[::]:80', v6Only: true }))).to.equal(false);
    expect(isSameSocket(listen('[::]:80'), listen({ address: '[::]:80', reusePort: true }))).to.equal(false);
  });

  it('takes IPv4 too as [::], unless it is for IPv6 only', () => {
    const six = { address: '[::]:80', v6Only: true };
    expect(listenConflict(listen('[::]:80'), listen('127.0.0.1:80'))).to.equal(true);
    expect(listenConflict(listen(six), listen('0.0.0.0:80'))).to.equal(false);
    expect(listenConflict(listen(six), listen('[::1]:80'))).to.equal(true);
    expect(listenConflict(listen('unix:/s/a'), listen({ unix: '/s/a', backlog: 1 }))).to.equal(true);
    expect(listenConflict(listen('unix:/s/a'), listen('0.0.0.0:80'))).to.equal(false);
  });
});
