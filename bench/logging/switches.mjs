// Loaded into the server before anything of it (node --import): lets a measurement switch off and on, while the server runs, what it
// pays for. A line on the file descriptor 3 names what is off from then on: `journal`, `ring`, `trace`, or nothing. `time` begins to measure
// single calls of each, `report EVENTS RATE` tells of them on the standard error.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const dist = new URL('../../packages/server/dist/', import.meta.url);
const { Happenings } = await import(new URL('happenings.js', dist).href);
const { DebugRing } = await import(new URL('xmpp-host/debug-ring.js', dist).href);
const { TraceBook } = await import(new URL('action-trace/trace-book.js', dist).href);

let off = '';
/** Times of single calls, µs, by part, while they are wanted. */
let times = null;
const SAMPLES_MAX = 2_000_000;

/** What calls cost, without the hundredth part that took longest: there something else had the processor. */
function report(events, at) {
  for (const [part, list] of Object.entries(times)) {
    const sorted = Float64Array.from(list).sort();
    const counted = sorted.subarray(0, Math.ceil(sorted.length * 0.99));
    const mean = counted.reduce((sum, us) => sum + us, 0) / Math.max(1, counted.length);
    const perEvent = (mean * sorted.length) / events;
    const round = (x) => Math.round(x * 100) / 100;
    console.error(
      JSON.stringify({
        measure: `calls of ${part} inside the server`,
        events,
        calls_per_event: round(sorted.length / events),
        us_per_call: round(mean),
        us_p99: round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
        us_per_event: round(perEvent),
        told_for_events_per_s: at,
        percent_of_a_processor: round((perEvent * at) / 10_000),
      }),
    );
  }
  times = null;
}

/** @returns what `run` returns */
function timed(part, run) {
  if (times === null) return run();
  const from = performance.now();
  const result = run();
  const list = times[part];
  if (list.length < SAMPLES_MAX) list.push((performance.now() - from) * 1000);
  return result;
}

createInterface({ input: createReadStream('', { fd: 3 }) }).on('line', (line) => {
  const [word, events, at] = line.trim().split(' ');
  if (word === 'time') times = { journal: [], ring: [], trace: [] };
  else if (word === 'report') report(Number(events), Number(at));
  else off = word;
});

/** Calls what was there unless it is off. */
function switched(prototype, method, name) {
  const inner = prototype[method];
  prototype[method] = function (...args) {
    return off === name ? undefined : timed(name, () => inner.apply(this, args));
  };
}
switched(DebugRing.prototype, 'push', 'ring');
for (const method of ['addressed', 'sent', 'sentBySocket']) switched(TraceBook.prototype, method, 'trace');

// Who observes the happenings is told by where it asks to: the journal's own room, else `main.js` for the traces.
const observe = Happenings.prototype.observe;
Happenings.prototype.observe = function (listener) {
  const by = /\/dist\/journal\//.test(new Error().stack ?? '') ? 'journal' : 'trace';
  return observe.call(this, (happening) => {
    if (off !== by) timed(by, () => listener(happening));
  });
};
