/** The service worker of the desktop page: {@link PageCache} at the events of the browser. A script of its own. */
import { PageCache, type PageFiles } from './page-cache.ts';

/** Filled in by the build (vite.config.ts). */
declare const __PAGE_FILES__: PageFiles;

/** The part of a worker's surroundings that is needed; the library of types for them contradicts that of pages. */
interface Waiting extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
}
const worker = self as unknown as WorkerScope;

const cache = new PageCache(__PAGE_FILES__, {
  caches,
  fetch: (request, init) => fetch(request, init),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  origin: location.origin,
});

// A new build takes over by itself: pages that are open go on with what they have, for it is kept.
worker.addEventListener('install', (event) => event.waitUntil(cache.fill().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) =>
  event.waitUntil(
    Promise.all([
      cache.tidy(),
      // The node is asked while this script starts.
      worker.registration.navigationPreload?.enable(),
    ]),
  ),
);
worker.addEventListener('fetch', (event) => {
  const response = cache.answer(event.request, event.preloadResponse);
  if (response !== null) event.respondWith(response);
});
