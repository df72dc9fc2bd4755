/** From the bytes of a file to its text: byte-order mark, then the header, then the XML declaration, then UTF-8. */
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';

const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/;

/**
 * @param contentType header of the answer that brought the bytes
 * @throws GadgetError 500 for an encoding that is not known, or bytes that it does not have
 */
export function textOf(bytes: Uint8Array, contentType = ''): string {
  const marked = byteOrderMark(bytes);
  const named = marked ?? /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? declared(bytes) ?? 'utf-8';
  let decoder: { decode(bytes: Uint8Array): string };
  try {
    decoder = new TextDecoder(named, { fatal: true });
  } catch {
    throw new GadgetError(500, phrase('gadget.encoding'), `unknown encoding ${named}`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    // Hosts that name no encoding, and editors of the last century.
    if (named.toLowerCase() === 'utf-8' && marked === undefined)
      return new TextDecoder('windows-1252').decode(bytes);
    throw new GadgetError(500, phrase('gadget.encoding'), `not ${named}`);
  }
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  // XML in UTF-16 without a mark: the first character is `<`.
  if (first === 0 && second === 0x3c) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  return undefined;
}

function declared(bytes: Uint8Array): string | undefined {
  const name = DECLARED.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.[1];
  // What could be read as far as here has one byte for a letter, whatever it says.
  return name !== undefined && /^(utf-?16|ucs-?2|utf-?32)/i.test(name) ? undefined : name;
}
