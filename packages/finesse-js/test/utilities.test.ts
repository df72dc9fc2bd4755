import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
beforeEach(async () => {
  f = await frame();
});
const util = () => f.finesse.utilities.Utilities;

describe('Utilities', () => {
  test('errors of responses', () => {
    const ApiError = { ErrorType: 'T', ErrorData: 'D', ErrorMessage: 'M' };
    const rsp = (object: unknown) => ({ status: 400, content: '', object });
    expect([
      util().getErrCode(rsp({ ApiErrors: { ApiError } })),
      util().getErrData(rsp({ ApiErrors: { ApiError: [ApiError, {}] } })),
    ]).toEqual(['T', 'D']);
    expect([
      util().getErrMessage(rsp({ ApiErrors: { ApiError } })),
      util().getErrOverrideable(rsp({ ApiErrors: { ApiError } })),
    ]).toEqual(['M', undefined]);
    for (const none of [rsp(null), rsp({}), rsp({ ApiErrors: null })])
      expect([util().getErrCode(none), util().getErrData(none)]).toEqual(['HTTP 400', 'HTTP 400']);
    expect(util().getErrCode(undefined)).toBeUndefined();
  });

  test('credentials and headers', () => {
    const authorization = btoa('1001:pass:word');
    expect(util().getCredentials({ authorization })).toEqual({ id: '1001', password: 'pass:word' });
    expect(util().getCredentials(authorization)).toEqual({ id: '1001', password: 'pass:word' });
    expect(() => util().getCredentials(btoa('1001'))).toThrow('not colon delimited');
    expect(util().getAuthHeaderString({ authorization })).toBe(`Basic ${authorization}`);
    expect(util().getAuthHeaderString({ id: '1', password: 'ü' })).toBe('Basic MTrDvA==');
    expect(util().getAuthHeaderString({ authToken: 't' })).toBe('Bearer t');
    expect(util().getAuthHeaderString({})).toBe('');
    expect(util().getUserAuthString()).toBe(btoa('1001:secret'));
    expect([util().getAuthTokenObj({}), util().getAuthTokenObj({ authToken: 't' })]).toEqual([
      null,
      { token: 't' },
    ]);
  });

  test('the newest token is the one of the desktop page', async () => {
    f = await frame({ parent: { finesse: { container: { Config: { authToken: 'new' } } } } });
    expect(util().getAuthHeaderString({ authToken: 'old', systemAuthMode: 'SSO' })).toBe('Bearer new');
    expect(f.finesse.gadget.Config.authToken).toBe('new');
  });

  test('Base64 of long texts', () => {
    const long = 'ä'.repeat(300_000);
    expect(util().b64Decode(util().b64Encode(long))).toBe(long);
  });

  test('XML and objects', () => {
    expect(util().json2xml({ a: { b: [1, 2] } })).toBe('<a><b>1</b><b>2</b></a>');
    expect(util().xml2js('<a><b/></a>')).toEqual({ a: { b: null } });
    expect(util().xml2json('<a>1</a>')).toBe('{"a":"1"}');
    expect(util().xml2JsObj('<a b="1 &amp; 2"><c d=\'x\'/>t</a>')).toEqual({
      a: { '@b': '1 & 2', c: { '@d': 'x' } },
    });
    expect(util().xml2js('<a b="1">t</a>')).toEqual({ a: { '@b': '1', '#text': 't' } });
    expect(() => util().xml2JsObj('<a>')).toThrow('not closed');
    // What gadgets wrote for themselves is not escaped twice; what would break the XML is escaped.
    expect(
      util().json2xml({
        a: { '@b': '"', c: 'A &amp; B', d: 'A & B', e: '<i>x</i>', f: '<i>', g: null, h: undefined },
      }),
    ).toBe('<a b="&quot;"><c>A &amp; B</c><d>A &amp; B</d><e><i>x</i></e><f>&lt;i&gt;</f><g/><h/></a>');
    expect(util().js2xml({ a: { '@x': 1, '#text': 't', '#cdata': '<&' } })).toBe(
      '<a x="1">t<![CDATA[<&]]></a>',
    );
    expect(util().json2xml({ a: 'A &amp; B' }, true)).toBe('<a>A &amp;amp; B</a>');
    expect(f.finesse.utilities.SaxParser.parse('<a>1</a>')).toEqual({ a: '1' });
  });

  test('arrays, ids, text', () => {
    expect([util().getArray(null), util().getArray('a'), util().getArray(['a'])]).toEqual([[], ['a'], ['a']]);
    expect([util().getId('/finesse/api/User/1001'), util().getId(null)]).toEqual(['1001', '']);
    expect(util().generateUUID()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(util().generateUUID()).not.toBe(util().generateUUID());
    expect([
      util().trim(' a '),
      util().removeSpaces(' a b '),
      util().escapeSpaces('a b'),
      util().pad(3),
      util().padWithWidth(3, 3),
    ]).toEqual(['a', 'ab', 'a\u00a0b', '03', '003']);
    const { translateHTMLEntities, translateXMLEntities } = util();
    expect(translateHTMLEntities(`<a href="x">'&`, true)).toBe(`&lt;a href="x"&gt;'&amp;`);
    expect(translateHTMLEntities('&lt;a&GT; &amp;lt; &quot;')).toBe('<a> &lt; &quot;');
    expect(translateXMLEntities(`<a>'&"`, true)).toBe('&lt;a&gt;&apos;&amp;&quot;');
    expect(translateXMLEntities('&lt;a&gt; &amp;lt; &quot;&apos; &#65;&#x42; &none; &')).toBe(
      '<a> &lt; "\' AB &none; &',
    );
    expect(util().addWordWrapping('x')).toContain('>x</span>');
    expect([util().b64Encode('ü:1'), util().b64Decode('w7w6MQ=='), util().b64Decode('%')]).toEqual([
      'w7w6MQ==',
      'ü:1',
      '',
    ]);
    expect([
      util().extractHostname('https://u:p@fin.example:8445/x?y'),
      util().extractHostname('fin.example:8445'),
    ]).toEqual(['fin.example', 'fin.example']);
    expect([util().getParameterByName('a=1&b=x%20y', 'b'), util().getParameterByName('?a=1', 'b')]).toEqual([
      'x y',
      '',
    ]);
    expect([
      util().getQueryString('lang'),
      util().getQueryString('q', 'http://h/?q=1#f'),
      util().getQueryString('q', 'http://h/'),
    ]).toEqual(['en', '1', null]);
    expect(['b', 'A', 'c'].sort(util().caseInsensitiveSort)).toEqual(['A', 'b', 'c']);
    expect([
      util().getEquals({ a: 1 }, { a: 1 }),
      util().getEquals(1, 2),
      util().convertNullToEmptyString(null),
    ]).toEqual([true, false, '']);
    expect(util().encodeNodeName('/finesse/api/User/a b')).toBe('/finesse/api/User/a%20b');
  });

  test('times', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 1, 0, 0) });
    const { buildTimeString, buildTimeStringWithOptionalHours, buildElapsedTimeString } = util();
    const spans = [0, 61_999, 3_600_000, -5, Number.NaN, null as never];
    expect(spans.map(buildTimeString)).toEqual(['00:00', '01:01', '60:00', '00:00', '00:00', '00:00']);
    expect([3_599_000, 3_661_000, 90_061_000].map(buildTimeStringWithOptionalHours)).toEqual([
      '59:59',
      '01:01:01',
      '25:01:01',
    ]);
    expect([
      buildElapsedTimeString(10_000, 5_000),
      buildElapsedTimeString(10_000, 0),
      buildElapsedTimeString(5_000, 10_000),
      util().buildElapsedTimeStringWithOptionalHours(3_700_000, 100_000),
      util().buildTotalTimeString(7_000, 5_000),
      util().buildHoldTimeString(7_000, 5_000),
      util().buildWrapupTimeString(7_000, 5_000),
    ]).toEqual(['00:05', '--:--', '--:--', '01:00:00', '00:02', '00:02', '00:02']);
    expect([
      util().extractTime('1970-01-01T00:00:01Z'),
      util().extractTime(''),
      util().extractTime(null),
    ]).toEqual([1000, 0, 0]);
    expect([util().getDisplayTime(3_661), util().getDisplayTime('59'), util().getDisplayTime('-1')]).toEqual([
      '01:01:01',
      '00:00:59',
      '00:00:00',
    ]);
    f.session.setItem('clientTimestampDrift', '2000');
    expect([
      util().getCurrentDrift(),
      util().convertToServerTimeMillis(5000),
      util().currentServerTimeMillis(),
    ]).toEqual([2000, 7000, Date.now() + 2000]);
    const from = '2026-01-01T00:59:50.000Z';
    const { convertTsToDuration, convertTsToDurationWithFormat } = util();
    expect([
      convertTsToDuration(from),
      convertTsToDuration(from, new Date(Date.now() + 3_600_000)),
      convertTsToDuration('2027-01-01T00:00:00Z'),
      convertTsToDuration(''),
      convertTsToDuration('--'),
    ]).toEqual(['00:00:12', '01:00:12', '00:00:00', '00:00:00', '-1']);
    expect([
      convertTsToDurationWithFormat(from, true),
      convertTsToDurationWithFormat('2027-01-01T00:00:00Z', true),
      convertTsToDurationWithFormat('2026-01-01T01:00:02.500Z', true),
      convertTsToDurationWithFormat(null, true),
    ]).toEqual(['00:00:12', '-1', '00:00:00', '-1']);
    expect([
      util().parseDateStringISO8601('2026-01-01T00:00:00Z')?.getTime(),
      util().parseDateStringISO8601('x'),
    ]).toEqual([Date.UTC(2026, 0, 1), null]);
    expect([util().dateToISOString(new Date(0)), util().convertDateToISODateString(0)]).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
    ]);
    expect(util().currentTimeMillis()).toBe(Date.now());
    vi.useRealTimers();
  });

  test('handlers, bits, storage', () => {
    expect(() => util().validateHandler('x')).toThrow('must be a function');
    expect(util().validateHandler(undefined)).toBeUndefined();
    // Gadgets keep what it returns.
    const handler = () => {};
    expect(util().validateHandler(handler)).toBe(handler);
    const { isSet, all, any } = util().bitMask;
    expect([isSet(6, 2), isSet(6, 1), all(6, 2, 4), all(6, [2, 1]), any(6, [1, 4]), any(6, 1)]).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(util().setDOMStoreItem('k', 'v')).toBe(true);
    expect(util().getDOMStoreItem('k')).toBe('v');
    expect(util().removeDOMStoreItem('k')).toBe(true);
    expect(util().getDOMStoreItem('k')).toBeNull();
  });

  test('says when a gadget is visible for the first time', async () => {
    const seen = vi.fn();
    util().onGadgetFirstVisible(seen);
    f.hub.publish('finesse.containerservices.activeTab', 'other');
    expect(seen).not.toHaveBeenCalled();
    f.hub.publish('finesse.containerservices.activeTab', 'home');
    f.hub.publish('finesse.containerservices.activeTab', 'home');
    expect(seen).toHaveBeenCalledOnce();
    f = await frame({ tabId: null });
    util().onGadgetFirstVisible(seen);
    expect(seen).toHaveBeenCalledTimes(2);
  });

  test('makes the gadget as high as its body', () => {
    const adjustHeight = vi.fn();
    vi.stubGlobal('document', { body: { offsetHeight: 80 } });
    vi.stubGlobal('gadgets', { window: { adjustHeight } });
    util().adjustGadgetHeight();
    vi.stubGlobal('document', undefined);
    expect(adjustHeight).toHaveBeenCalledExactlyOnceWith(100);
  });

  test('waits for all deferreds, also for those that fail', async () => {
    vi.stubGlobal('jQuery', {
      Deferred: () => {
        let resolve = () => {};
        const promise = new Promise<void>((done) => {
          resolve = done;
        });
        return Object.assign(promise, { resolve });
      },
      when: (...all: Promise<void>[]) => Promise.all(all),
    });
    await expect(util().whenAllDone(Promise.resolve(), Promise.reject(new Error('x')))).resolves.toHaveLength(
      2,
    );
  });
});

