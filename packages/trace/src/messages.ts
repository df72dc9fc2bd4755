/** What the tracer says, in three languages. Texts for machines (JSON keys, verdicts, kinds) are not in here. */
import { DE } from './messages/de.ts';
import { EN } from './messages/en.ts';
import { FR } from './messages/fr.ts';

export { EN };

export type MessageId = keyof typeof EN;
export type Messages = Readonly<Record<MessageId, string>>;

export type Language = 'en' | 'de' | 'fr';
export const MESSAGES: Readonly<Record<Language, Messages>> = { en: EN, de: DE, fr: FR };

/** Fills placeholders; fractions have the language's decimal sign, or 63.231 would be thousands of seconds in German. */
export function say(
  messages: Messages,
  id: MessageId,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return messages[id].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === 'number' ? String(value).replace('.', messages.decimal) : value;
  });
}
