import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningPoise, rest, startPoise } from '../e2e/server.ts';
import { hold, patternOf, readConversation } from './conversation.ts';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.wire'));
const conversations = files.map((name) =>
  readConversation(readFileSync(join(import.meta.dirname, name), 'utf8')),
);

let poise: RunningPoise;
beforeAll(async () => {
  poise = await startPoise();
});
afterAll(() => poise?.stop());

test.each(conversations)('$title', async (conversation) => {
  await hold(conversation, {
    domain: 'localhost',
    xmppPort: poise.ports.xmpp,
    boshUrl: `http://127.0.0.1:${poise.ports.bosh}/http-bind/`,
    password: (agent) => agent,
    rest: async (agent, method, path, requestId, body) =>
      (await rest(poise, agent, method, path, body, { requestId })).status,
  });
});

test('a conversation that the server does not follow fails', () => {
  expect(patternOf('a {x} b…c').exec('a 1 b 22 c')?.groups?.['x']).toBe('1');
  expect(patternOf('a {x} b').test('a b')).toBe(false);
});
