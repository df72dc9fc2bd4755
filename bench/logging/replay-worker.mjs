// A process of `replay.mjs`: one build of the journal and of the ring, warm, that replays the recording each time it is told to and answers with
// the processor time that it took, µs for each event.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecording } from './recording.mjs';

const [dist, recording, eventsPerSecond, json] = process.argv.slice(2);
const { Journal } = await import(`${dist}/server/dist/journal/index.js`);
const { DEFAULT_STREAM_LIMITS } = await import(`${dist}/server/dist/journal/log-stream.js`);
const { DebugRing } = await import(`${dist}/server/dist/xmpp-host/debug-ring.js`);
const { decodedBean } = await import(`${dist}/ged188/dist/index.js`);
const { systemClock } = await import(`${dist}/clock/dist/index.js`);

const entries = readRecording(recording);
const events = entries.filter((entry) => entry.kind === 'request.end').length;
const happenings = entries.filter(({ kind }) => kind !== undefined);
/** Happenings that go to a file together. */
const flushSeconds = DEFAULT_STREAM_LIMITS.flushMs / 1000;
const together = Math.max(
  1,
  Math.round((happenings.length / events) * Number(eventsPerSecond) * flushSeconds),
);
const ms = (1000 * events) / (Number(eventsPerSecond) * entries.length);
const base = Date.UTC(2026, 10, 30, 8);
for (const [i, entry] of entries.entries()) entry.at = base + Math.floor(i * ms);
const lines = new Map();
const ringLine = (name) => lines.get(name) ?? lines.set(name, () => name).get(name);
const pushes = entries
  .filter(({ ring }) => ring !== undefined)
  .map(({ at, ring, args }) => ({ at, line: ringLine(ring), args }));

const clock = systemClock();
const cpu = (from) => {
  const { user, system } = process.cpuUsage(from);
  return user + system;
};

async function journalRound() {
  const directory = mkdtempSync(join(tmpdir(), 'poise-replay-'));
  let listener;
  const journal = new Journal({
    happenings: {
      observe: (wanted) => {
        listener = wanted;
        return () => {};
      },
      publish: () => {},
    },
    clock,
    directory,
    host: 'fin1.example.com',
    form: '11.6',
    deployment: 'CCE',
    levels: { webservices: 'information', notification: 'information' },
    json: json === 'json',
    bean: (name, fields, form) => decodedBean({ name, fields }, { form }),
  });
  await journal.start();
  const from = process.cpuUsage();
  for (let first = 0; first < happenings.length; first += together) {
    const end = Math.min(happenings.length, first + together);
    for (let i = first; i < end; i++) listener(happenings[i]);
    await journal.flush();
  }
  const taken = cpu(from);
  await journal.stop();
  rmSync(directory, { recursive: true, force: true });
  return taken / events;
}

const ring = new DebugRing();
function ringRound() {
  const from = process.cpuUsage();
  for (let repeat = 0; repeat < 10; repeat++)
    for (const { at, line, args } of pushes) ring.push(at, line, ...args);
  return cpu(from) / events / 10;
}

process.on('message', async (part) => {
  if (part === 'end') process.disconnect();
  else process.send(part === 'ring' ? ringRound() : await journalRound());
});
process.send({ events, happenings: happenings.length, pushes: pushes.length });
