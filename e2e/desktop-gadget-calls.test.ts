/** Calls that a gadget handles by finesse.js on the real desktop, with simulated customers and colleagues. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

/** Follows the agent's calls, as call control gadgets do; `told` keeps what its handlers heard. */
const GADGET = `<?xml version="1.0"?><Module><ModulePrefs title="Call tool"><Require feature="pubsub-2"/><Require feature="setprefs"/>
</ModulePrefs><Content type="html"><![CDATA[<!DOCTYPE html><script src="/desktop/assets/js/jquery.min.js"></script>
<script src="/desktop/assets/js/finesse.js"></script><p id="calls"></p><script>
var finesse = finesse || {}; finesse.modules = finesse.modules || {};
finesse.modules.Calls = (function ($) {
  var user, dialogs, told = [];
  function describe(dialog) {
    var own = dialog.getParticipants().filter(function (p) { return p.mediaAddress === user.getExtension(); })[0] || {};
    return { id: dialog.getId(), type: dialog.getMediaProperties().callType, state: dialog.getState(), own: own.state || null,
      who: dialog.getParticipants().map(function (p) { return p.mediaAddress + ' ' + p.state; }).sort(),
      actions: [].concat((own.actions || {}).action || []).sort() };
  }
  function heard(what) { return function (dialog) { told.push([what, dialog.getId(), dialog.getState()]); }; }
  return {
    told: told,
    init: function () {
      finesse.clientservices.ClientServices.init(finesse.gadget.Config);
      user = new finesse.restservices.User({ id: finesse.gadget.Config.id, onLoad: function () {
        dialogs = user.getDialogs({
          onCollectionAdd: function (dialog) { heard('add')(dialog); dialog.addHandler('change', heard('change')); },
          onCollectionDelete: heard('delete'),
          onLoad: function () { window.isReady = true; }
        });
      } });
    },
    calls: function () {
      return Object.keys(dialogs.getCollection()).map(function (id) { return describe(dialogs.getCollection()[id]); });
    },
    /** One request: resolves with what its handlers heard. The error of what was accepted first comes by an event. */
    ask: function (id, method) {
      var args = [].slice.call(arguments, 2);
      return new Promise(function (done) {
        var handlers = { success: function (rsp) { done({ status: rsp.status }); },
          error: function (rsp) { module.errors.push([rsp.status, rsp.object.ApiErrors.ApiError.ErrorType]); done({ status: rsp.status }); } };
        var subject = id === null ? user : dialogs.getCollection()[id];
        args = args.map(function (arg) { return arg === 'HANDLERS' ? handlers : arg; });
        subject[method].apply(subject, args);
      });
    }
  };
}(jQuery));
var module = finesse.modules.Calls; module.errors = [];
gadgets.HubSettings.onConnect = module.init;
</script>]]></Content></Module>`;

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets><gadget id="calls">/3rdpartygadget/files/calls.xml</gadget></gadgets></tab>
  </tabs></layout></finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;
let frame: Frame;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const files = join(poise.data, '3rdpartygadget/files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'calls.xml'), GADGET);
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${LAYOUT.replaceAll('<', '&lt;')}</layoutxml></TeamLayoutConfig>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body)).status).toBe(200);
  if (!browser) return;
  desk = await DesktopPage.open(browser, poise);
  await desk.signIn('3001', '3001');
  // Asked for anew each time: a frame that is being left is never ready.
  await vi.waitFor(
    async () => {
      const element = await desk.page.locator('#calls iframe').elementHandle();
      frame = (await element?.contentFrame()) as Frame;
      expect(await frame.evaluate('window.isReady').catch(() => false)).toBe(true);
    },
    { timeout: 60_000, interval: 50 },
  );
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

interface Call {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly own: string | null;
  readonly who: readonly string[];
  readonly actions: readonly string[];
}
declare const window: {
  readonly module: {
    readonly told: [what: string, id: string, state: string][];
    readonly errors: unknown[];
    calls(): Call[];
    ask(id: string | null, method: string, ...args: unknown[]): Promise<{ status: number }>;
  };
};

const calls = () => frame.evaluate(() => window.module.calls());
const ask = (id: string | null, method: string, ...args: unknown[]) =>
  frame.evaluate(([of, name, given]) => window.module.ask(of, name, ...given), [id, method, args] as const);
