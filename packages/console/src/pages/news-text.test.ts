import { format } from '@poise/pages';
import { expect, test } from 'vitest';
import { LANGUAGES, type MessageKey } from '../messages/index.tsx';
import { type NewsKind, newsText } from './news-text.ts';

const inLanguage = async (language: string, kind: NewsKind, what: string) => {
  const catalogue = (await LANGUAGES[language]?.load()) as Record<MessageKey, string>;
  return newsText(kind, what, (key, values = {}) => format(catalogue[key], values));
};

test.each([
  [
    'state',
    'NOT_READY 32767',
    'Not Ready, reason 32767',
    'Nicht bereit, Grund 32767',
    'Non prêt, motif 32767',
  ],
  ['state', 'LOGOUT', 'Signed out', 'Abgemeldet', 'Déconnecté'],
  [
    'state',
    'error Invalid State',
    'Refused: Invalid State',
    'Abgelehnt: Invalid State',
    'Refusé : Invalid State',
  ],
  [
    'presence',
    'monitor.expired',
    'Did not come back in time',
    'Nicht rechtzeitig zurückgekommen',
    'N’est pas revenu à temps',
  ],
  [
    'signOut',
    'presence notReady',
    'Presence was lost: set to Not Ready',
    'Anwesenheit verloren: auf Nicht bereit gesetzt',
    'Présence perdue : mis en Non prêt',
  ],
  [
    'signOut',
    'supervisor pending',
    'By a supervisor: waits for the end of the call',
    'Durch einen Supervisor: wartet auf das Ende des Anrufs',
    'Par un superviseur : attend la fin de l’appel',
  ],
] as const)('%s %s in words', async (kind, what, english, german, french) => {
  const told = await Promise.all(['en', 'de', 'fr'].map((language) => inLanguage(language, kind, what)));
  // French has blanks that do not break before its colons.
  expect(told.map((text) => text.replace(/[\u00a0\u202f]/g, ' '))).toEqual([english, german, french]);
});

test('what has no words stands as it is', async () => {
  expect(await inLanguage('de', 'state', 'FLYING 7')).toBe('FLYING 7');
  expect(await inLanguage('de', 'presence', 'toString')).toBe('toString');
  expect(await inLanguage('de', 'signOut', 'presence flown')).toBe('presence flown');
  expect(await inLanguage('de', 'dialog', 'PUT 4711 ACTIVE')).toBe('PUT 4711 ACTIVE');
});
