/** Classes of finesse.js that no other test uses on the real desktop: what a gadget keeps, its texts, messages to teams, media, administration. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER, OFTEN } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

/** A gadget of the 12.x kind. What its classes tell is kept in `told`; `F` is the library. */
const GADGET = `<?xml version="1.0"?><Module><ModulePrefs title="Library" height="80"><Require feature="pubsub-2"/><Require feature="setprefs"/>
  <Optional feature="i18n"/><Locale><msg name="greeting">Hello {0}, {1} calls</msg><msg name="plain">Plain &amp; simple</msg></Locale>
</ModulePrefs><Content type="html"><![CDATA[<!DOCTYPE html>
<script src="/desktop/assets/js/jquery.min.js"></script><script src="/desktop/assets/js/finesse.js"></script>
<p>Library</p>
<script>
  var told = [], F = null;
  function note(what) { return function (of) { told.push([what, of && of.status || null]); }; }
  function handlers(name) {
    return { onLoad: note(name + ' load'), onError: note(name + ' error'), onChange: note(name + ' change'),
      onCollectionAdd: note(name + ' add'), onCollectionDelete: note(name + ' delete') };
  }
  function answered(act) {
    return new Promise(function (done) {
      act({ success: function (rsp) { done(rsp.status); }, error: function (rsp) { done(rsp.status); } });
    });
  }
  gadgets.HubSettings.onConnect = function () {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
    finesse.containerservices.ContainerServices.init();
    finesse.cslogger.ClientLogger.init(gadgets.Hub, 'Library');
    F = finesse;
  };
</script>]]></Content></Module>`;

const layout = (role: string, gadgets: readonly string[]) =>
  `<layout><role>${role}</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets>${gadgets.join('')}</gadgets></tab></tabs></layout>`;
const entry = (id: string, path: string) => `<gadget id="${id}">/3rdpartygadget/files/${path}</gadget>`;
const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  ${layout('Agent', [
    entry('library', 'library.xml'),
    entry('classic', 'classic/ClassicGadget.xml?noteVariable=callVariable10'),
    entry('modern', 'modern/ModernGadget.xml'),
  ])}${layout('Supervisor', [entry('library', 'library.xml')])}</finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let agent: DesktopPage;
let supervisor: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const files = join(poise.data, '3rdpartygadget/files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'library.xml'), GADGET);
  cpSync(join(import.meta.dirname, '../examples/gadgets'), files, { recursive: true });
  const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`;
  for (const team of [5001, 5002])
    expect((await rest(poise, 'admin', 'PUT', `/Team/${team}/LayoutConfig`, body)).status).toBe(200);
  await makeWorkflow();
  if (!browser) return;
  [agent, supervisor] = await Promise.all([
    DesktopPage.open(browser, poise),
    DesktopPage.open(browser, poise),
  ]);
  for (const { page } of [agent, supervisor]) page.setDefaultTimeout(30_000);
  await agent.signIn('3001', '3001');
  await supervisor.signIn('2051', '10003');
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

/** When the agent hangs up, the desktop asks the server for something, with a value of the call in it. */
async function makeWorkflow(): Promise<void> {
  const make = async (object: string, body: string) => {
    const { status, text, headers } = await rest(poise, 'admin', 'POST', `/${object}`, body);
    expect(status, text).toBe(200);
    return `<${object}><uri>${new URL(headers.get('location') as string).pathname}</uri></${object}>`;
  };
  const param = (name: string, value: string) => `<Param><name>${name}</name><value>${value}</value></Param>`;
  const params = [
    param('method', 'GET'),
    param('location', 'FINESSE'),
    param('path', `/finesse/api/SystemInfo?of=\${extension}`),
  ];
  const action = await make(
    'WorkflowAction',
    `<WorkflowAction><name>Ask</name><type>HTTP_REQUEST</type><params>${params.join('')}</params><actionVariables><ActionVariable><name>extension</name><type>SYSTEM</type></ActionVariable></actionVariables></WorkflowAction>`,
  );
  const workflow = await make(
    'Workflow',
    `<Workflow><name>Gone</name><TriggerSet><type>SYSTEM</type><name>CALL_ENDED</name></TriggerSet><workflowActions>${action}</workflowActions></Workflow>`,
  );
  const body = `<Workflows>${workflow}</Workflows>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/Workflows', body)).status).toBe(200);
}

type Told = [what: string, status: number | null];
/** The library as the gadget has it: whatever a test calls. */
// biome-ignore lint/suspicious/noExplicitAny: typed in finesse.d.ts, for gadgets
type Library = any;
interface GadgetWindow {
  readonly F: Library;
  readonly told: Told[];
  readonly gadgets: { readonly util: { hasFeature(name: string): boolean } };
  handlers(name: string): object;
  answered(act: (handlers: object) => void): Promise<number>;
}
declare const window: GadgetWindow;