const told = () => frame.evaluate(() => window.module.told.splice(0));

/** Waits until the gadget sees calls like these, and gives them. */
async function sees(...wanted: readonly Partial<Call>[]): Promise<readonly Call[]> {
  let seen: readonly Call[] = [];
  await expect
    .poll(
      async () => {
        seen = [...(await calls())].sort((a, b) => Number(a.id) - Number(b.id));
        return seen;
      },
      { timeout: 20_000 },
    )
    .toEqual(wanted.map((each) => expect.objectContaining(each)));
  return seen;
}

async function customer(): Promise<Call> {
  const called = launchPoise([
    'sim',
    'call',
    '--to',
    '6003',
    '--var',
    'callVariable1=gold',
    '--data',
    poise.data,
  ]);
  expect(await called.ended()).toBe(0);
  const [call] = await sees({ state: 'ALERTING', own: 'ALERTING' });
  return call as Call;
}

/** Errors that came since, at once or by an event: status and type. */
const errors = () => frame.evaluate(() => window.module.errors.splice(0));
/** What the handlers of the collection and of its calls heard: `add`, `delete`, and the states that came by `change`, each once. */
async function story(id: string): Promise<string> {
  const heard = (await told()).filter(([, of]) => of === id);
  const words = heard.map(([what, , state]) => (what === 'change' ? state : what));
  return words.filter((word, index) => word !== words[index - 1]).join(' ');
}
const OWN = '3001';

test('without calls nothing is said of a button that the layout does not have', async () => {
  await desk.page.getByText('Choose Ready to be called.', { exact: true }).waitFor();
});

test('a customer’s call is answered, held, retrieved, gets digits and data, and is ended', async () => {
  await ask(null, 'setState', 'READY', null, 'HANDLERS');
  await desk.stateIs(/^Ready$/);
  const { id, actions } = await customer();
  expect(actions).toEqual(['ANSWER']);
  expect(await ask(id, 'requestAction', OWN, 'ANSWER', 'HANDLERS')).toEqual({ status: 202 });
  const talking = ['CONSULT_CALL', 'DROP', 'HOLD', 'SEND_DTMF', 'TRANSFER_SST', 'UPDATE_CALL_DATA'];
  await sees({ state: 'ACTIVE', own: 'ACTIVE', who: ['15551234 ACTIVE', '3001 ACTIVE'], actions: talking });
  for (const digit of ['5', '*'])
    expect(await ask(id, 'sendDTMFRequest', OWN, 'HANDLERS', digit)).toEqual({ status: 202 });
  expect(await ask(id, 'requestAction', OWN, 'HOLD', 'HANDLERS')).toEqual({ status: 202 });
  await sees({ state: 'ACTIVE', own: 'HELD', actions: ['DROP', 'RETRIEVE', 'UPDATE_CALL_DATA'] });
  await desk.callIs('HELD');
  expect(await ask(id, 'requestAction', OWN, 'RETRIEVE', 'HANDLERS')).toEqual({ status: 202 });
  await sees({ state: 'ACTIVE', own: 'ACTIVE' });
  expect(await ask(id, 'updateCallVariable', 'callVariable3', 'from a gadget', 'HANDLERS')).toEqual({
    status: 202,
  });
  await desk.page.locator('.call-card').getByText('from a gadget').waitFor();
  expect(await ask(id, 'dropCall', OWN, 'HANDLERS')).toEqual({ status: 202 });
  await sees();
  expect(await story(id)).toBe('add ACTIVE DROPPED delete');
  expect(await errors()).toEqual([]);
});

test('a colleague is consulted and joins the call', async () => {
  const { id } = await customer();
  await ask(id, 'requestAction', OWN, 'ANSWER', 'HANDLERS');
  await sees({ own: 'ACTIVE' });
  expect(await ask(id, 'makeConsultCall', OWN, '10000', 'HANDLERS')).toEqual({ status: 202 });
  // What can be done with the call that waits changes when the colleague answers.
  const actions = ['CONFERENCE', 'DROP', 'RETRIEVE', 'TRANSFER', 'UPDATE_CALL_DATA'];
  const [, consult] = await sees(
    { id, own: 'HELD', actions },
    { type: 'CONSULT', state: 'ACTIVE', own: 'ACTIVE', who: ['10000 ACTIVE', '3001 ACTIVE'] },
  );
  expect(await ask(id, 'requestAction', OWN, 'CONFERENCE', 'HANDLERS')).toEqual({ status: 202 });
  await sees({ id, type: 'CONFERENCE', who: ['10000 ACTIVE', '15551234 ACTIVE', '3001 ACTIVE'] });
  await ask(id, 'requestAction', OWN, 'DROP', 'HANDLERS');
  await sees();
  expect(await story(consult?.id ?? '')).toBe('add INITIATED ALERTING ACTIVE DROPPED delete');
  expect(await errors()).toEqual([]);
});

