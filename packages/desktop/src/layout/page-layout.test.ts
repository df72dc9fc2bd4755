import { layoutFor, parseLayout, type RoleLayout } from '@poise/layout';
import { expect, test } from 'vitest';
import { componentNameOf } from '../components/urls.ts';
import { type PageLayout, pageLayoutOf, productLayout } from './page-layout.ts';

const VALUES = { teamName: 'A & B', teams: ['A & B', 'C'] };

const entries = ({ header, page, tabs }: PageLayout) => [
  ...[...header.start, ...header.end].flatMap(({ entry }) => entry ?? []),
  ...page,
  ...tabs.flatMap(({ columns }) => columns.flat()),
];

test.each(['Agent', 'Supervisor'] as const)('the product’s own layout for the role %s', (role) => {
  const layout = productLayout(role, VALUES);
  const names = entries(layout).map(({ url }) => componentNameOf(url));
  expect(names).not.toContain(null);
  expect(names.includes('team-performance')).toBe(role === 'Supervisor');
  expect(layout.tabs[0]).toMatchObject({ id: 'home', icon: 'home' });
  const ids = entries(layout).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a layout of an administrator: placeholders, ids, icons', () => {
  const reading = parseLayout(`<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1</version>
    <header><leftAlignedColumns><headercolumn width="300px"><component id="cd-logo"><url>/desktop/scripts/js/logo.js</url></component></headercolumn></leftAlignedColumns></header>
    <layout><role>Agent</role><page/><tabs>
      <tab><id>one</id><icon>/3rdpartygadget/files/x.png</icon><label>Eins</label><gadgets>
        <gadget>https://r.example/g.xml?filter=agent.id=CL%20teamName</gadget>
        <gadget id="two" hidden="true" maxRows="12" colour="red">/3rdpartygadget/files/a.xml</gadget>
      </gadgets></tab></tabs></layout></finesseLayout>`);
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  const { header } = reading.layout;
  const page = pageLayoutOf(
    { version: '1', header, layout: layoutFor(reading.layout, 'Agent') as RoleLayout },
    VALUES,
  );
  expect(page.tabs).toEqual([
    {
      id: 'one',
      label: 'Eins',
      icon: { src: '/3rdpartygadget/files/x.png' },
      columns: [
        [
          expect.objectContaining({
            id: 'tab-one-1-1',
            url: 'https://r.example/g.xml?filter=agent.id=CL%20A%20%26%20B',
            tabId: 'one',
            hidden: false,
          }),
          expect.objectContaining({
            id: 'two',
            hidden: true,
            maxRows: 12,
            preferences: { colour: 'red' },
          }),
        ],
      ],
    },
  ]);
});
