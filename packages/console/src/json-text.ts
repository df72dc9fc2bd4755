/** JSON as people read it. Pure. */
import { within } from '@poise/pages';

const TEXT = /"(?:[^"\\]|\\.)*"/g;
/** Draw nothing of their own, and turn round what is drawn of others. */
const MARKS_OF_DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Each text in it keeps its direction to itself, so that names, brackets and values stay where they belong; marks of direction are
 * seen as the escapes that JSON has for them: whoever looks through changes sees what was typed, not what it was made to look like.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(TEXT, (text) => within(text.replace(MARKS_OF_DIRECTION, escaped)));
