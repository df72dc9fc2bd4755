/** The human at a desktop: does at random what the page offers. */
import { chance, pick } from './chance.ts';
import type { AgentDesktop } from './desk.ts';
import { CENTRE, phoneOf } from './directory.ts';

const PHONES = CENTRE.users.map(({ loginId }) => phoneOf(loginId));

/** What ends a consultation, and how often somebody who may do it does: else few come to it before the customer hangs up. */
const COMPLETIONS = ['CONFERENCE', 'TRANSFER'] as const;
const COMPLETES = 0.7;

const VERBS = new Set(['ANSWER', 'HOLD', 'RETRIEVE', 'CONSULT_CALL', 'TRANSFER', 'CONFERENCE', 'DROP']);

export interface PersonOptions {
  readonly desktop: () => AgentDesktop | undefined;
  readonly random: () => number;
  readonly line: (text: string) => void;
}

/** Whether somebody has more than one call, or one that rings, and looks at the page more often for it. */
export function isAttentive(desk: AgentDesktop | undefined): boolean {
  if (desk?.process.running !== true || desk.state.phase !== 'signed-in') return false;
  const { dialogs } = desk.state.calls;
  return dialogs.length > 1 || dialogs.some(({ state }) => state === 'ALERTING');
}

/** One look at the page, and perhaps one click. */
export function act({ desktop, random, line }: PersonOptions): void {
  const desk = desktop();
  if (desk === undefined || !desk.process.running) return;
  const { phase, user, calls, link } = desk.state;
  if (phase === 'signed-out') {
    if (!chance(random, 0.6)) return;
    line(`${desk.loginId} clicks sign in`);
    void desk.signIn();
    return;
  }
  if (phase !== 'signed-in' || user === null || (link !== 'up' && chance(random, 0.7))) return;
  const offers = calls.dialogs.map((dialog) => {
    const own = dialog.participants.find(({ mediaAddress }) => mediaAddress === user.extension);
    return { dialog, offered: own?.actions.filter((action) => VERBS.has(action)) ?? [] };
  });
  const held = offers.find(({ offered }) => COMPLETIONS.every((verb) => offered.includes(verb)));
  if (held !== undefined && chance(random, COMPLETES)) {
    const { id } = held.dialog;
    const verb = pick(random, COMPLETIONS);
    line(`${desk.loginId} clicks ${verb} ${id}`);
    void desk.controller.call(id, async (client) => {
      if (verb === 'CONFERENCE') await client.conference(id);
      else await client.transfer(id);
    });
    return;
  }
  for (const { dialog, offered } of offers) {
    if (offered.length === 0 || !chance(random, 0.6)) continue;
    const verb = offered.includes('ANSWER') ? 'ANSWER' : pick(random, offered);
    const { id } = dialog;
    line(`${desk.loginId} clicks ${verb} ${id}`);
    void desk.controller.call(id, async (client) => {
      if (verb === 'ANSWER') await client.answer(id);
      else if (verb === 'HOLD') await client.hold(id);
      else if (verb === 'RETRIEVE') await client.retrieve(id);
      else if (verb === 'CONSULT_CALL') await client.consult(id, pick(random, PHONES));
      else if (verb === 'TRANSFER') await client.transfer(id);
      else if (verb === 'CONFERENCE') await client.conference(id);
      else if (verb === 'DROP') await client.drop(id);
    });
    return;
  }
  if (desk.members.size > 0 && chance(random, 0.25)) {
    const [member] = pick(random, [...desk.members]);
    // Not READY: a supervisor who puts somebody to work who is not there means it.
    const state = pick(random, ['NOT_READY', 'NOT_READY', 'LOGOUT'] as const);
    line(`${desk.loginId} clicks ${state} for ${member}`);
    desk.supervise(member, state);
    return;
  }
  const draw = random();
  if (draw < 0.04) {
    line(`${desk.loginId} clicks sign out`);
    void desk.controller.signOut(21);
  } else if (draw < 0.12 && user.state === 'NOT_READY') {
    const number = pick(random, PHONES);
    line(`${desk.loginId} dials ${number}`);
    void desk.controller.makeCall(number);
  } else if (user.state === 'NOT_READY' || user.state === 'WORK') {
    line(`${desk.loginId} clicks ready`);
    void desk.controller.changeState('READY');
  } else if (draw < 0.4) {
    line(`${desk.loginId} clicks not ready`);
    void desk.controller.changeState('NOT_READY', 12);
  }
}
