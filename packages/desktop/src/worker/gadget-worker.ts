/**
 * The service worker of gadget frames (scope `/gadgets/`), and once more of what they have of their gadget's files in frames and workers
 * of their own (scope `/3rdpartygadget/`): {@link GadgetRelay} at the events of the browser. A script of its own.
 */
import { GadgetRelay, isNodeNews } from './gadget-relay.ts';

interface Waiting extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Telling extends Waiting {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
interface WorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Telling) => void): void;
}
const worker = self as unknown as WorkerScope;

const relay = new GadgetRelay({
  caches,
  fetch: (request, init) => fetch(request, init),
  origin: location.origin,
});

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
// Frames that were there first are looked after, too.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
  if (!isNodeNews(event.data)) return;
  // A frame that was on its way while this worker began was there neither for it nor before it: looked after from now on.
  const claimed = worker.clients.claim().catch(() => {});
  event.waitUntil(Promise.all([relay.told(event.data), claimed]));
  // From here on requests go there.
  event.waitUntil(claimed.then(() => event.ports[0]?.postMessage('')));
});
worker.addEventListener('fetch', (event) => {
  const response = relay.answer(event.request);
  if (response !== null) event.respondWith(response);
});
