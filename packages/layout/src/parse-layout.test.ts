import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_LAYOUT,
  defaultLayout,
  LAYOUT_LIMITS,
  type LayoutModel,
  type LayoutProblem,
  layoutFor,
  parseLayout,
} from './index.ts';

const NS = 'xmlns="http://www.cisco.com/vtg/finesse"';
const HEADER =
  '<header><leftAlignedColumns><headercolumn width="300px"><component id="cd-logo"><url>/logo.js</url></component></headercolumn></leftAlignedColumns></header>';
const TAB = '<tab><id>home</id><label>Home</label></tab>';

/** A layout with parts exchanged. */
const document = ({
  configs = '',
  header = HEADER,
  role = 'Agent',
  page = '',
  tabs = TAB,
  layouts = '',
}: Partial<Record<'configs' | 'header' | 'role' | 'page' | 'tabs' | 'layouts', string>> = {}) =>
  `<finesseLayout ${NS}><version>1262.01</version>${configs}${header}<layout><role>${role}</role><page>${page}</page><tabs>${tabs}</tabs></layout>${layouts}</finesseLayout>`;

function read(text: string): LayoutModel {
  const reading = parseLayout(text);
  if (!reading.ok) throw new Error(reading.errors.map(({ message }) => message).join('\n'));
  return reading.layout;
}
function errors(text: string): readonly LayoutProblem[] {
  const reading = parseLayout(text);
  if (reading.ok) throw new Error('accepted');
  expect(reading.errors.length).toBeGreaterThan(0);
  return reading.errors;
}
const gadget = (attributes: string, url = '/a.xml') => `<gadget ${attributes}>${url}</gadget>`;
const inTab = (content: string) => `<tab><id>home</id><label>Home</label>${content}</tab>`;

describe('the default layout', () => {
  test('is a valid document without anything to warn of', () => {
    expect(parseLayout(DEFAULT_LAYOUT)).toEqual({ ok: true, layout: defaultLayout(), warnings: [] });
  });

  test('has for each role what belongs to it, call control on every tab', () => {
    const shape = (role: 'Agent' | 'Supervisor') => {
      const layout = layoutFor(defaultLayout(), role);
      return [
        layout?.page.map(({ url }) => url),
        layout?.tabs.map(({ id, label, columns }) => [
          id,
          label,
          columns.map((column) => column.map((e) => e.id)),
        ]),
      ];
    };
    expect(shape('Agent')).toEqual([
      ['/desktop/scripts/js/callcontrol.js'],
      [
        ['home', 'finesse.container.tabs.agent.homeLabel', [['queue-statistics']]],
        ['myHistory', 'finesse.container.tabs.agent.myHistoryLabel', [['call-history', 'state-history']]],
      ],
    ]);
    expect(shape('Supervisor')).toEqual([
      ['/desktop/scripts/js/callcontrol.js'],
      [
        ['home', 'finesse.container.tabs.supervisor.homeLabel', [['team-performance', 'queue-statistics']]],
        [
          'myHistory',
          'finesse.container.tabs.supervisor.myHistoryLabel',
          [['call-history', 'state-history']],
        ],
      ],
    ]);
  });
});

