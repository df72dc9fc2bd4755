/** Numbers as people type them (desktop.md D43). */

const KEYS = ['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'] as const;
const DIGIT_OF = new Map(
  KEYS.flatMap((letters, digit) => [...letters].map((l) => [l, String(digit)] as const)),
);

/** Letters become the digits of their keys on a telephone; all other characters stay. */
export function withoutLetters(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => DIGIT_OF.get(letter.toLowerCase()) ?? letter);
}

/** The keys of a telephone in their rows, with the letters on them. */
export const PHONE_KEYS: readonly { readonly key: string; readonly letters: string }[] = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key) => ({
    key,
    letters: (KEYS[Number(key)] ?? '').toUpperCase(),
  })),
  { key: '*', letters: '' },
  { key: '0', letters: '' },
  { key: '#', letters: '' },
];
