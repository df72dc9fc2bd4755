/**
 * SASL data: base64 (RFC 6120 6.5.5) of strict UTF-8. Line breaks are forgiven, because some libraries encode
 * as for mail, and a long token then comes in lines; nothing else is.
 */

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `=` stands for empty data. @returns null when it is no base64 */
export function decodeBase64(text: string): Buffer | null {
  const data = text.replace(/[ \t\r\n]+/g, '');
  if (data === '=') return Buffer.alloc(0);
  return BASE64.test(data) ? Buffer.from(data, 'base64') : null;
}

/** @returns null when the bytes are no UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