/** The gadget's frame, as soon as its library is ready. Asked for anew each time: one that is being left is never ready. */
async function libraryOf({ page }: DesktopPage): Promise<Frame> {
  let frame: Frame | null | undefined;
  const isReady = () =>
    frame?.evaluate(() => window.F !== null && window.F !== undefined).catch(() => false) ?? false;
  await vi.waitFor(
    async () => {
      frame = await (await page.locator('#library iframe').elementHandle())?.contentFrame();
      expect(await isReady()).toBe(true);
    },
    { timeout: 60_000, interval: 50 },
  );
  return frame as Frame;
}
const hears = (frame: Frame, what: string) =>
  frame.waitForFunction((wanted) => window.told.some(([each]) => each === wanted), what, OFTEN);
const heard = (frame: Frame) => frame.evaluate(() => window.told.splice(0));

test('I18n: texts of the bundle, of its own, and keys without one', async () => {
  const frame = await libraryOf(agent);
  expect(
    await frame.evaluate(() => {
      const { I18n } = window.F.utilities;
      const before = [I18n.getString('greeting', 'Ann', 2), I18n.getString('plain'), I18n.getString('none')];
      I18n.setBundle({ plain: 'Mine', odd: '{1} and {0} and {2}' });
      return [
        ...before,
        I18n.getString('plain'),
        I18n.getString('odd', 'a', 'b'),
        I18n.getString('greeting'),
      ];
    }),
  ).toEqual([
    'Hello Ann, 2 calls',
    'Plain & simple',
    'none',
    'Mine',
    'b and a and {2}',
    'Hello {0}, {1} calls',
  ]);
  // It would like a feature that nobody has.
  expect(
    await frame.evaluate(() =>
      ['setprefs', 'pubsub-2', 'i18n', 'opensocial-0.9'].map((name) => window.gadgets.util.hasFeature(name)),
    ),
  ).toEqual([true, true, false, false]);
});

test('DesktopCache: what is kept is there after the gadget was loaded anew, for its group alone', async () => {
  const cached = (frame: Frame, act: string, ...args: unknown[]) =>
    frame.evaluate(
      ([name, given]) =>
        new Promise<unknown>((done) => {
          window.F.utilities.DesktopCache[name](...given, (error: unknown, data: unknown) =>
            done(error === null ? (data ?? null) : String(error)),
          );
        }),
      [act, args] as const,
    );
  const group = (frame: Frame, name: string) =>
    frame.evaluate((of) => window.F.utilities.DesktopCache.setGroup(of), name);
  let frame = await libraryOf(agent);
  await group(frame, 'mine');
  const entries = [
    { key: 'draft', data: { text: 'ü', at: [1, 2] } },
    { key: 'n', data: 7 },
  ];
  expect(await cached(frame, 'saveOrUpdateData', entries)).toBeNull();
  await agent.page.getByRole('button', { name: 'Load Library again' }).click();
  await expect.poll(() => frame.isDetached()).toBe(true);
  frame = await libraryOf(agent);
  await group(frame, 'mine');
  expect(await cached(frame, 'fetchData', 'draft')).toEqual({ text: 'ü', at: [1, 2] });
  await group(frame, 'other');
  expect(await cached(frame, 'fetchData', 'draft')).toBeNull();
  await cached(frame, 'clearData');
  await group(frame, 'mine');
  expect(await cached(frame, 'deleteData', 'draft')).toBeNull();
  expect([await cached(frame, 'fetchData', 'draft'), await cached(frame, 'fetchData', 'n')]).toEqual([
    null,
    7,
  ]);
  await cached(frame, 'clearData');
  expect(await cached(frame, 'fetchData', 'n')).toBeNull();
});

test('MediaList and MediaDialogs load, though no tasks are routed; a medium that is not there is an error of its own', async () => {
  const frame = await libraryOf(agent);
  await frame.evaluate(() => {
    const { User, Media, MediaDialogs } = window.F.restservices;
    const user = new User({
      id: window.F.gadget.Config.id,
      onLoad() {
        const list = user.getMediaList(window.handlers('list'));
        new Media({ id: '7', parentObj: list, ...window.handlers('medium') });
        new MediaDialogs({ parentObj: user, ...window.handlers('tasks') });
      },
    });
  });
  for (const what of ['list load', 'medium error', 'tasks load']) await hears(frame, what);
  expect((await heard(frame)).sort()).toEqual([
    ['list load', null],
    ['medium error', 404],
    ['tasks load', null],
  ]);
});

