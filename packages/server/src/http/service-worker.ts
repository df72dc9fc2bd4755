/**
 * The service worker of the desktop page is one of its built files. Where the operator does not want one, browsers that have it
 * already must be rid of it: they ask for the file again by themselves, and get this one.
 */

/** Below the page's folder; the page registers it under this name. */
export const WORKER_FILE = 'service-worker.js';
/** The same for gadget frames, and for the files of gadgets, which are not below the page's folder. */
export const RELAY_FILE = 'gadget-worker.js';

/**
 * What the one of gadgets may look after: the frames, or, asked for with `?of=files`, documents and workers that frames have of
 * their gadget's own files. Never both by one word, which would be the whole origin with the page in it.
 * @param url as it was asked for
 */
export const relayScope = (url: string): string =>
  url.endsWith('?of=files') ? '/3rdpartygadget/' : '/gadgets/';

/** Ends itself and throws away what the one before it has stored. Pages that are open go on undisturbed. */
export const WORKER_THAT_ENDS = `// The desktop page has no service worker on this server.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => /^poise\\.(page\\.|relay$)/.test(name)).map((name) => caches.delete(name))))
      .then(() => self.registration.unregister()),
  );
});
`;
