/** gadgets.md 3.2 and H7 to H9: what stands where in a gadget's page, whatever HTML the gadget has. */
import { describe, expect, test } from 'vitest';
import { outlineOf } from './html-scan.ts';
import { gadgetPage, type PageParts, scriptJson } from './page.ts';
import { readGadgetSpec } from './spec.ts';

/** What this process has computed since, ms: a machine that does other things beside makes it no longer. */
const computedMs = (since: NodeJS.CpuUsage) => process.cpuUsage(since).user / 1_000;

const SPEC = readGadgetSpec(
  `<Module><ModulePrefs title="It's __UP_who__ &lt;/script&gt;" height="200"><Require feature="rpc"/><Optional feature="loadingindicator"><Param name="loading-timeout">5</Param></Optional></ModulePrefs><UserPref name="who" default_value="Ann"/><Content type="html" view="default,canvas">x</Content></Module>`,
);

function page(content: string, more: Partial<PageParts> = {}): string {
  return gadgetPage({
    spec: SPEC,
    view: SPEC.views.get('default')!,
    content,
    bundle: { messages: { k: '</script>\u2028' }, direction: 'ltr' },
    moduleId: '3',
    gadgetUrl: 'http://localhost:8082/3rdpartygadget/files/a/b.xml?x=1',
    base: '/3rdpartygadget/files/a/b.xml?x=1',
    serverOrigin: '',
    prefs: {},
    securityToken: 'st',
    isolated: false,
    changes: null,
    featuresVersion: '',
    ...more,
  });
}

/** The page with our head as ▲ and our end as ▼. */
function shape(content: string): string {
  return page(content)
    .replace(
      /<meta charset="utf-8">(?:<base[^>]*>)?(?:<style>[^<]*<\/style>)?<script src[^>]*><\/script><script>.*?<\/script>/s,
      '▲',
    )
    .replace(/\n<body><script>document\.body.*?<\/script>\n$/s, '▼');
}

describe('the head of the page', () => {
  test.each([
    ['<p>a</p>', '▲<p>a</p>▼'],
    ['', '▲▼'],
    ['  text', '▲  text▼'],
    ['<!DOCTYPE html><p>', '<!DOCTYPE html>▲<p>▼'],
    [
      ' \n<!-- c --><!doctype html>\n<html lang="a>b"><head id=x><title>t</title>',
      ' \n<!-- c --><!doctype html>\n<html lang="a>b"><head id=x>▲<title>t</title>▼',
    ],
    ['<html><body onload="a()">b', '<html>▲<body onload="a()">b▼'],
    ['<script>a</script><!DOCTYPE html><html><head>', '▲<script>a</script><!DOCTYPE html><html><head>▼'],
    [
      '<!--[if lt IE 9]><script src="x.js"></script><![endif]--><head><b>',
      '<!--[if lt IE 9]><script src="x.js"></script><![endif]--><head>▲<b>▼',
    ],
    ['text <html><head>', '▲text <html><head>▼'],
    ['a < b <html>', '▲a < b <html>▼'],
    ['<HEAD>x', '<HEAD>▲x▼'],
  ])('%j becomes %j', (content, expected) => expect(shape(content)).toBe(expected));

  test('is quiet about style where the gadget has a document type, as in the original', () => {
    expect(page('<p>')).toContain('<style>');
    expect(page('<!DOCTYPE html><p>')).not.toContain('<style>');
  });

  test('has the base of the gadget, unless the gadget has one', () => {
    expect(page('<p>')).toContain('<base href="/3rdpartygadget/files/a/b.xml?x=1">');
    expect(page('<p>', { base: 'https://a.example/?a="b"&c' })).toContain(
      '<base href="https://a.example/?a=&#34;b&#34;&#38;c">',
    );
    expect(page('<head><base href="https://b.example/">').match(/<base/g)).toHaveLength(1);
    // One in a text is none.
    expect(page('<script>"<base>"</script>')).toContain('<base href="/3rd');
  });
});

