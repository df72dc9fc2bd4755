import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse, StreamParser, serialize, XmlError, type XmlLimits } from './index.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const HEADER =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='d' version='1.0'>";

/** A parser whose events become lines, and what a handler does on certain lines. */
class Recorder {
  readonly lines: string[] = [];
  readonly errors: XmlError[] = [];
  readonly parser: StreamParser;
  onElement: (name: string, parser: StreamParser) => void = () => {};
  onClose: (parser: StreamParser) => void = () => {};

  constructor(limits?: Partial<XmlLimits>) {
    this.parser = new StreamParser(
      {
        open: (root) => this.lines.push(`open ${root.prefix}:${root.name} ${root.ns} to=${root.attr('to')}`),
        element: (el) => {
          this.lines.push(serialize(el, 'jabber:client', { stream: 'http://etherx.jabber.org/streams' }));
          this.onElement(el.name, this.parser);
        },
        close: () => {
          this.lines.push('close');
          this.onClose(this.parser);
        },
        error: (error) => {
          this.lines.push(`error ${error.code}`);
          this.errors.push(error);
        },
      },
      limits,
    );
  }

  write(input: string | Uint8Array): this {
    this.parser.write(typeof input === 'string' ? utf8(input) : input);
    return this;
  }
}

const OPEN = 'open stream:stream http://etherx.jabber.org/streams to=d';
let stream: Recorder;
beforeEach(() => {
  stream = new Recorder();
});

describe('a stream', () => {
  test('reports the root, each first-level element when its end tag is complete, and the end', () => {
    stream.write(`<?xml version='1.0'?>${HEADER}`);
    expect(stream.lines).toEqual([OPEN]);
    stream.write("<iq id='1'><query xmlns='u'/></iq");
    expect(stream.lines).toHaveLength(1);
    stream.write('>');
    expect(stream.lines[1]).toBe('<iq id="1"><query xmlns="u"/></iq>');
    stream.write("<stream:features/><r xmlns='urn:xmpp:sm:3'/></stream:stream>");
    expect(stream.lines.slice(2)).toEqual(['<stream:features/>', '<r xmlns="urn:xmpp:sm:3"/>', 'close']);
  });

  test('elements inherit the namespaces of the root', () => {
    const seen: string[] = [];
    const parser = new StreamParser({
      open() {},
      element: (el) => seen.push(`${el.prefix}|${el.ns}|${el.child('body')?.ns}`),
      close() {},
      error() {},
    });
    parser.write(utf8(`${HEADER}<message><body/></message><stream:error/>`));
    expect(seen).toEqual([
      '|jabber:client|jabber:client',
      'stream|http://etherx.jabber.org/streams|undefined',
    ]);
  });

  test('white space between elements keeps the connection alive without end', () => {
    stream = new Recorder({ bytesMax: 200 });
    stream.write(HEADER);
    for (let i = 0; i < 1000; i++) stream.write(' \n');
    stream.write('<a/>');
    expect(stream.lines).toEqual([OPEN, '<a/>']);
  });

  test('text between elements is an error at once', () => {
    expect(stream.write(HEADER).write('x').lines).toEqual([OPEN, 'error not-well-formed']);
    expect(new Recorder().write(`${HEADER}x<a/>`).lines).toEqual([OPEN, 'error not-well-formed']);
  });

  test('nothing is reported after an error', () => {
    stream.write(`${HEADER}<a></b><c/>`).write('<d/>').write('</stream:stream>');
    expect(stream.lines).toEqual([OPEN, 'error not-well-formed']);
  });

  test('what came before an error in the same chunk is reported', () => {
    const bad = new Uint8Array([...utf8(`${HEADER}<a/><b/>`), 0xff, ...utf8('<c/>')]);
    expect(stream.write(bad).lines).toEqual([OPEN, '<a/>', '<b/>', 'error invalid-encoding']);
    expect(stream.errors[0]).toMatchObject({ offset: HEADER.length + 8 });
  });

  test('nothing is reported after the end', () => {
    stream.write(`${HEADER}</stream:stream><a/>`).write('<b/>');
    expect(stream.lines).toEqual([OPEN, 'close']);
  });

  test('a second stream header on the way is an element that nobody closed', () => {
    stream.write(HEADER).write(`${HEADER}</stream:stream>`);
    expect(stream.lines).toHaveLength(2);
    expect(stream.lines[1]).toContain('<stream:stream');
  });

  test('an exception of a handler comes out of write and ends the parser', () => {
    stream.onElement = () => {
      throw new Error('handler');
    };
    stream.write(HEADER);
    expect(() => stream.write('<a/><b/>')).toThrow('handler');
    stream.write('<c/>');
    expect(stream.lines).toEqual([OPEN, '<a/>']);
  });

  test('an XmlError that a handler throws is its own, not one of the stream', () => {
    stream.onElement = () => parse('<');
    stream.write(HEADER);
    expect(() => stream.write('<a/>')).toThrow(XmlError);
    expect(stream.errors).toEqual([]);
  });

  test('a handler cannot write', () => {
    stream.onElement = () => stream.write('<x/>');
    stream.write(HEADER);
    expect(() => stream.write('<a/>')).toThrow('inside of a handler');
  });

  test('stop ends the reports in the midst of a chunk', () => {
    stream.onElement = (_, parser) => parser.stop();
    stream.write(`${HEADER}<a/><b/>`).write('<c/>');
    expect(stream.lines).toEqual([OPEN, '<a/>']);
  });
});

