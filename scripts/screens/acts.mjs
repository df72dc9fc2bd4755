// What is on the pictures. An act is a story on a server of its own; `pictures` are the names of those it takes, in their order.
import { escapeXml, MULTI_TAB_LAYOUT, VARIABLES } from './centre.mjs';

const name = (page, text) => page.locator('.state-now .name', { hasText: text }).waitFor();
const card = (page, state) => page.locator(`.call-card[data-state="${state}"]`).first().waitFor();
const keys = (page, ...pressed) =>
  pressed.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

const CUSTOMER = {
  callVariable1: 'Anna Keller',
  callVariable2: 'Gold',
  callVariable3: '4711-2209',
  callVariable4: 'Delivery is late',
  callVariable5: 'German',
};

/** What rings does so until its pictures are taken. */
const PATIENT = ['acd.ringTime=5m'];

/** Ada Lovelace of Minnies_Team, whose colleagues work too. */
async function agent(stage) {
  await stage.open(PATIENT);
  await stage.rest('admin', 'PUT', '/MediaPropertiesLayout/default', VARIABLES);
  await stage.colleague('2001', '2005', 'NOT_READY', 'Lunch');
  await stage.colleague('2004', '2006', 'NOT_READY', 'Team Meeting');
  return stage.signIn('2002', '2003');
}

async function ready(page) {
  await keys(page, 'Control+Alt+R');
  await name(page, /^Ready$/);
}

/** Opens a menu or pop-over of the header and waits until it is there. */
async function open(page, button, inside) {
  await page.getByRole('button', { name: button }).first().click();
  await page.locator(inside).first().waitFor();
}

const door = {
  name: 'door',
  pictures: ['sign-in', 'sign-in-refused', 'sign-in-elsewhere'],
  async play(stage) {
    await stage.open(['desktop.securityBannerMessage=For staff of the contact centre only.']);
    const page = await stage.page();
    await stage.take(page, 'sign-in');
    await page.getByLabel('Agent ID or login name').fill('2002');
    await page.getByLabel('Password').fill('wrong');
    await page.getByLabel('Extension', { exact: true }).fill('2003');
    await keys(page, 'Enter');
    await page.locator('.field-error, .notice.error').first().waitFor();
    await stage.take(page, 'sign-in-refused');
    const elsewhere = await stage.page();
    await elsewhere.getByLabel('Agent ID or login name').fill('2002');
    await elsewhere.getByLabel('Password').fill('2002');
    await elsewhere.getByLabel('Extension', { exact: true }).fill('2003');
    await elsewhere.getByLabel('I work at a phone elsewhere').check();
    await elsewhere.getByLabel('Call by call').check();
    await elsewhere.getByLabel('Dial number').fill('+49 30 1234567');
    await stage.take(elsewhere, 'sign-in-elsewhere');
  },
};

const idle = {
  name: 'idle',
  pictures: [
    'agent-idle',
    'states',
    'dial-pad',
    'identity',
    'settings',
    'shortcuts',
    'search',
    'notifications',
    'signed-out',
  ],
  async play(stage) {
    const page = await agent(stage);
    // Two customers wait.
    await stage.customer('6001', '4930555010');
    await stage.customer('6001', '4989555017');
    await page.getByRole('gridcell', { name: '2', exact: true }).first().waitFor();
    await stage.take(page, 'agent-idle', { schemes: ['light', 'dark', 'contrast'] });
    await open(page, 'Change state', '[role=menuitemradio]');
    await stage.take(page, 'states');
    await keys(page, 'Escape', 'Control+Alt+O');
    await page.locator('.contact').first().waitFor();
    await page.getByLabel('Number to call').fill('+49 30');
    await stage.take(page, 'dial-pad');
    await keys(page, 'Escape');
    await open(page, /Ada Lovelace/, '.identity');
    await stage.take(page, 'identity');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await stage.take(page, 'settings');
    await keys(page, 'Escape', 'Control+Alt+F');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await stage.take(page, 'shortcuts');
    await keys(page, 'Escape', 'Control+Alt+I');
    await page.locator('.search-option').first().waitFor();
    await stage.take(page, 'search');
    await keys(page, 'Escape');
    await open(page, /^Notifications/, '.notice-list');
    await stage.take(page, 'notifications');
    await keys(page, 'Escape');
    await open(page, /Ada Lovelace/, '.identity');
    await page.getByRole('button', { name: /^Sign out/ }).click();
    await page.getByRole('menuitem', { name: /End of Shift/ }).click();
    await page.getByText('You are signed out.').waitFor();
    await stage.take(page, 'signed-out');
  },
};

