/** Stream errors as XML, and the conditions for what a parser refuses (RFC 6120 4.9, 11.1). */
import { escapeText, type XmlError } from '@poise/xml';
import { NS } from '../namespaces.ts';
import type { StreamError } from '../transport.ts';

/** @param declaration ` xmlns:stream="…"` where the prefix is not in scope */
export function streamErrorXml(error: StreamError, declaration = ''): string {
  const text =
    error.text === undefined
      ? ''
      : `<text xmlns="${NS.streamErrors}" xml:lang="en">${escapeText(error.text)}</text>`;
  return `<stream:error${declaration}><${error.condition} xmlns="${NS.streamErrors}"/>${text}${error.detail ?? ''}</stream:error>`;
}

export function streamErrorOf(error: XmlError): StreamError {
  const text = error.message;
  if (error.code === 'restricted') return { condition: 'restricted-xml', text };
  if (error.code.startsWith('limit-')) return { condition: 'policy-violation', text };
  // RFC 6120 4.9.3.22: also what is improperly encoded.
  if (error.code === 'invalid-encoding') return { condition: 'unsupported-encoding', text };
  return { condition: 'not-well-formed', text };
}
