import { shortened, within } from '@poise/pages';
import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { Api } from './api.ts';
import { Refusal } from './api.ts';
import { en, type MessageKey, type Translate, useMessages } from './messages/index.tsx';
import type { Item, Schema } from './schema.ts';

export interface Console {
  readonly api: Api;
  readonly schema: Schema;
  /** Goes to another address of the console; asks first where changes would be lost. */
  readonly go: (address: string) => void;
  /** Whether the page has changes that were not saved. */
  readonly setDirty: (isDirty: boolean) => void;
  /** Tells those who see and those who hear. */
  readonly say: (text: string) => void;
  /** Counts the sign-ins: what could not be read for want of a session is read again. */
  readonly signIns: number;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const value = useContext(ConsoleContext);
  if (!value) throw new Error('ConsoleContext is missing');
  return value;
}

/** Why a request was refused, in the language of the page where it is known there. */
export function sentenceOf(t: Translate, error: unknown): string {
  if (!(error instanceof Refusal)) return t('refusal.UNREADABLE');
  const key = `refusal.${error.code}`;
  if (Object.hasOwn(en, key)) return t(key as MessageKey);
  return error.message === '' ? t('refusal.UNREADABLE') : t('refusal.other', { text: error.message });
}

interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
  /** Reads it anew; an answer that is on its way still is not waited for any more. */
  readonly again: () => void;
  /** How many answers have come, errors among them: grows with each. */
  readonly answers: number;
}

/** What is read from the server; the value stays until a newer one is there. @param key changes when something else is asked */
export function useLoaded<T>(read: () => Promise<T>, key: string): Loaded<T> {
  const { t } = useMessages();
  const { signIns } = useConsole();
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const [answers, setAnswers] = useState(0);
  // Whoever keeps it across renders, for the end of a request, reads anew all the same.
  const again = useCallback(() => setTurn((last) => last + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is read
  useEffect(() => {
    let isWanted = true;
    read().then(
      (found) => {
        if (!isWanted) return;
        setValue(found);
        setError(null);
        setAnswers((count) => count + 1);
      },
      (failure: unknown) => {
        // Whoever signs in again sees what was asked for.
        if (!isWanted || (failure instanceof Refusal && failure.status === 401)) return;
        setError(failure);
        setAnswers((count) => count + 1);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [key, turn, signIns]);
  return { value, error: error === null ? null : sentenceOf(t, error), again, answers };
}

/** By which people know an object, fit to stand among other words. */
export function labelOf(schema: Schema, collection: string, item: Item): string {
  const { label } = schema.resources[collection] ?? { label: 'id' };
  const own = (field: string) => within(shortened(String(item[field])));
  if (collection === 'contacts') return `${own('firstName')} ${own('lastName')}`.trim();
  if (collection === 'reasonCodes') return `${item.code} ${own('label')}`;
  if (collection === 'skillGroups') return `${own('name')} (${item.number})`;
  return own(item[label] ? label : 'id');
}