const call = {
  name: 'call',
  pictures: [
    'incoming',
    'call',
    'consult',
    'keypad',
    'two-calls',
    'conference',
    'wrap-up',
    'history',
    'banner',
  ],
  async play(stage) {
    const page = await agent(stage);
    // An earlier call, and one that was not answered by the customer's leave.
    await ready(page);
    await stage.customer('6001', '4940555023', { callVariable1: 'Paul Sommer' });
    await card(page, 'ALERTING');
    await keys(page, 'Control+Alt+A');
    await card(page, 'ACTIVE');
    await keys(page, 'Control+Alt+E');
    await card(page, 'WRAP_UP');
    await keys(page, 'Control+Alt+W');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.type('Sale');
    await keys(page, 'Enter');
    await page.locator('.call-card .tag').waitFor();
    await ready(page);

    await stage.customer('6001', '4930555010', CUSTOMER);
    await card(page, 'ALERTING');
    await stage.take(page, 'incoming');
    await keys(page, 'Control+Alt+A');
    await card(page, 'ACTIVE');
    await stage.take(page, 'call', { schemes: ['light', 'dark', 'contrast'] });
    await keys(page, 'Control+Alt+C');
    await page.locator('.contact').first().waitFor();
    await stage.take(page, 'consult');
    await keys(page, 'Escape', 'Control+Alt+K');
    await page.getByLabel('Keys to send').waitFor();
    await page.keyboard.type('42#');
    await stage.take(page, 'keypad');
    await keys(page, 'Escape');
    await page.locator('.call-card button[aria-disabled="false"]', { hasText: 'Consult' }).waitFor();
    await keys(page, 'Control+Alt+C');
    await page.locator('.contact').first().waitFor();
    await page.keyboard.type('10001');
    await keys(page, 'Enter');
    await page.getByRole('button', { name: 'Complete transfer' }).waitFor();
    await stage.take(page, 'two-calls');
    await keys(page, 'Control+Alt+H');
    await page.locator('.call-card').nth(1).waitFor({ state: 'detached' });
    await card(page, 'ACTIVE');
    await stage.take(page, 'conference');
    await keys(page, 'Control+Alt+E');
    await card(page, 'WRAP_UP');
    await keys(page, 'Control+Alt+W');
    await page.getByRole('option').first().waitFor();
    await stage.take(page, 'wrap-up');
    await page.keyboard.type('Call back');
    await keys(page, 'Enter');
    await page.locator('.call-card .tag').waitFor();
    await ready(page);
    await keys(page, 'Control+Alt+2');
    await page.getByRole('gridcell', { name: 'Call back later' }).first().waitFor();
    await stage.take(page, 'history');
    await keys(page, 'Control+Alt+1');
    // The page loses its server, as far as it can tell.
    await page.context().setOffline(true);
    await page.locator('.banner').first().waitFor({ timeout: 60_000 });
    await stage.take(page, 'banner');
  },
};

const outbound = {
  name: 'outbound',
  pictures: ['outbound-preview', 'outbound-callback'],
  async play(stage) {
    const page = await agent(stage);
    await ready(page);
    await stage.sim('previews', {
      to: '2003',
      mode: 'directPreview',
      customer: '15551234',
      name: 'Keller, Anna',
      account: '4711-2209',
      campaign: 'Renewals',
      timeZone: 60,
    });
    await page.locator('.incoming-call').waitFor();
    await stage.take(page, 'outbound-preview');
    await keys(page, 'Control+Alt+A');
    await card(page, 'ACTIVE');
    await keys(page, 'Control+Alt+S');
    const callback = page.getByRole('dialog', { name: 'Callback' });
    await callback.getByLabel('Number to call back').fill('15559999');
    await callback.getByLabel('Date at the customer').fill('2099-03-02');
    await callback.getByLabel('Time at the customer’s place').fill('14:30');
    await stage.take(page, 'outbound-callback');
  },
};

/** Nine agents of Sandbox in the states of a busy hour. */
async function floor(stage) {
  const talks = ['3002', '3003', '3005', '3008', '3011'];
  for (const extension of talks) {
    await stage.phone(extension, 'auto-answer', 'on');
    await stage.colleague(extension, extension, 'READY');
  }
  for (const index of talks.keys()) await stage.customer('6003', `4930555${100 + index}`, CUSTOMER);
  for (const extension of talks) await stage.stateIs(extension, 'TALKING');
  await stage.phone('3005', 'hold');
  await stage.stateIs('3005', 'HOLD');
  for (const user of ['3004', '3007', '3010']) await stage.colleague(user, user, 'NOT_READY');
  await stage.colleague('3009', '3009', 'READY');
  await stage.customer('6003', '4989555017', CUSTOMER);
  await stage.stateIs('3009', 'RESERVED');
  // Nobody is left: these wait.
  for (const from of ['4940555023', '4922155501', '4971155542']) await stage.customer('6003', from);
}