describe('a stream restart', () => {
  test('between chunks', () => {
    stream.write(`${HEADER}<auth/>`);
    stream.parser.reset();
    stream.write(`<?xml version='1.0'?>${HEADER}<iq/>`);
    expect(stream.lines).toEqual([OPEN, '<auth/>', OPEN, '<iq/>']);
  });

  test('from a handler: the rest of the chunk belongs to the new stream', () => {
    stream.onElement = (name, parser) => name === 'auth' && parser.reset();
    stream.write(`${HEADER}<auth>ä</auth>\r\n<?xml version='1.0'?>${HEADER}<iq/>`);
    expect(stream.lines).toEqual([OPEN, '<auth>ä</auth>', OPEN, '<iq/>']);
  });

  test('from a handler, also for an empty element and with a CR at the end of the chunk', () => {
    stream.onElement = (name, parser) => name === 'auth' && parser.reset();
    stream.write(`${HEADER}\r`).write('<auth/>\r').write(`\n${HEADER}<iq/>`);
    expect(stream.lines).toEqual([OPEN, '<auth/>', OPEN, '<iq/>']);
  });

  test('with discard: what came in clear behind starttls does not count', () => {
    stream.onElement = (name, parser) => name === 'starttls' && parser.reset('discard');
    stream.write(`${HEADER}<starttls/>${HEADER}<iq type='injected'/>`);
    stream.write(`${HEADER}<iq/>`);
    expect(stream.lines).toEqual([OPEN, '<starttls/>', OPEN, '<iq/>']);
  });

  test('after the end and after an error', () => {
    stream.write(`${HEADER}</stream:stream>`);
    stream.parser.reset();
    stream.write('<<');
    stream.parser.reset();
    stream.write(HEADER);
    expect(stream.lines).toEqual([OPEN, 'close', 'error not-well-formed', OPEN]);
  });

  test('from the handler of the end', () => {
    stream.onClose = (parser) => parser.reset();
    stream.write(`${HEADER}</stream:stream>${HEADER}<a/>`);
    expect(stream.lines).toEqual([OPEN, 'close', OPEN, '<a/>']);
  });

  test('namespaces of the old stream are gone', () => {
    stream.write(HEADER);
    stream.parser.reset();
    expect(stream.write('<stream:stream>').lines).toEqual([OPEN, 'error unbound-prefix']);
  });

  test('white space before the declaration is tolerated, but not within the first tag', () => {
    expect(stream.write(' \r\n').write(`\n<?xml version='1.0'?>`).write(HEADER).lines).toEqual([OPEN]);
    expect(new Recorder().write('<').write(' ').write(HEADER.slice(1)).lines).toEqual([
      'error not-well-formed',
    ]);
  });
});

