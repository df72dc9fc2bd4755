import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Sentence } from '../session/store.ts';
import { en } from './catalogue.ts';
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
