import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, parse, StreamParser } from './index.ts';

/** Documents carried as text go a way of their own, from a hundred characters on. */
const ordinary = fc.constantFrom(
  '<',
  '>',
  '&',
  '"',
  "'",
  '\r',
  '\n',
  '\t',
  '\x7f',
  ' ',
  ']',
  'text',
  '&amp;',
);
const rare = fc.constantFrom('\0', '\x1f', 'ä', '😀', '\ud83d', '\ude00', '\ufffe');
const texts = fc
  .array(fc.oneof({ weight: 40, arbitrary: ordinary }, { weight: 1, arbitrary: rare }), {
    minLength: 60,
    maxLength: 300,
    size: 'max',
  })
  .map((parts) => parts.join(''));

test('a long text is escaped as its characters are one by one', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(escapeText(text)).toBe([...text].map(escapeText).join(''));
    }),
  );
});

test.each([99, 100, 13_107, 13_108, 70_000, 200_000])('%i characters come back as they were', (length) => {
  for (const unit of ['<', 'a<b> &\r', 'plain text, and ]> ']) {
    const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
    const escaped = escapeText(text);
    expect(escaped).toBe([...text].map(escapeText).join(''));
    const limits = { bytesMax: 2_000_000, textLengthMax: 1_000_000 };
    expect(parse(`<a>${escaped}</a>`, limits).text).toBe(text);
  }
});

test('a document as text may be cut anywhere', () => {
  const text = '<Update id="1">\'ü\' & ]> \r\n</Update>'.repeat(4);
  const bytes = new TextEncoder().encode(`<s><a>${escapeText(text)}</a>`);
  for (let cut = 3; cut < bytes.length; cut++) {
    const texts: string[] = [];
    const parser = new StreamParser({
      open() {},
      element: (element) => texts.push(element.text),
      close() {},
      error: (error) => texts.push(String(error)),
    });
    parser.write(bytes.subarray(0, cut));
    parser.write(bytes.subarray(cut));
    expect(texts).toEqual([text]);
  }
});
