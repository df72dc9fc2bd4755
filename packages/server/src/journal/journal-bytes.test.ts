/** The bytes of all files, for recorded happenings and the same with hostile texts in them: no change of how lines are made may change a line. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { VirtualClock } from '@poise/clock';
import { decodedBean } from '@poise/ged188';
import { expect, test } from 'vitest';
import { type HappeningKind, type HappeningMap, Happenings } from '../happenings.ts';
import type { LogForm } from './cti-lines.ts';
import { Journal } from './journal.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

// Two seconds before midnight in the zone below.
const START = Date.UTC(2026, 10, 20, 18, 29, 58);
/** What values may hold: other scripts, half a pair, line ends, the sequence that parts keys, what looks like a time or an element. */
const HOSTILE = [
  'Größe 日本 😀 \ud800',
  'a][b]\n0000000001: x',
  '\r\n\t\u0000\u007f\u0085\u2028',
  'two words',
  '\n <x/>\n2026',
  '€'.repeat(70_000),
];

type Told = { readonly kind: HappeningKind; readonly cause: object } & Readonly<Record<string, unknown>>;

/** As `bench/logging/record.mjs` writes them. */
const RECORDED: readonly Told[] = readFileSync(new URL('fixtures/happenings.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) =>
    JSON.parse(line, (_name, value) =>
      typeof value?.$hex === 'string' ? Uint8Array.from(Buffer.from(value.$hex, 'hex')) : value,
    ),
  );

const OTHERS: readonly Told[] = [
  { kind: 'api.stats', cause: {}, component: 'User-[id]-PUT' },
  { kind: 'cti.link', cause: {}, state: 'DISCONNECTED', side: 'A', reason: 'reset' },
  { kind: 'cti.link', cause: {}, state: 'CONNECTING', side: 'B', reason: 'started' },
  { kind: 'presence', cause: {}, jid: '2001@host/desktop', type: 'unavailable' },
  { kind: 'unsubscribe', cause: {}, node: '/finesse/api/User/2001', jid: '2001@host' },
  { kind: 'presence.monitor', cause: {}, agentId: '2001', event: 'added' },
  { kind: 'presence.monitor', cause: {}, agentId: '2001', event: 'expired' },
  { kind: 'presence.logout', cause: {}, agentId: '2001' },
  { kind: 'auth.failed', cause: {}, user: '2001', where: 'rest', reason: 'wrong' },
  { kind: 'notification.info', cause: {}, line: 'HTTP bind service started' },
  { kind: 'notification.debug', cause: {}, line: 'RECV: \n  <presence/>\nnext' },
  { kind: 'notification.wire', cause: {}, user: '2001', body: '<User>\n  <x/>\n</User>\n' },
  { kind: 'notification.trouble', cause: {}, level: 'error', line: 'refused' },
  { kind: 'notification.trouble', cause: {}, level: 'warn', line: 'slow' },
  { kind: 'audit', cause: {}, user: 'admin', method: 'PUT', url: '/finesse/api/x', payload: '<x/>\n' },
  { kind: 'operator', cause: {}, level: 'warn', text: 'Low on disk.', detail: { free: 1 } },
  { kind: 'operator', cause: {}, level: 'error', text: 'Failed.' },
  { kind: 'operator', cause: {}, level: 'info', text: 'Started.' },
  { kind: 'cti.raw', cause: {}, type: 5, frame: new Uint8Array(5_000).fill(0xab) },
  {
    kind: 'cti.sent',
    cause: {},
    name: 'OPEN_REQ',
    fields: {
      InvokeID: 1,
      ClientID: 'x',
      ClientPassword: 'secret',
      List: [{ AgentID: '1' }],
      Bytes: new Uint8Array(3),
    },
  },
  {
    kind: 'cti.received',
    cause: {},
    name: 'UNKNOWN_EVENT',
    type: 999,
    fields: { AgentID: '2001', Any: true },
    receivedAt: 5.5,
    dispatchedAt: 3,
    sequence: 7,
  },
];

/** Members that are read as one of a few words, not as a text. */
const WORDS = new Set(['kind', 'type', 'level', 'event', 'where', 'side', 'state', 'name']);

function hostile(told: Told, turn: number): Told {
  const changed = (name: string, value: unknown, depth: number): unknown => {
    if (typeof value === 'string')
      return depth === 0 && WORDS.has(name)
        ? value
        : `${value}${HOSTILE[(turn + name.length) % HOSTILE.length]}`;
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map((item) => changed(name, item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, changed(key, item, depth + 1)]),
    );
  };
  const { kind, cause, ...own } = told;
  return { kind, cause, ...Object.fromEntries(Object.entries(own).map(([k, v]) => [k, changed(k, v, 0)])) };
}

async function written(form: LogForm): Promise<Record<string, string>> {
  const clock = new VirtualClock(START);
  const files = new MemoryLogFiles(() => clock.now());
  const happenings = new Happenings(
    () => clock.now(),
    (error) => {
      throw error;
    },
  );
  const journal = new Journal({
    happenings,
    clock,
    directory: '/logs',
    host: 'fin1.example.com',
    form,
    deployment: 'CCE',
    levels: { webservices: 'information', notification: 'debug' },
    json: true,
    bean: (name, fields, beanForm) =>
      decodedBean({ name, fields } as Parameters<typeof decodedBean>[0], { form: beanForm }),
    files,
    zone: () => 330,
  });
  await journal.start();
  const all = [...RECORDED, ...OTHERS];
  const told = [...all, ...HOSTILE.flatMap((_text, turn) => all.map((one) => hostile(one, turn)))];
  for (const [i, { kind, cause, ...payload }] of told.entries()) {
    happenings.publish(kind, payload as unknown as HappeningMap[HappeningKind], cause);
    if (kind === 'api.request') journal.ctiTrace(`Trace: ${String(payload.parameters)}`);
    clock.advance(7);
    if (i % 40 === 0) await journal.flush();
  }
  await journal.stop();
  expect(journal.dropped).toBe(0);
  return Object.fromEntries(
    files.names().map((name) => {
      const bytes = files.files.get(name)?.bytes ?? Buffer.alloc(0);
      return [
        name.slice(6),
        `${bytes.length} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`,
      ];
    }),
  );
}

test.each(['9.1', '11.6', '12.6'] as const)('the bytes of all files in the form of %s', async (form) => {
  expect(await written(form)).toMatchSnapshot();
});
