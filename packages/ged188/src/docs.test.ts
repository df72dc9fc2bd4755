import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  CLIENT_TRANSITIONS,
  enumName,
  GED188_ERRORS,
  SERVER_TRANSITIONS,
  transitionDiagram,
} from './index.ts';

const docs = readFileSync(new URL('../../../docs/ged188.md', import.meta.url), 'utf8');

test('docs/ged188.md lists every error code with its FailureStatus', () => {
  for (const [code, status] of Object.entries(GED188_ERRORS)) {
    const answer = status === null ? 'none' : `${status} ${enumName('FailureStatus', status)}`;
    expect(docs).toContain(`| \`${code}\` | ${answer} |`);
  }
});

test('docs/ged188.md shows both session tables as they are', () => {
  expect(docs).toContain(transitionDiagram(CLIENT_TRANSITIONS, 'DISCONNECTED'));
  expect(docs).toContain(transitionDiagram(SERVER_TRANSITIONS, 'CONNECTED'));
});
