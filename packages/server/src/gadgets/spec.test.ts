/** gadgets.md 2: what real gadget XML looks like, and what must be refused with line and element. */
import { describe, expect, test } from 'vitest';
import { checkFeatures } from './features.ts';
import { GadgetError } from './gadget-error.ts';
import { bundleFor, localesFor, readMessageBundle } from './message-bundle.ts';
import { readGadgetSpec } from './spec.ts';
import { escapeHtml, substitute } from './substitutions.ts';

const CLASSIC = `
<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment before -->
<Module xmlns:x="urn:x">
  <ModulePrefs title="__MSG_title__" height="300px" scrolling="true" description="&quot;Sample&quot;">
    <Require feature="settitle"/>
    <Require feature="dynamic-height" />
    <Optional feature="content-rewrite">
      <Param name="exclude-url">*</Param>
      <Param name="include-tags"></Param>
    </Optional>
    <Require feature="loadingindicator"><Param name="manual-dismiss">false</Param><Param name="loading-timeout">30</Param></Require>
    <Locale messages="messages/ALL_ALL.xml"/>
    <Locale lang="de" messages="messages/de_ALL.xml"><msg name="own">eigen</msg></Locale>
    <Locale lang="ar" language_direction="rtl"/>
  </ModulePrefs>
  <UserPref name="scheme" display_name="scheme" default_value=""/>
  <UserPref name="colour" datatype="enum" required="true"><EnumValue value="r" display_value="red"/><EnumValue value="g"/></UserPref>
  <Content type="html" view="default, canvas"><![CDATA[
    <!DOCTYPE html>
    <html><head><!--[if IE]><b>&nbsp;</b><![endif]--></head><body>a && b < c</body></html>]]></Content>
  <Content view="canvas" preferred_height="700"><![CDATA[<p>more</p>]]></Content>
</Module>
`;