test('Media: an agent signs in to one, is ready there, and signs out; a second sign-in is refused', async () => {
  const frame = await libraryOf(agent);
  const outcome = await frame.evaluate(async () => {
    const { User } = window.F.restservices;
    const seen: unknown[] = [];
    let heardNews: () => void = () => {};
    // biome-ignore lint/suspicious/noExplicitAny: as gadgets reach into it
    const medium = await new Promise<any>((got) => {
      const user = new User({
        id: window.F.gadget.Config.id,
        onLoad: () =>
          user.getMediaList({
            // biome-ignore lint/suspicious/noExplicitAny: as gadgets reach into it
            onLoad: (list: any) =>
              list.getMedia({
                id: '5001',
                mediaOptions: { maxDialogLimit: '3', interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' },
                onLoad: got,
                // biome-ignore lint/suspicious/noExplicitAny: as gadgets reach into it
                onChange(changed: any) {
                  seen.push([changed._data.id, changed.getState(), changed.getRoutable()]);
                  heardNews();
                },
              }),
          }),
      });
    });
    const news = (act: () => void) =>
      new Promise<void>((done) => {
        heardNews = done;
        act();
      });
    seen.push([medium.getName(), medium.getState(), medium.isLoggedIn()]);
    await news(() => medium.login({}));
    await news(() => medium.setState('READY'));
    await news(() => medium.setRoutable({ routable: false }));
    const twice = await new Promise((done) =>
      medium.login({
        // biome-ignore lint/suspicious/noExplicitAny: as gadgets reach into it
        handlers: { error: (rsp: any) => done(rsp.object.ApiErrors.ApiError.ErrorMessage) },
      }),
    );
    await news(() => medium.logout());
    return { seen, twice };
  });
  expect(outcome).toEqual({
    seen: [
      ['Email', 'LOGOUT', false],
      ['5001', 'NOT_READY', true],
      ['5001', 'READY', true],
      ['5001', 'READY', false],
      ['5001', 'LOGOUT', false],
    ],
    twice: 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN',
  });
});

test('MediaDialogs: a task that the simulation offers is accepted, worked on and closed by a gadget', async () => {
  const frame = await libraryOf(agent);
  await frame.evaluate(
    () =>
      new Promise<void>((ready) => {
        const { User } = window.F.restservices;
        const note = (what: string) => (task: Library) => {
          window.told.push([`${what} ${task.getState()} ${task.getMediaProperties().callVariable1}`, null]);
        };
        const user = new User({
          id: window.F.gadget.Config.id,
          onLoad: () =>
            user.getMediaList({
              onLoad: (list: Library) => {
                const medium = list.getMedia({
                  id: '5000',
                  mediaOptions: {
                    maxDialogLimit: '1',
                    interruptAction: 'ACCEPT',
                    dialogLogoutAction: 'CLOSE',
                  },
                  onChange: () => {
                    window.told.push([`medium ${medium.getState()}`, null]);
                    if (medium.getState() === 'NOT_READY') medium.setState('READY');
                  },
                });
                medium.getMediaDialogs({
                  onLoad: () => {
                    medium.login({});
                    ready();
                  },
                  onCollectionAdd: (task: Library) => {
                    note('add')(task);
                    task.addHandler('change', (changed: Library) => {
                      note('change')(changed);
                      changed.setTaskState(changed.getState() === 'ACCEPTED' ? 'START' : 'CLOSE');
                    });
                    task.setTaskState('ACCEPT');
                  },
                  onCollectionDelete: note('delete'),
                });
              },
            }),
        });
      }),
  );
  await hears(frame, 'medium READY');
  await heard(frame);
  const offer = () =>
    fetch(`http://localhost:${poise.ports.http}/poise/api/sim/tasks`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ agent: '3001', media: '5000', variables: { callVariable1: 'Jo' } }),
    });
  expect((await offer()).status).toBe(201);
  for (const last of ['medium READY', 'delete CLOSED Jo']) await hears(frame, last);
  const told = (await heard(frame)).map(([what]) => what);
  // The medium has a node of its own, so that the two are told side by side.
  expect(told.filter((what) => what.endsWith(' Jo'))).toEqual([
    'add OFFERED Jo',
    'change ACCEPTED Jo',
    'change ACTIVE Jo',
    'delete CLOSED Jo',
  ]);
  expect(told.filter((what) => what.startsWith('medium'))).toEqual([
    'medium RESERVED',
    'medium ACTIVE',
    'medium READY',
  ]);
});

