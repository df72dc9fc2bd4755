import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Sentence } from '../session/store.ts';
import { en } from './catalogue.ts';
import { format, say } from './index.tsx';
import { phrase } from './phrase.tsx';

const html = (sentence: Sentence) => renderToStaticMarkup(phrase((key) => en[key], sentence));

test('what people typed is set apart from the sentence, whatever its direction', () => {
  expect(html({ key: 'header.team', values: { team: 'צוות א' } })).toBe('Team <bdi>צוות א</bdi>');
});

test('words of the page itself are translated and not set apart', () => {
  expect(
    html({ key: 'state.withReason', values: { state: { key: 'state.NOT_READY' }, reason: 'غداء' } }),
  ).toBe('Not Ready – <bdi>غداء</bdi>');
});

test('a sentence within a sentence is translated, and what people typed in it set apart', () => {
  const next = {
    key: 'state.withReason',
    values: { state: { key: 'state.NOT_READY' }, reason: 'Lunch' },
  } as const;
  const sentence = { key: 'state.then', values: { state: { key: 'state.TALKING' }, next } } as const;
  expect(html(sentence)).toBe('Talking, then Not Ready – <bdi>Lunch</bdi>');
  expect(say((key, values) => format(en[key], values), sentence)).toBe('Talking, then Not Ready – Lunch');
});

test('markup in a value stays text', () => {
  expect(html({ key: 'error.other', values: { detail: '<b>x</b>' } })).toBe(
    'That did not work: <bdi>&lt;b&gt;x&lt;/b&gt;</bdi>',
  );
});

test('a placeholder inside a value is not filled', () => {
  expect(html({ key: 'header.team', values: { team: '{team}' } })).toBe('Team <bdi>{team}</bdi>');
});

test('a missing value stays visible as its name', () => {
  expect(html({ key: 'header.team' })).toBe('Team {team}');
});
