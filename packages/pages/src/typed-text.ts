/**
 * What people and other servers typed, made fit to stand among other words. Pure. Ten thousand characters of mixed scripts take a
 * browser seconds to lay out, again at each change, even where all but a line of them is hidden; and a direction that is begun and
 * never ended, or an isolate that is ended and was never begun, turns round the words that follow.
 */

/** Longest name or label that is drawn. What the original lets an administrator type has 128 characters at most. */
export const LABEL_MAX = 160;
/** Longest text within a sentence, and longest team message (255) with room to spare. */
export const TEXT_MAX = 500;

const ISOLATE = /[\u2066-\u2068]/;
const POP_ISOLATE = '\u2069';
const FIRST_STRONG_ISOLATE = '\u2068';
/** Marks, embeddings, isolates, and letters that run from right to left. */
const TURNS = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** The beginning of a text that is too long, with an ellipsis; no character is cut in two. */
export function shortened(text: string, max: number = LABEL_MAX): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Leaves out ends of isolates that were not begun, and ends those that were: what is around the text stays isolated from it. */
export function balanced(text: string): string {
  if (!TURNS.test(text)) return text;
  let open = 0;
  let made = '';
  for (const character of text) {
    if (ISOLATE.test(character)) open++;
    else if (character === POP_ISOLATE) {
      if (open === 0) continue;
      open--;
    }
    made += character;
  }
  return made + POP_ISOLATE.repeat(open);
}

/** As one value of a sentence without elements, as titles, labels and notifications are: its direction is its own. */
export function within(text: string): string {
  const short = shortened(text, TEXT_MAX);
  return TURNS.test(short) ? `${FIRST_STRONG_ISOLATE}${balanced(short)}${POP_ISOLATE}` : short;
}