describe('limits of a stream', () => {
  test.each([
    ['a comment', '<!-- x -->', 'restricted'],
    ['a DTD', '<!DOCTYPE a>', 'restricted'],
    ['a processing instruction', '<?x y?>', 'restricted'],
    ['a declaration on the way', "<?xml version='1.0'?>", 'restricted'],
    ['an entity', '<a>&x;</a>', 'restricted'],
    ['a bare ampersand, though no semicolon is in sight', '<a>R & D', 'not-well-formed'],
    ['NUL', '<a>\0', 'invalid-character'],
    ['a wrong end tag, which delivers nothing', '<a></b>', 'not-well-formed'],
    ['deep nesting', '<a>'.repeat(70), 'limit-depth'],
    ['a name without end', `<${'a'.repeat(300)}`, 'limit-name'],
    ['an attribute name without end', `<a ${'a'.repeat(300)}`, 'limit-name'],
    ['a value without end', `<a b='${'a'.repeat(300_000)}`, 'limit-size'],
    ['a text without end', `<a>${'a'.repeat(300_000)}`, 'limit-size'],
    ['a reference without end', `<a>&${'a'.repeat(100)}`, 'restricted'],
  ])('%s is refused', (_title, input, code) => {
    expect(stream.write(HEADER + input).lines).toEqual([OPEN, `error ${code}`]);
    const bytewise = new Recorder().write(HEADER);
    for (const byte of utf8(input.slice(0, 20_000))) bytewise.write(Uint8Array.of(byte));
    if (input.length < 20_000) expect(bytewise.lines).toEqual([OPEN, `error ${code}`]);
  });

  test('bytesMax holds for each first-level element, exactly, however it is cut', () => {
    const fits = `<a>${'ä'.repeat(46)}x</a>`;
    expect(utf8(fits)).toHaveLength(100);
    for (const cut of [1, 7, 64, 1000]) {
      const recorder = new Recorder({ bytesMax: 110 });
      recorder.write(HEADER);
      const input = utf8(`${fits.repeat(50)}<b>${'x'.repeat(200)}</b>`);
      for (let at = 0; at < input.length; at += cut) recorder.write(input.subarray(at, at + cut));
      expect(recorder.lines).toHaveLength(52);
      expect(recorder.lines.at(-1)).toBe('error limit-size');
    }
    expect(new Recorder({ bytesMax: 110 }).write(`${HEADER}${fits}`).lines).toHaveLength(2);
  });

  test('64 MB in one element are refused after bytesMax, and nothing of them is kept', () => {
    stream.write(`${HEADER}<a>`);
    const chunk = new Uint8Array(65_536).fill(0x61);
    let written = 0;
    while (stream.errors.length === 0 && written < 1000) {
      stream.write(chunk);
      written++;
    }
    expect(written).toBeLessThanOrEqual(5);
  });

  test('many small children count for their element', () => {
    stream = new Recorder({ bytesMax: 1000 });
    stream.write(`${HEADER}<a>${'<b/>'.repeat(300)}`);
    expect(stream.lines).toEqual([OPEN, 'error limit-size']);
  });

  test('the stream header is limited, too', () => {
    stream = new Recorder({ bytesMax: 1000, attributeLengthMax: 1_000_000 });
    stream.write("<?xml version='1.0'?>").write(`<stream a='${'x'.repeat(2000)}'>`);
    expect(stream.lines).toEqual(['error limit-size']);
  });

  test('limits can be changed on the way, also by a handler', () => {
    stream = new Recorder({ bytesMax: 200 });
    stream.onElement = (name, parser) => name === 'auth' && parser.setLimits({ bytesMax: 10_000 });
    stream.write(`${HEADER}<auth/><a>${'x'.repeat(5000)}</a>`);
    expect(stream.lines).toHaveLength(3);
    stream.parser.setLimits({ bytesMax: 100 });
    stream.write(`<a>${'x'.repeat(500)}`);
    expect(stream.lines.at(-1)).toBe('error limit-size');
  });
});

describe('cut anywhere, a stream reads the same', () => {
  const samples: [title: string, input: Uint8Array][] = [
    [
      'a session',
      utf8(
        `\ufeff<?xml version='1.0' encoding='UTF-8'?>\r\n${HEADER}\r\n<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AD&#48;=</auth>` +
          `\n<?xml version="1.0"?>${HEADER}<iq type='set' id='ä€😀'><bind xmlns='u' x:y='1' xmlns:x='v'/></iq> ` +
          '<message><body>a&lt;&#x1F600;<![CDATA[]]]><x>&]]]]>b\r\n\rc</body></message><presence/></stream:stream>',
      ),
    ],
    ['a bad byte', new Uint8Array([...utf8(`${HEADER}<a/><b>ä`), 0xe2, 0x82, 0x3c, ...utf8('</b>')])],
    [
      'references of all kinds, and one that is none',
      utf8(
        `${HEADER}<a>&lt;b c=&quot;&apos;&amp;lt;&#38;&quot;&gt;]&gt;]]&gt;]&lt;x ]] &amp; \r\n&amp;ä&lt;\t>\n</a><b>&lt;\n&gt;&amp;&quots;</b>`,
      ),
    ],
    ['the end of a CDATA section behind references', utf8(`${HEADER}<a>\n&lt;&amp;]&gt;]]></a>`)],
    ['a bad character', utf8(`${HEADER}<a/><b>&#1;</b>`)],
    ['an overlong form', new Uint8Array([...utf8(`${HEADER}<a>`), 0xe0, 0x80, 0x80])],
    ['mismatched tags', utf8(`${HEADER}<a><b></a></b>`)],
    ['a comment', utf8(`${HEADER}<a/><!-- c --><b/>`)],
  ];

  function play(input: Uint8Array, cuts: number[]): (string | number[])[] {
    const recorder = new Recorder();
    recorder.onElement = (name, parser) => name === 'auth' && parser.reset();
    let from = 0;
    for (const cut of [...cuts, input.length]) {
      recorder.write(input.subarray(from, cut));
      from = cut;
    }
    return [...recorder.lines, ...recorder.errors.map(({ offset, line, column }) => [offset, line, column])];
  }

  test.each(samples)('%s, at every single place', (_title, input) => {
    const whole = play(input, []);
    expect(whole.length).toBeGreaterThan(1);
    for (let cut = 0; cut <= input.length; cut++) expect(play(input, [cut])).toEqual(whole);
  });

  test.each(samples)('%s, byte by byte and at random places', (_title, input) => {
    const whole = play(input, []);
    expect(play(input, [...input.keys()])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(input.length), { maxLength: 12 }), (cuts) => {
        expect(
          play(
            input,
            cuts.sort((a, b) => a - b),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});
