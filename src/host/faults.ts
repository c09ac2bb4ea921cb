/**
 * Where does this process die? For crash tests only: kills it (SIGKILL) before or after the n-th call of one method of a port, or records the calls.
 * Does nothing at all unless RACKOPS_TESTING=1; never catches, delays or changes a call.
 */
import { appendFileSync } from 'node:fs';

/** Shape: `<port.method>:<before|after>[:n]`, or `record:<file>` to append one line `<port.method>` a call. */
const pattern = /^(?<method>[a-zA-Z]+(?:\.[a-zA-Z]+)+):(?<moment>before|after)(?::(?<nth>[1-9]\d*))?$/;

interface Fault {
  readonly method: string;
  readonly moment: 'before' | 'after';
  readonly nth: number;
}

type Watch = (method: string) => (moment: 'before' | 'after') => void;

/**
 * `port` itself, or in a crash test a stand-in that watches its calls; nested ports are watched as `name.port.method`, the host (name '') as `port.method`.
 * Throws for a RACKOPS_FAULT that cannot be read: a test that injects nothing must not pass.
 */
export function withFaults<T extends object>(name: string, port: T): T {
  const wanted = process.env.RACKOPS_FAULT;
  if (process.env.RACKOPS_TESTING !== '1' || wanted === undefined) return port;
  return watched(
    name,
    port,
    wanted.startsWith('record:') ? recorder(wanted.slice(7)) : killer(parse(wanted)),
  );
}

function parse(text: string): Fault {
  const { method, moment, nth } = pattern.exec(text)?.groups ?? {};
  if (method === undefined || (moment !== 'before' && moment !== 'after')) {
    throw new Error(`internal error: RACKOPS_FAULT "${text}" is no fault`);
  }
  return { method, moment, nth: Number(nth ?? 1) };
}

function recorder(file: string): Watch {
  return (method) => {
    appendFileSync(file, `${method}\n`);
    return () => {};
  };
}

function killer(fault: Fault): Watch {
  let calls = 0;
  return (method) => {
    const isIt = method === fault.method && ++calls === fault.nth;
    return (moment) => {
      if (isIt && moment === fault.moment) process.kill(process.pid, 'SIGKILL');
    };
  };
}

function watched<T extends object>(name: string, port: T, watch: Watch): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key === 'symbol') return value;
      const full = name === '' ? key : `${name}.${key}`;
      if (typeof value === 'object' && value !== null) return watched(full, value, watch);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const at = watch(full);
        at('before');
        const answer: unknown = Reflect.apply(value, target, args);
        if (!(answer instanceof Promise)) {
          at('after');
          return answer;
        }
        return answer.then((result: unknown) => {
          at('after');
          return result;
        });
      };
    },
  });
}
