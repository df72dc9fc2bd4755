/** Text from files and from the network must not command the terminal that shows it. */

/** Controls but for the tab, the delete key, C1, and what changes the direction of writing or breaks a line unseen. */
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** One line that a terminal can show: each control character as `\xNN`, others as `\uNNNN`. */
export const plainLine = (text: string): string =>
  text.replace(UNSAFE, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