describe('I18n, JsonValidator, Logger', () => {
  test('texts with places', () => {
    const { I18n } = f.finesse.utilities;
    I18n.setBundle({ hi: 'Hello {0}, {1} and {2}' });
    expect([I18n.getString('hi', 'A', 5), I18n.getString('no')]).toEqual(['Hello A, 5 and {2}', 'no']);
  });

  test('JSON against a schema', () => {
    const { JsonValidator } = f.finesse.utilities;
    const schema = {
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: {
        a: { type: 'string', minLength: 2 },
        b: { type: 'array', items: { type: 'integer', minimum: 1 } },
      },
    } as const;
    expect(JsonValidator.validateJson({ a: 'xy', b: [1, 2] }, schema)).toEqual({ isValid: true, errors: [] });
    expect(JsonValidator.validateJson({ a: 'x', b: [0, 1.5], c: 1 }, schema).errors).toEqual([
      '$.a is shorter than 2',
      '$.b[0] is less than 1',
      '$.b[1] is no integer',
      '$.c is not known',
    ]);
    expect(JsonValidator.validateJson([], schema).errors).toEqual(['$ is no object']);
    expect(JsonValidator.validateJson({}, schema).errors).toEqual(['$.a is missing']);
  });

  test('the banner of a gadget', () => {
    const elements: Record<
      string,
      {
        textContent: string;
        dataset: Record<string, string>;
        style: Record<string, string>;
        setAttribute: () => void;
      }
    > = {
      banner: { textContent: '', dataset: {}, style: {}, setAttribute: () => undefined },
      'banner-msg': { textContent: '', dataset: {}, style: {}, setAttribute: () => undefined },
    };
    vi.stubGlobal('document', { getElementById: (id: string) => elements[id] ?? null });
    const { MessageDisplay } = f.finesse.utilities;
    MessageDisplay.showBannerError('<b>');
    expect([elements['banner-msg']?.textContent, elements.banner?.style.display]).toEqual(['<b>', 'block']);
    MessageDisplay.hideBanner();
    expect(elements.banner?.style.display).toBe('none');
    delete elements.banner;
    expect(() => MessageDisplay.showBannerInfo('x')).not.toThrow();
  });
});