const supervisor = {
  name: 'supervisor',
  pictures: [
    'team',
    'team-actions',
    'team-states',
    'call-details',
    'agent-history',
    'monitoring',
    'message-write',
    'message',
  ],
  async play(stage) {
    await stage.open(PATIENT);
    await stage.rest('admin', 'PUT', '/MediaPropertiesLayout/default', VARIABLES);
    await floor(stage);
    const page = await stage.signIn('2051', '10002');
    await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
    await page.getByRole('gridcell').filter({ hasText: 'Reserved' }).first().waitFor();
    await page.getByRole('gridcell', { name: '3', exact: true }).first().waitFor();
    await stage.take(page, 'team', { schemes: ['light', 'dark', 'contrast'] });
    await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
    await page.getByRole('menuitem', { name: /^Monitor/ }).waitFor();
    await stage.take(page, 'team-actions');
    await keys(page, 'End', 'ArrowRight');
    await page.getByRole('menu', { name: 'Change state' }).waitFor();
    await stage.take(page, 'team-states');
    await keys(page, 'Escape', 'Escape');
    await page.getByRole('button', { name: 'Call details of Dev Two' }).click();
    await page.locator('.call-details dd').first().waitFor();
    await stage.take(page, 'call-details');
    await page.getByRole('button', { name: 'Close call details' }).click();
    await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
    await page.getByRole('menuitem', { name: 'View history' }).click();
    await page.getByRole('grid', { name: 'Recent states' }).getByText('Talking').first().waitFor();
    await stage.take(page, 'agent-history');
    await page.getByRole('button', { name: 'Back to the team' }).click();
    await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
    await page.getByRole('menuitem', { name: /^Monitor/ }).click();
    await page.locator('.call-card').waitFor();
    await stage.take(page, 'monitoring');
    await page.getByRole('button', { name: 'End call' }).click();
    await page.locator('.call-card').waitFor({ state: 'detached' });

    const reader = await stage.signIn('3001', '3001');
    await page.getByRole('button', { name: 'Team message' }).click();
    const desk = page.locator('.message-desk');
    await desk.waitFor();
    await desk
      .getByRole('textbox')
      .first()
      .fill('Many calls about late deliveries: the carrier is back tomorrow at 8.');
    const teams = desk.getByRole('checkbox', { name: 'Sandbox' });
    if ((await teams.count()) > 0) await teams.check();
    await stage.take(page, 'message-write');
    await desk.getByRole('button', { name: /^Send/ }).click();
    await reader.locator('.message-button').waitFor();
    await reader.locator('.message-button').click();
    await reader.locator('.message-list').waitFor();
    await stage.take(reader, 'message');
  },
};

const multiTab = {
  name: 'multi-tab',
  pictures: ['multi-tab'],
  async play(stage) {
    await stage.open([...PATIENT, 'desktop.maxTabsOnTabbedGadgetHeader=3']);
    await stage.rest('admin', 'PUT', '/MediaPropertiesLayout/default', VARIABLES);
    await stage.rest(
      'admin',
      'PUT',
      '/Team/5000/LayoutConfig',
      `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escapeXml(MULTI_TAB_LAYOUT)}</layoutxml></TeamLayoutConfig>`,
    );
    const page = await stage.signIn('2002', '2003');
    await ready(page);
    await stage.customer('6001', '4930555010', CUSTOMER);
    await page.locator('.incoming-call').waitFor();
    await keys(page, 'Control+Alt+A');
    await card(page, 'ACTIVE');
    await stage.take(page, 'multi-tab');
  },
};

const sso = {
  name: 'sso',
  pictures: ['sso-name', 'sso-extension', 'sso-ends'],
  async play(stage) {
    const { tsImport } = await import('tsx/esm/api');
    const { CLIENT, OidcProvider } = await tsImport(
      '../../packages/server/test/oidc-provider.ts',
      import.meta.url,
    );
    const provider = await OidcProvider.start();
    stage.onClose(() => provider.close());
    provider.accessSeconds = 6;
    provider.sessionSeconds = 62;
    await stage.open([
      'sso.systemAuthMode=HYBRID',
      'sso.users=2002',
      `sso.issuer=${provider.issuer}`,
      `sso.clientId=${CLIENT.id}`,
      `sso.clientSecret=${CLIENT.secret}`,
    ]);
    const page = await stage.page();
    await page.getByLabel('Agent ID or login name').fill('2002');
    await stage.take(page, 'sso-name');
    await keys(page, 'Enter');
    await page.getByLabel('Account').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Extension', { exact: true }).fill('2003');
    await stage.take(page, 'sso-extension');
    await keys(page, 'Enter');
    await page.getByText('In less than a minute you are signed out.').waitFor();
    await page.getByRole('timer').filter({ hasText: 'left' }).waitFor();
    await stage.take(page, 'sso-ends');
  },
};

const absence = {
  name: 'absence',
  pictures: ['idle-cover'],
  async play(stage) {
    await stage.open();
    const page = await stage.signIn('3001', '3001');
    await page.evaluate(() =>
      localStorage.setItem('poise.settings.3001', JSON.stringify({ idleMinutes: 2 })),
    );
    await page.clock.install();
    await page.reload();
    await page.locator('.state-now').waitFor();
    await page.clock.fastForward('03:00');
    await page.locator('.idle-cover').waitFor();
    await stage.take(page, 'idle-cover');
  },
};

export const ACTS = [door, idle, call, outbound, supervisor, multiTab, sso, absence];