test('TeamMessages: one that a supervisor’s gadget sends comes to the team’s gadgets, and goes', async () => {
  const [mine, theirs] = [await libraryOf(supervisor), await libraryOf(agent)];
  await theirs.evaluate(() => {
    const { Team, TeamMessages } = window.F.restservices;
    const team = new Team({ id: '5002', autoSubscribe: false, doNotRefresh: true });
    new TeamMessages({ parentObj: team, ...window.handlers('messages') });
  });
  await hears(theirs, 'messages load');
  expect(
    await mine.evaluate(() => {
      const messages = new window.F.restservices.TeamMessages(window.handlers('sent'));
      return window.answered((handlers) =>
        messages.createTeamMessage({ content: 'Lunch <now>', duration: 300, teams: ['5002'] }, handlers),
      );
    }),
  ).toBe(200);
  await hears(theirs, 'messages add');
  await agent.page.getByText('Lunch <now>').first().waitFor();
  expect(
    await mine.evaluate(
      () =>
        new Promise((done) => {
          const sent = new window.F.restservices.TeamMessages({
            onLoad() {
              const [message] = Object.values<Library>(sent.getCollection());
              const { firstName } = message.getCreatedBy();
              const seen = [message.getContent(), message.getDuration(), message.getTeams(), firstName];
              void window
                .answered((handlers) => message.deleteTeamMessage(handlers))
                .then((status) => done([...seen, status]));
            },
          });
        }),
    ),
  ).toEqual(['Lunch <now>', '300', ['5002'], 'Carl', 200]);
  await hears(theirs, 'messages delete');
});

test('layouts are for administrators: a supervisor’s gadget is told so, one with their credentials reads them', async () => {
  const frame = await libraryOf(supervisor);
  const load = (of: Frame) =>
    of.evaluate(() => {
      const { Team, LayoutConfig, TeamLayoutConfig } = window.F.restservices;
      const team = new Team({ id: '5002', autoSubscribe: false, doNotRefresh: true });
      new LayoutConfig(window.handlers('default'));
      new TeamLayoutConfig({ parentObj: team, ...window.handlers('team') });
    });
  await heard(frame);
  await load(frame);
  for (const what of ['default error', 'team error']) await hears(frame, what);
  // What is told of the messages of the test before may still arrive.
  const refused = (await heard(frame)).filter(([what]) => what.endsWith(' error'));
  expect(refused.map(([, status]) => status)).toEqual([401, 401]);
  await frame.evaluate(() => {
    const authorization = btoa('admin:admin');
    Object.assign(window.F.gadget.Config, { id: 'admin', password: 'admin', authorization });
  });
  await load(frame);
  for (const what of ['default load', 'team load']) await hears(frame, what);
});

test('the example gadgets follow a call that was there before them', async () => {
  const { page } = agent;
  const [classic, modern] = ['classic', 'modern'].map((id) => page.frameLocator(`#${id} iframe`)) as [
    ReturnType<typeof page.frameLocator>,
    ReturnType<typeof page.frameLocator>,
  ];
  await classic.getByLabel('Number').fill('15551234');
  await classic.getByRole('button', { name: 'Call' }).click();
  await classic.locator('#calls li').filter({ hasText: 'ACTIVE' }).waitFor();
  await page.reload();
  await classic.locator('#calls li').filter({ hasText: 'ACTIVE' }).waitFor();
  await modern.getByRole('heading', { name: 'ACTIVE' }).waitFor();
  // Its shortcut, wherever the focus is; the desktop lists it as soon as it knows of it.
  await page.keyboard.press('Control+Alt+F');
  await page.getByText('Write a note', { exact: true }).waitFor();
  await page.locator('[role=dialog]:focus-within').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('#content').focus();
  await page.keyboard.press('Alt+Shift+U');
  await expect.poll(() => modern.getByLabel('Note').evaluate((e) => e === document.activeElement)).toBe(true);
  await page.keyboard.type('called back');
  await modern.getByRole('button', { name: 'Save' }).click();
  await modern.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  await classic.locator('#calls li').filter({ hasText: 'called back' }).waitFor();
  const library = await libraryOf(agent);
  await library.evaluate(() => {
    const { ContainerServices } = window.F.containerservices;
    ContainerServices.addHandler(ContainerServices.Topics.WORKFLOW_ACTION_EVENT, (event: Library) => {
      const { path } = event.getParams();
      window.told.push([[event.getName(), event.getHandledBy(), path.expandedValue].join(' '), null]);
    });
  });
  await page.getByRole('button', { name: 'End call' }).first().click();
  // The desktop carries it out, and gadgets hear of it.
  await hears(library, 'Ask FINESSE /finesse/api/SystemInfo?of=3001');
  await classic.getByText('No call.').waitFor();
  await modern.getByRole('heading', { name: 'No call' }).waitFor();
  expect([...agent.problems, ...supervisor.problems]).toEqual([]);
});