describe('a layout', () => {
  test('keeps everything that is said of a gadget, other attributes as preferences', () => {
    const attributes =
      'id="g1" managedBy="g0" hidden="true" default="true" maxRows="4" alternateHosts="a.example.com, CUIC_B.example.com" maxDialogLimit="10"';
    const url = 'https://reports.example.com:8444/x.xml?filterId_1=agent.id=CL%20teamName&amp;a=1;b=2';
    const page = gadget('id="g0"') + gadget(attributes, `\n  ${url}\n  `);
    expect(read(document({ page })).layouts[0]?.page[1]).toEqual({
      kind: 'gadget',
      id: 'g1',
      url: url.replace('&amp;', '&'),
      stylesheet: null,
      order: null,
      managedBy: 'g0',
      hidden: true,
      isDefault: true,
      maxRows: 10,
      alternateHosts: ['a.example.com', 'CUIC_B.example.com'],
      preferences: { maxDialogLimit: '10' },
    });
  });

  test('has components with order and stylesheet in its header, and widths in both units', () => {
    const header = `<header><leftAlignedColumns><headercolumn width="300px">${gadget('id="g"')}</headercolumn></leftAlignedColumns>
      <rightAlignedColumns><headercolumn width="20%"><component id="c" order="7"><url>/c.js</url><stylesheet>/c.css</stylesheet></component></headercolumn></rightAlignedColumns></header>`;
    const { left, right } = read(document({ header })).header;
    expect([left[0]?.width, left[0]?.entry?.kind]).toEqual([{ value: 300, unit: 'px' }, 'gadget']);
    expect(right[0]?.width).toEqual({ value: 20, unit: '%' });
    expect(right[0]?.entry).toMatchObject({
      kind: 'component',
      id: 'c',
      order: 7,
      url: '/c.js',
      stylesheet: '/c.css',
    });
  });

  test('has tabs with gadgets alone, or in columns, or empty, and icons of both kinds', () => {
    const tabs = `<tab><id>a</id><icon>home</icon><label>A</label><gadgets>${gadget('')}</gadgets></tab>
      <tab><id>b</id><icon>/3rdpartygadget/files/b.png</icon><label>B</label><columns><column><gadgets>${gadget('')}</gadgets><gadgets>${gadget('')}</gadgets></column><column/></columns></tab>
      <tab><id>c</id><label>C</label></tab>`;
    const [layout] = read(document({ tabs })).layouts;
    expect(
      layout?.tabs.map(({ id, icon, columns }) => [id, icon, columns.map(({ length }) => length)]),
    ).toEqual([
      ['a', { kind: 'stock', name: 'home' }, [1]],
      ['b', { kind: 'image', url: '/3rdpartygadget/files/b.png' }, [2, 0]],
      ['c', null, []],
    ]);
  });

  test('of 11.x, without header and configs, gets the header of the default layout', () => {
    const old = `<finesseLayout ${NS}><layout><role>Agent</role><page>${gadget('', '/desktop/gadgets/CallControl.jsp')}</page><tabs>${TAB}</tabs></layout></finesseLayout>`;
    expect(read(old)).toMatchObject({ version: null, header: defaultLayout().header });
  });

  test('may have an XML declaration, comments and the schema hint of editors', () => {
    const text = document().replace(
      NS,
      `${NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.cisco.com/vtg/finesse l.xsd"`,
    );
    expect(parseLayout(`<?xml version="1.0"?><!-- ours -->${text}`).ok).toBe(true);
  });

  test('warns of what is surely not meant', () => {
    const reading = parseLayout(
      document({
        configs:
          '<configs><config key="dtmfRequestTimeoutInMs" value="5"/><config key="title" value="A"/><config key="title" value="B"/><config key="ofAnother" value="x"/></configs>',
        header: HEADER.replace(/<component.*<\/component>/, ''),
        page: gadget('managedBy="nobody"'),
      }),
    );
    expect(reading.ok && reading.warnings.map(({ message }) => message)).toEqual([
      'The value of dtmfRequestTimeoutInMs must be a whole number from 1000 to 200000.',
      'title is set again; the last value counts.',
      'This column of the header holds nothing.',
      '"/a.xml" is managed by "nobody", which is not in this layout.',
    ]);
    expect(reading.ok && reading.layout.configs).toMatchObject({ title: 'B', ofAnother: 'x' });
  });

  test('gives a supervisor the layout for agents where there is none for supervisors, and nobody that of another role', () => {
    expect(layoutFor(read(document()), 'Supervisor')?.role).toBe('Agent');
    expect(layoutFor(read(document({ role: 'Supervisor' })), 'Agent')).toBeNull();
  });
});

