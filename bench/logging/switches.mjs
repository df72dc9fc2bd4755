// Loaded into the server before anything of it (node --import): lets a measurement switch off and on, while the server runs, what it
// pays for. A line on the file descriptor 3 names what is off from then on: `journal`, `ring`, `trace`, or nothing.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const dist = new URL('../../packages/server/dist/', import.meta.url);
const { Happenings } = await import(new URL('happenings.js', dist).href);
const { DebugRing } = await import(new URL('xmpp-host/debug-ring.js', dist).href);
const { TraceBook } = await import(new URL('action-trace/trace-book.js', dist).href);

let off = '';
createInterface({ input: createReadStream('', { fd: 3 }) }).on('line', (line) => {
  off = line.trim();
});

/** Calls what was there unless it is off. */
function switched(prototype, method, name) {
  const inner = prototype[method];
  prototype[method] = function (...args) {
    return off === name ? undefined : inner.apply(this, args);
  };
}
switched(DebugRing.prototype, 'push', 'ring');
for (const method of ['addressed', 'sent', 'sentBySocket']) switched(TraceBook.prototype, method, 'trace');

// Who observes the happenings is told by where it asks to: the journal's own room, else `main.js` for the traces.
const observe = Happenings.prototype.observe;
Happenings.prototype.observe = function (listener) {
  const by = /\/dist\/journal\//.test(new Error().stack ?? '') ? 'journal' : 'trace';
  return observe.call(this, (happening) => {
    if (off !== by) listener(happening);
  });
};