describe('the end of the page', () => {
  test.each([
    ['<p>a</p></body></html>', ''],
    ['<script>a', '</script>'],
    ['<script><!-- a', '--></script>'],
    ['<STYLE>a', '</style>'],
    ['<textarea>a</text', '</textarea>'],
    ['<noscript><p>', '</noscript>'],
    ['<!-- a', '-->'],
    ['<!-- a --!>b', ''],
    ['<a href="b', '">'],
    ["<a title='b>c", "'>"],
    ['<a', '>'],
    ['<!doctype', '>'],
    ['<script>"</script >"', ''],
    ['a <', ''],
    ['</', ''],
  ])('%j is closed by %j', (html, closing) => expect(outlineOf(html).closing).toBe(closing));

  test('there is a body for the end, also after scripts alone', () => {
    expect(page('<script>a()</script>')).toMatch(/<script>a\(\)<\/script>\n<body><script>document\.body/);
  });

  test('runs the handlers once everything before it is read', () => {
    expect(page('<script>a')).toMatch(
      /<script>a<\/script>\n<body><script>document\.body.*gadgets\.util\.runOnLoadHandlers\(\);<\/script>\n$/,
    );
  });

  test('a large gadget is read quickly', () => {
    const started = process.cpuUsage();
    for (const piece of ['<a b="c>', '<', '<!--', '<a =', '<script>', "='"]) outlineOf(piece.repeat(100_000));
    expect(computedMs(started)).toBeLessThan(2_000);
  });
});

describe('what the page begins with', () => {
  /** Runs the inline script and returns what it was told. */
  function told(html: string) {
    const script = /<script src[^>]*><\/script><script>(.*?)<\/script>/s.exec(html)?.[1] as string;
    const seen: Record<string, unknown> = {};
    const note = (name: string) => (value: unknown) => {
      seen[name] = value;
    };
    const gadgets = {
      config: { init: note('config') },
      Prefs: { setMessages_: note('messages'), setDefaultPrefs_: note('defaults') },
      io: {},
    };
    new Function('gadgets', 'document', script)(gadgets, { documentElement: note });
    return { ...seen, io: gadgets.io } as Record<string, Record<string, unknown>>;
  }

  test('features are those that there are, whatever the gadget would like', () => {
    const spec = readGadgetSpec(
      '<Module><ModulePrefs title="x"><Require feature="setprefs"/><Optional feature="tabs"/><Optional feature="locked-domain"/><Optional feature="opensocial-0.9"/><Optional feature="collapsible"/><Optional feature="i18n"/></ModulePrefs><Content type="html">x</Content></Module>',
    );
    expect(Object.keys(told(page('<p>', { spec })).config!['core.util'] as object)).toEqual([
      'core',
      'rpc',
      'setprefs',
      'tabs',
      'locked-domain',
    ]);
  });

  test('configuration, messages and preferences', () => {
    const { config, messages, defaults, io } = told(page('<p>', { prefs: { who: 'Bob' } }));
    expect(config).toEqual({
      'core.util': { core: {}, rpc: {}, loadingindicator: { 'loading-timeout': '5' } },
      'core.io': { proxyUrl: '', jsonProxyUrl: '/gadgets/makeRequest' },
      rpc: { parentRelayUrl: '' },
      views: expect.objectContaining({ canvas: expect.anything(), default: expect.anything() }),
      'shindig.auth': { authToken: 'st' },
      poise: {
        moduleId: '3',
        gadgetUrl: 'http://localhost:8082/3rdpartygadget/files/a/b.xml?x=1',
        title: "It's Bob </script>",
        features: ['rpc', 'loadingindicator'],
        view: 'default',
        views: ['default', 'canvas'],
        height: 200,
        width: null,
        scrolling: false,
        isolated: false,
      },
    });
    expect(messages).toEqual({ k: '</script>\u2028' });
    expect(defaults).toEqual({ who: 'Ann' });
    expect(io).toEqual({ preloaded_: {} });
  });

  test('nothing in it ends the script', () => {
    const text = scriptJson({ a: '</script><!--<script>\u2028\u2029' });
    expect(text).not.toMatch(/[<>\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual({ a: '</script><!--<script>\u2028\u2029' });
  });

  test('of another host: what is ours stays ours, everything else is theirs', () => {
    const html = page(
      `<script src="/desktop/assets/js/finesse.js"></script><link href='/3rdpartygadget/files/x.css'><img src=/other/a.png><a href="b.html"><img src = "/gadgets/x?a=&quot;"><i title="/desktop/x">src="/desktop/y"`,
      { base: 'https://a.example/g/g.xml', serverOrigin: 'https://p.example:8445' },
    );
    expect(html).toContain('<script src="https://p.example:8445/gadgets/js/features.js">');
    expect(html).toContain('<script src="https://p.example:8445/desktop/assets/js/finesse.js"></script>');
    expect(html).toContain('<link href="https://p.example:8445/3rdpartygadget/files/x.css">');
    expect(html).toContain('<img src=/other/a.png><a href="b.html">');
    expect(html).toContain('<img src = "https://p.example:8445/gadgets/x?a=&quot;">');
    expect(html).toContain('<i title="/desktop/x">src="/desktop/y"');
  });
});
