/** A data directory in which everything that people name or type is at its worst. */
import { DEFAULT_LAYOUT } from '../packages/layout/src/default-layout.ts';
import { createStoredKeys } from '../packages/server/src/accounts/scram-keys.ts';
import { seedDemo } from '../packages/server/src/demo/seed.ts';
import type { MediaPropertyEntry, UserRecord } from '../packages/server/src/store/directory.ts';
import { Store } from '../packages/server/src/store/store.ts';
import { dataDirectory } from './server.ts';

const MARKUP =
  '<img src=x onerror="window.__hit=1"><script>window.__hit=1</script><a href="javascript:window.__hit=1">"\'&amp;</a>';
/** Ends an isolate that it has not begun, turns the direction round, and ends nothing of it. */
const DIRECTIONS =
  '\u2069\u202C\u202Eesrever \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u2067\u202D';
const EMOJI = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u{1F3FF} e\u0301\u0336\u0336\u0336 \u{E0041}';

/** @param label what a person could read of it @param length in characters */
export function hostile(label: string, length: number = 10_000): string {
  return `${label} ${MARKUP}${DIRECTIONS}${EMOJI} `
    .padEnd(length, 'Wort\u05E9\u05DC\u05D5\u05DD')
    .slice(0, length);
}

/** Fits into call variables, which have a limit in bytes: 40, or 210 of those with names of their own. */
export const HOSTILE_VARIABLE = '<b onclick=__hit=1>\u2069\u202Egnorw\u{1F469}';
export const HOSTILE_ECC = `${HOSTILE_VARIABLE}${'\u6F22'.repeat(50)}`;

export const TEAM = 5000;
export const QUEUE = '6001';
/** Passwords as the login ids. */
export const AGENT = '4001';
/** The hostile reason for Not Ready, after the five of the demonstration. */
export const REASON_ID = 6;
export const COLLEAGUES = ['4002', '4003', '4004'] as const;
export const SUPERVISOR = '4050';

const entry = (mediaProperty: string, showInPopOver = true): MediaPropertyEntry => ({
  displayName: hostile(`Label of ${mediaProperty}`),
  mediaProperty,
  showInPopOver,
  uiEditable: mediaProperty === 'callVariable2',
});

/** @returns its path; the server is to be started on it with `--demo` */
export async function hostileDirectory(): Promise<string> {
  const path = dataDirectory();
  const store = await Store.open({ path });
  await seedDemo(store);
  const { current } = store.directory;
  await store.change(async (into) => {
    for (const team of current.teams()) await into.teams.update(team.id, { name: hostile(`Team${team.id}`) });
    for (const group of current.skillGroups())
      await into.skillGroups.rename(group.number, hostile(`Queue${group.number}`));
    for (const [index, category] of (['NOT_READY', 'LOGOUT'] as const).entries())
      await into.reasonCodes.create({
        category,
        code: 70 + index,
        label: hostile(`Reason${category}`),
        forAll: false,
        systemCode: false,
        teamIds: [TEAM],
      });
    await into.wrapUpReasons.create({ label: hostile('Wrapup'), forAll: false, teamIds: [TEAM] });
    const book = await into.phoneBooks.create({ name: hostile('Book'), type: 'GLOBAL', teamIds: [] });
    await into.phoneBooks.replaceContacts(
      book,
      ['15550201', '15550202'].map((phoneNumber) => ({
        firstName: hostile('AaFirst'),
        lastName: hostile('AaLast'),
        phoneNumber,
        description: hostile('Description'),
      })),
    );
    const layout = current.mediaPropertiesLayouts()[0];
    if (!layout) throw new Error('there is no layout of call variables');
    await into.mediaPropertiesLayouts.update(layout.id, {
      ...layout,
      header: entry('callVariable1'),
      columns: [
        [entry('callVariable1'), entry('callVariable2'), entry('callVariable3')],
        [entry('user.microapp.isVRU'), entry('wrapUpReason'), entry('queueName')],
      ],
    });
    const escaped = hostile('Tab', 128).replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
    await into.desktopLayouts.save({
      teamId: null,
      xml: DEFAULT_LAYOUT.replaceAll(/finesse\.container\.tabs\.\w+\.homeLabel/g, escaped),
      useDefault: false,
    });
    // The first window uses up what a key or a click allows; the second one is blocked, and told of.
    const actions: number[] = [];
    for (const name of ['First window', hostile('Action')])
      actions.push(
        await into.workflowActions.create({
          name,
          type: 'BROWSER_POP',
          handledBy: 'FINESSE_DESKTOP',
          params: [{ name: 'path', value: 'https://www.example.com/' }],
          variables: [],
        }),
      );
    await into.workflows.create(
      {
        name: hostile('Workflow'),
        description: hostile('What it does'),
        media: 'Voice',
        triggerSet: {
          type: 'SYSTEM',
          name: 'CALL_ARRIVES',
          triggers: [],
          allowOverlappingCallWorkflow: false,
        },
        conditionSet: { applyMethod: 'ALL', conditions: [] },
        teams: [{ teamId: TEAM, position: 0 }],
      },
      actions,
    );
    const people: readonly (readonly [id: string, ...roles: UserRecord['roles']])[] = [
      [AGENT, 'Agent'],
      ...COLLEAGUES.map((id) => [id, 'Agent'] as const),
      [SUPERVISOR, 'Agent', 'Supervisor'],
    ];
    for (const [id, ...roles] of people)
      await into.users.create({
        loginId: id,
        loginName: `name${id}`,
        firstName: hostile(`First${id}`),
        lastName: hostile(`Last${id}`),
        roles,
        teamId: TEAM,
        supervisedTeamIds: roles.includes('Supervisor') ? [TEAM, 5001] : [],
        skillTargetId: 200_000 + Number(id),
        skillGroupNumbers: [85881],
      });
    await into.teamMessages.create(
      {
        id: '00000000-0000-4000-8000-000000000001',
        createdBy: { id: SUPERVISOR, firstName: hostile('Sender'), lastName: hostile('Last') },
        createdAt: Date.now(),
        durationSeconds: 3600,
        content: hostile('Message'),
        teamIds: [TEAM],
      },
      Date.now,
    );
  });
  for (const id of [AGENT, ...COLLEAGUES, SUPERVISOR])
    await store.setCredential(id, {
      ...(await createStoredKeys(id, 4096)),
      setByHand: true,
      changedAtMs: Date.now(),
    });
  await store.close();
  return path;
}
