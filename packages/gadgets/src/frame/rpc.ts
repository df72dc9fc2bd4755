/** `gadgets.rpc`: calls to the container and from it. There is nobody else to call (gadgets.md 4). */
import { fromJson, toJson } from '../hub/json.ts';
import type { Link } from './link.ts';

/** What a service is called with as `this`. */
export interface RpcCall {
  /** The service, the arguments, the number of the call, and from where. */
  readonly s: string;
  readonly a: readonly unknown[];
  readonly c: number;
  readonly f: string;
  /** Answers later: for services that return undefined. */
  readonly callback: (value?: unknown) => void;
}

type Service = (this: RpcCall, ...args: unknown[]) => unknown;
type Answer = (value: unknown) => void;

export interface Rpc {
  /** @param target null, '..' or '': the container */
  call(target: string | null, service: string, callback?: Answer | null, ...args: unknown[]): void;
  register(service: string, handler: Service): void;
  unregister(service: string): void;
  registerDefault(handler: Service): void;
  unregisterDefault(): void;
  setupReceiver(target?: string, url?: string): void;
  setAuthToken(target: string, token: string): void;
  getAuthToken(target: string): string;
  setRelayUrl(target: string, url: string): void;
  getRelayUrl(target: string): string;
  getOrigin(url: string): string;
  getTargetOrigin(target: string): string;
  removeReceiver(target: string): void;
  getRelayChannel(): string;
  forceParentVerifiable(): void;
}

/** Answers that are waited for. */
const PENDING_MAX = 1_000;

export function rpc(link: Link, origin: string, log: (text: string, error?: unknown) => void): Rpc {
  const services = new Map<string, Service>();
  let otherwise: Service | null = null;
  const pending = new Map<number, Answer>();
  let count = 0;

  const answer = (call: number | undefined) => (value?: unknown) => {
    if (call === undefined) return;
    const json = toJson(value);
    link.send({ type: 'result', call, ...(json !== undefined && { value: json }) });
  };
  link.listen((message) => {
    if (message.type === 'result') {
      const callback = pending.get(message.call);
      pending.delete(message.call);
      try {
        callback?.(fromJson(message.value));
      } catch (error) {
        log('the callback of a call threw', error);
      }
    }
    if (message.type !== 'call') return;
    const service = services.get(message.service) ?? otherwise;
    if (service === null) return;
    const args = fromJson(message.args);
    const list = Array.isArray(args) ? args : [];
    const callback = answer(message.call);
    try {
      const result = service.apply(
        { s: message.service, a: list, c: message.call ?? 0, f: '..', callback },
        list,
      );
      if (result !== undefined) callback(result);
    } catch (error) {
      log(`the service ${message.service} threw`, error);
    }
  });

  return {
    call(target, service, callback, ...args) {
      if (target !== null && target !== undefined && target !== '' && target !== '..')
        return log(`gadgets.rpc.call: ${target} cannot be reached, only the container`);
      const wanted = typeof callback === 'function' && pending.size < PENDING_MAX;
      if (wanted) pending.set(++count, callback);
      link.send({
        type: 'call',
        service,
        args: toJson(args.map((each) => (each === undefined ? null : each))) as string,
        ...(wanted && { call: count }),
      });
    },
    register: (service, handler) => void services.set(service, handler),
    unregister: (service) => void services.delete(service),
    registerDefault(handler) {
      otherwise = handler;
    },
    unregisterDefault() {
      otherwise = null;
    },
    // What older transports needed; the wire knows who speaks.
    setupReceiver() {},
    setAuthToken() {},
    getAuthToken: () => '',
    setRelayUrl() {},
    getRelayUrl: () => origin,
    getOrigin: (url) => {
      try {
        return new URL(url).origin;
      } catch {
        return '';
      }
    },
    getTargetOrigin: () => origin,
    removeReceiver() {},
    getRelayChannel: () => 'wpm',
    forceParentVerifiable() {},
  };
}