describe('errors', () => {
  test('name line, column and element, all of them in the order of the text', () => {
    const text = `<?xml version="1.0"?>
<finesseLayout ${NS}>
  <version>new</version>
  ${HEADER}
  <layout>
    <role>Boss</role>
    <tabs>
      ${TAB}
      <tab>
        <label>Second</label>
        <gadgets><gadget hidden="perhaps">javascript:alert(1)</gadget></gadgets>
      </tab>
    </tabs>
  </layout>
</finesseLayout>`;
    expect(errors(text)).toEqual([
      {
        line: 3,
        column: 3,
        path: 'finesseLayout/version',
        message: 'version must be digits and dots, not "new".',
      },
      {
        line: 6,
        column: 5,
        path: 'finesseLayout/layout/role',
        message: 'role must be Agent, Supervisor or Admin, not "Boss".',
      },
      {
        line: 9,
        column: 7,
        path: 'finesseLayout/layout/tabs/tab[2]',
        message: 'tab needs id, which is missing.',
      },
      {
        line: 11,
        column: 18,
        path: 'finesseLayout/layout/tabs/tab[2]/gadgets/gadget',
        message: 'The address "javascript:alert(1)" must be relative, or begin with http: or https:.',
      },
      {
        line: 11,
        column: 18,
        path: 'finesseLayout/layout/tabs/tab[2]/gadgets/gadget',
        message: 'The attribute hidden must be true or false, not "perhaps".',
      },
    ]);
  });

  test.each([
    ['<gadget>/x.xml?a=1&b=2</gadget>', '/x.xml?a=1&amp;b=2 instead of /x.xml?a=1&b=2'],
    [
      '<gadget>/x.xml?a=1&amp;b=2&c=3;d</gadget>',
      '/x.xml?a=1&amp;b=2&amp;c=3;d instead of /x.xml?a=1&amp;b=2&c=3;d',
    ],
    ['<gadget>/x.xml?a=1&b;c</gadget>', '/x.xml?a=1&amp;b;c instead of /x.xml?a=1&b;c'],
    ['<gadget id="a&b">/x.xml</gadget>', 'a&amp;b instead of a&b'],
    ['<label>Sales & more</label>', '&amp; instead of &'],
  ])('say what to write for the & of %s', (line, hint) => {
    expect(errors(`<finesseLayout>\n${line}</finesseLayout>`)).toMatchObject([
      {
        line: 2,
        message: `The layout cannot be read as XML: an & must be written &amp;, also in addresses: ${hint}.`,
      },
    ]);
  });

  test('in the XML itself have their place too', () => {
    expect(errors('<finesseLayout>\n <a></b>')).toEqual([
      {
        line: 2,
        column: 8,
        path: '',
        message: 'The layout cannot be read as XML: unexpected end tag b: element a of line 2 is not closed.',
      },
    ]);
  });

  test.each<[what: string, text: string, message: string]>([
    [
      'an element that its parent ends',
      '<finesseLayout>\n<layout>\n<tabs>\n</layout>\n</finesseLayout>',
      'element tabs of line 3 is not closed before the end tag layout.',
    ],
    ['the end of the text', '<finesseLayout>\n<layout>\n', 'element layout of line 2 is not closed.'],
    ['the end of the text within a tag', '<finesseLayout>\n<lay', 'the text ends within a tag.'],
  ])('name an element without its end tag, with its line: %s', (_what, text, message) => {
    expect(errors(text)[0]?.message).toBe(`The layout cannot be read as XML: ${message}`);
  });

  test.each<[what: string, text: string, message: string | RegExp]>([
    ['another root', '<layout/>', 'The root element must be finesseLayout, not "layout".'],
    ['another namespace', document().replace(NS, 'xmlns="urn:x"'), /must be in the namespace/],
    [
      'a child of another namespace',
      document({ page: '<gadget xmlns="urn:x">/a</gadget>' }),
      'gadget is not in the namespace http://www.cisco.com/vtg/finesse.',
    ],
    ['a DTD', `<!DOCTYPE x>${document()}`, /document type/],
    [
      'no header beside configs',
      document({ configs: '<configs/>', header: '' }),
      'finesseLayout needs header, which is missing.',
    ],
    ['an empty header', document({ header: '<header/>' }), /header needs leftAlignedColumns or right/],
    [
      'a wrong order',
      document({ header: '' }).replace('</finesseLayout>', `${HEADER}</finesseLayout>`),
      'header must stand before layout in finesseLayout.',
    ],
    ['an unknown element', document({ page: '<widget/>' }), 'widget is not allowed in page.'],
    ['text between elements', document({ page: 'hello' }), 'page cannot hold the text "hello".'],
    [
      'an unknown attribute',
      document({ tabs: '<tab x="1"><id>a</id><label>b</label></tab>' }),
      'tab cannot have the attribute x.',
    ],
    ['no tab', document({ tabs: '' }), 'tabs needs tab, which is missing.'],
    [
      'gadgets beside columns',
      document({ tabs: inTab('<gadgets/><columns/>') }),
      'tab holds more than 1 gadgets or columns.',
    ],
    [
      'five columns',
      document({ tabs: inTab(`<columns>${'<column/>'.repeat(5)}</columns>`) }),
      'columns holds more than 4 column.',
    ],
    ['two tabs of one id', document({ tabs: TAB + TAB }), 'There is a second tab with the id "home".'],
    ['a bad tab id', document({ tabs: TAB.replace('home', '1 home') }), /The id of a tab must begin/],
    [
      'a label of two lines',
      document({ tabs: TAB.replace('Home', 'a\nb') }),
      'label must not hold a line break.',
    ],
    ['no label', document({ tabs: TAB.replace('Home', ' ') }), 'label must not be empty.'],
    [
      'a role twice',
      document({ layouts: `<layout><role>Agent</role><tabs>${TAB}</tabs></layout>` }),
      'There is a second layout for Agent.',
    ],
    [
      'an id used twice, once in the header',
      document({ page: gadget('id="cd-logo"') }),
      'The id "cd-logo" is used twice.',
    ],
    [
      'call control twice',
      document({
        page: gadget('', '/desktop/scripts/js/callcontrol.js'),
        tabs: inTab(`<gadgets>${gadget('', '/desktop/gadgets/CallControl.jsp?x=1')}</gadgets>`),
      }),
      'Call control must stand only once in the layout for Agent.',
    ],
    ['a width without unit', document({ header: HEADER.replace('300px', '300') }), /width must be digits/],
    ['a width beyond all', document({ header: HEADER.replace('300px', '101%') }), /width must be digits/],
    [
      'a component without id',
      document({ header: HEADER.replace(' id="cd-logo"', '') }),
      'component needs the attribute id, which is missing.',
    ],
    [
      'a component without url',
      document({ header: HEADER.replace(/<url>.*<\/url>/, '') }),
      'component needs url, which is missing.',
    ],
    [
      'a config without value',
      document({ configs: '<configs><config key="title"/></configs>' }),
      'config needs the attribute value, which is missing.',
    ],
    [
      'a config with a strange key',
      document({ configs: '<configs><config key="a b" value=""/></configs>' }),
      'The attribute key must hold letters only, not "a b".',
    ],
    ['a bad id', document({ page: gadget('id="1"') }), /The attribute id must begin with a letter/],
    ['rows that are none', document({ page: gadget('maxRows="x"') }), /maxRows must be a number up to/],
    [
      'a host that is none',
      document({ page: gadget('alternateHosts="a.example.com,b/c"') }),
      '"b/c" in alternateHosts is not the name of a host.',
    ],
    ['an empty address', document({ page: gadget('', '') }), 'The address of gadget is empty.'],
    ['markup in an address', document({ page: gadget('', '/a<b/>') }), 'b is not allowed in gadget.'],
    [
      'too many tabs',
      document({
        tabs: Array.from(
          { length: LAYOUT_LIMITS.tabsMax + 1 },
          (_, n) => `<tab><id>t${n}</id><label>${n}</label></tab>`,
        ).join(''),
      }),
      `tabs holds more than ${LAYOUT_LIMITS.tabsMax} tab.`,
    ],
    [
      'too many gadgets',
      document({
        page: gadget('').repeat(60),
        tabs: inTab(`<gadgets>${gadget('').repeat(60)}</gadgets>`),
      }),
      'The layout for Agent holds more than 100 gadgets.',
    ],
    ['too many bytes', document({ page: ' '.repeat(LAYOUT_LIMITS.bytesMax) }), /more than 262144 bytes/],
    ['too deep', document({ page: '<a>'.repeat(20) }), /nested too deep/],
  ])('are found: %s', (_what, text, message) => {
    expect(errors(text).map((problem) => problem.message)).toContainEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('are no more than anybody reads', () => {
    expect(errors(document({ page: gadget('id="1"').repeat(90) }))).toHaveLength(LAYOUT_LIMITS.problemsMax);
  });

  test('are all that ever comes of broken documents', () => {
    const cut = fc.tuple(fc.nat(DEFAULT_LAYOUT.length), fc.nat(200), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(cut, ([at, length, put]) => {
        const reading = parseLayout(DEFAULT_LAYOUT.slice(0, at) + put + DEFAULT_LAYOUT.slice(at + length));
        return reading.ok || reading.errors.every(({ line, column }) => line > 0 && column > 0);
      }),
      { numRuns: 200 },
    );
  });
});