test('a consulted colleague gets the call, another one without a question', async () => {
  const first = await customer();
  await ask(first.id, 'requestAction', OWN, 'ANSWER', 'HANDLERS');
  await sees({ own: 'ACTIVE' });
  await ask(first.id, 'makeConsultCall', OWN, '10001', 'HANDLERS');
  const actions = expect.arrayContaining(['TRANSFER']);
  await sees({ own: 'HELD', actions }, { type: 'CONSULT', state: 'ACTIVE' });
  expect(await ask(first.id, 'requestAction', OWN, 'TRANSFER', 'HANDLERS')).toEqual({ status: 202 });
  await sees();
  const next = await customer();
  await ask(next.id, 'requestAction', OWN, 'ANSWER', 'HANDLERS');
  await sees({ own: 'ACTIVE' });
  expect(await ask(next.id, 'initiateDirectTransfer', OWN, '10002', 'HANDLERS')).toEqual({ status: 202 });
  await sees();
  expect(await story(next.id)).toBe('add ACTIVE delete');
  expect(await errors()).toEqual([]);
});

test('what cannot be is an error: at once, or by the event that follows; a busy number leaves a call that failed', async () => {
  const { id } = await customer();
  await ask(id, 'requestAction', OWN, 'ANSWER', 'HANDLERS');
  await sees({ own: 'ACTIVE' });
  expect(await ask(id, 'makeConsultCall', OWN, '', 'HANDLERS')).toEqual({ status: 400 });
  expect(await ask(id, 'requestAction', OWN, 'DANCE', 'HANDLERS')).toEqual({ status: 400 });
  expect(await ask(id, 'sendDTMFRequest', OWN, 'HANDLERS', 'x')).toEqual({ status: 400 });
  expect(await errors()).toEqual([
    [400, 'Parameter Missing'],
    [400, 'Invalid Input'],
    [400, 'Invalid Input'],
  ]);
  // It is not held: the server takes the request, and says only then that nothing can come of it.
  expect(await ask(id, 'requestAction', OWN, 'RETRIEVE', 'HANDLERS')).toEqual({ status: 202 });
  await expect.poll(errors).toEqual([[400, 'Generic Error']]);
  await ask(id, 'makeConsultCall', OWN, '15550101', 'HANDLERS');
  const [, failed] = await sees({ id, own: 'HELD' }, { state: 'FAILED', own: 'FAILED', actions: ['DROP'] });
  await ask(failed?.id ?? '', 'requestAction', OWN, 'DROP', 'HANDLERS');
  await sees({ id, own: 'HELD' });
  await ask(id, 'requestAction', OWN, 'DROP', 'HANDLERS');
  await sees();
  expect(await errors()).toEqual([]);
});

test('a call is made; a number of one’s own is refused', async () => {
  await ask(null, 'setState', 'NOT_READY', null, 'HANDLERS');
  await desk.stateIs(/^Not Ready$/);
  await told();
  expect(await ask(null, 'makeCall', '10003', 'HANDLERS')).toEqual({ status: 202 });
  const [out] = await sees({ type: 'AGENT_INSIDE', state: 'ACTIVE', own: 'ACTIVE' });
  await ask(out?.id ?? '', 'requestAction', OWN, 'DROP', 'HANDLERS');
  await sees();
  expect(await story(out?.id ?? '')).toBe('add INITIATED ALERTING ACTIVE DROPPED delete');
  expect(await ask(null, 'makeCall', OWN, 'HANDLERS')).toEqual({ status: 400 });
  expect(await errors()).toEqual([[400, 'Invalid Destination']]);
  expect(desk.problems).toEqual([]);
});