/** The refusal, as its log has it. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof GadgetError) return `${error.status} ${error.reason}`;
    throw error;
  }
  return 'read';
}

const gadget = (inner: string): string => `<Module>\n<ModulePrefs title="t"/>\n${inner}</Module>`;
const CONTENT = '<Content type="html">x</Content>';

describe('a gadget spec', () => {
  test('is read with all that gadgets put into it', () => {
    const spec = readGadgetSpec(CLASSIC);
    expect(spec.prefs).toMatchObject({ title: '__MSG_title__', height: '300px', description: '"Sample"' });
    expect(spec.features.map(({ name, required }) => [name, required])).toEqual([
      ['settitle', true],
      ['dynamic-height', true],
      ['content-rewrite', false],
      ['loadingindicator', true],
    ]);
    expect(spec.features[3]?.params).toEqual({ 'manual-dismiss': ['false'], 'loading-timeout': ['30'] });
    expect(spec.locales.map(({ lang, country, messages }) => [lang, country, messages])).toEqual([
      ['all', 'ALL', 'messages/ALL_ALL.xml'],
      ['de', 'ALL', 'messages/de_ALL.xml'],
      ['ar', 'ALL', undefined],
    ]);
    expect(spec.userPrefs[1]).toEqual({
      name: 'colour',
      displayName: 'colour',
      defaultValue: '',
      datatype: 'enum',
      required: true,
      enumValues: [
        { value: 'r', displayValue: 'red' },
        { value: 'g', displayValue: 'g' },
      ],
    });
    expect([...spec.views.keys()]).toEqual(['default', 'canvas']);
    expect(spec.views.get('default')?.content).toContain('<!DOCTYPE html>');
    expect(spec.views.get('default')?.content).toContain('a && b < c');
    // Several elements of a view are one content.
    expect(spec.views.get('canvas')).toMatchObject({ preferredHeight: 700 });
    expect(spec.views.get('canvas')?.content).toMatch(/a && b < c[\s\S]*<p>more<\/p>$/);
  });

  test.each([
    ['no XML', 'hello', /^500 line 1: /],
    ['nothing', '', /^500 line 1: /],
    ['another document', '<html/>', '500 line 1: <html>: the root element must be Module'],
    ['no ModulePrefs', `<Module>${CONTENT}</Module>`, '500 line 1: <Module>: ModulePrefs is missing'],
    ['no Content', gadget(''), '500 line 1: <Module>: Content is missing'],
    [
      'a feature without a name',
      `<Module>\n<ModulePrefs>\n<Require/></ModulePrefs>${CONTENT}</Module>`,
      '500 line 3: <Require>: the attribute feature is missing',
    ],
    [
      'a page without href',
      gadget('<Content type="url"/>'),
      '500 line 3: <Content>: a Content of type url needs href',
    ],
    ['an unknown type', gadget('<Content type="flash"/>'), '500 line 3: <Content>: type must be html or url'],
    [
      'both types in one view',
      gadget(`${CONTENT}\n<Content type="url" href="http://a.example/"/>`),
      '500 line 4: <Content>: the view default has contents of both types',
    ],
    ['HTML without CDATA', gadget('<Content type="html">a && b</Content>'), /^500 line 3: /],
    ['a tag that does not end', gadget('<Content>'), /^500 line 3: /],
    ['a document type', `<!DOCTYPE Module>\n${gadget(CONTENT)}`, /^500 line 1: document type/],
    [
      'an external entity',
      `<!DOCTYPE Module [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n${gadget('<Content>&x;</Content>')}`,
      /^500 line 1: document type/,
    ],
    ['an entity of its own', gadget('<Content>&nbsp;</Content>'), /^500 line 3: /],
    ['deep nesting', gadget('<a>'.repeat(50)), /nested too deep/],
    [
      'a flood of features',
      `<Module><ModulePrefs>${'<Require feature="rpc"/>'.repeat(300)}</ModulePrefs>${CONTENT}</Module>`,
      /more than 200/,
    ],
  ])('with %s is refused', (_what, text, refusal) => {
    const told = refusalOf(() => readGadgetSpec(text));
    if (typeof refusal === 'string') expect(told).toBe(refusal);
    else expect(told).toMatch(refusal);
  });

  test('a required feature must be known, an optional one need not be', () => {
    const spec = (tags: string) =>
      readGadgetSpec(`<Module><ModulePrefs>${tags}</ModulePrefs>${CONTENT}</Module>`).features;
    for (const known of ['collapsible', 'content-rewrite', 'osapi', 'pubsub-2', 'tabs', 'locked-domain'])
      expect(() => checkFeatures(spec(`<Require feature="${known}"/>`))).not.toThrow();
    expect(() => checkFeatures(spec('<Optional feature="flash"/>'))).not.toThrow();
    expect(refusalOf(() => checkFeatures(spec('<Require feature="flash"/>')))).toBe('500 Require flash');
  });
});

describe('messages', () => {
  const spec = readGadgetSpec(`<Module><ModulePrefs>
    <Locale><msg name="a">a all</msg><msg name="b">b all</msg><msg name="c">c all</msg><msg name="it's a.key">odd</msg></Locale>
    <Locale country="CH"><msg name="b">b any_CH</msg></Locale>
    <Locale lang="de" messages="de.xml" />
    <Locale lang="de" country="CH" language_direction="rtl"><msg name="c">c de_CH</msg></Locale>
  </ModulePrefs>${CONTENT}</Module>`);
  const load = async (url: string) =>
    readMessageBundle(
      `<messagebundle><msg name="a">a ${url}</msg><msg name="d"><![CDATA[<b>d</b>]]></msg></messagebundle>`,
    );

  test('come from the nearest locale that has them', async () => {
    expect(await bundleFor(spec, { lang: 'de', country: 'CH' }, load)).toEqual({
      messages: { a: 'a de.xml', b: 'b any_CH', c: 'c de_CH', d: '<b>d</b>', "it's a.key": 'odd' },
      direction: 'rtl',
    });
    expect((await bundleFor(spec, { lang: 'de', country: 'AT' }, load)).messages).toMatchObject({
      a: 'a de.xml',
      b: 'b all',
    });
    expect((await bundleFor(spec, { lang: 'fr', country: 'FR' }, load)).messages).toMatchObject({
      a: 'a all',
      c: 'c all',
    });
    expect(localesFor(spec, { lang: 'all', country: 'ALL' })).toHaveLength(1);
  });

  test('a bundle that cannot be read is refused', () => {
    expect(refusalOf(() => readMessageBundle('<messages/>'))).toMatch(/root element must be messagebundle/);
    expect(refusalOf(() => readMessageBundle('<messagebundle>\n<msg>x</msg></messagebundle>'))).toBe(
      '500 line 2: <msg>: the attribute name is missing',
    );
  });
});

describe('substitution', () => {
  const values = {
    messages: { hello: 'Hello __UP_who__', "it's": 'odd', 'a.b': '$& $1' },
    prefs: { who: '<b>"Ann" & \'co\'</b>', empty: '' },
    moduleId: '7',
    direction: 'rtl' as const,
  };
  const filled = (text: string) => substitute(text, values, escapeHtml);

  test('fills messages, then preferences with their HTML escaped, the module id and directions', () => {
    expect(filled('__MSG_hello__')).toBe('Hello &#60;b&#62;&#34;Ann&#34; &#38; &#39;co&#39;&#60;/b&#62;');
    expect(filled("__MSG_it's____MSG_a.b__")).toBe('odd$& $1');
    expect(
      filled('x__MODULE_ID__y __BIDI_START_EDGE__ __BIDI_END_EDGE__ __BIDI_DIR__ __BIDI_REVERSE_DIR__'),
    ).toBe('x7y right left rtl ltr');
    expect(filled('__UP_scheme__://__UP_empty__')).toBe('__UP_scheme__://');
  });

  test('leaves alone what it does not know, and what a preference brings', () => {
    expect(filled('__MSG_none__ __UP_none__ __BIDI_none__ __x__ ____')).toBe(
      '__MSG_none__ __UP_none__ __BIDI_none__ __x__ ____',
    );
    const sly = substitute(
      '__UP_a__',
      { ...values, prefs: { a: '__UP_who__ __MSG_hello__' } },
      (text) => text,
    );
    expect(sly).toBe('__UP_who__ __MSG_hello__');
  });
});
