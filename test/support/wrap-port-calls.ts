/** Stands around each call of a port: runs it, or fails before or after. */
export type AroundCall = (call: string, run: () => unknown) => unknown;

/** A port whose methods all go through `around`; a method that is added later does too. */
export function wrapPortCalls<Port extends object>(
  port: Port,
  name: string,
  around: AroundCall,
): Port {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]) =>
        around(`${name}.${String(key)}`, (): unknown => Reflect.apply(member, target, given));
    },
  });
}

/** How a call of a port goes wrong. */
export type Failure = 'before' | 'after';

/** Wraps every port in a record of them; `planFailure` says how the next call goes wrong. */
export function failPortCalls<Ports extends object>(
  ports: Ports,
  planFailure: (call: string) => Failure | undefined,
  createError: () => Error,
): Ports {
  const around: AroundCall = async (call, run) => {
    const failure = planFailure(call);
    if (failure === 'before') throw createError();
    const result = await run();
    if (failure === 'after') throw createError();
    return result;
  };
  const entries = Object.entries(ports).map(([name, port]: [string, unknown]) => [
    name,
    typeof port === 'object' && port !== null && ASYNCHRONOUS_PORTS.includes(name)
      ? wrapPortCalls(port, name, around)
      : port,
  ]);
  // The same members with the same methods.
  return Object.fromEntries(entries) as Ports;
}

/** Ports whose every method is a request to somewhere. */
const ASYNCHRONOUS_PORTS: readonly string[] = ['rawMail', 'claims', 'events', 'ledger', 'mime'];
