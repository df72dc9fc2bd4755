import { VirtualClock } from '@poise/clock';
import { AgentState } from '@poise/ged188';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ContactCentre } from './contact-centre.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { FakeClient } from './testing/fake-client.ts';

/**
 * Random requests from several sessions against a reference that fits on a page. The reference knows
 * nothing of the tables under test; it is what a person would write down after reading the guides (CCE).
 */

const AGENTS = ['2001', '2002', 'agent-x', '3001'] as const;
const PHONES = ['2003', '2005', '2006', '3001'] as const;
const SESSIONS = 3;

interface Person {
  phone: string | null;
  state: 'LOGOUT' | 'NOT_READY' | 'AVAILABLE';
  reason: number;
  exists: boolean;
}

class Reference {
  readonly people = new Map<string, Person>(
    AGENTS.map((id) => [id, { phone: null, state: 'LOGOUT', reason: 0, exists: true }]),
  );

  /** @returns `ok` or the code of the refusal */
  login(id: string, phone: string, forced: boolean): string {
    const person = this.people.get(id);
    if (!person?.exists) return '256';
    if (!(PHONES as readonly string[]).includes(phone)) return '260';
    if ([...this.people].some(([other, { phone: used }]) => other !== id && used === phone)) return '33';
    if (person.phone !== null && person.phone !== phone && !forced) return '259';
    if (person.phone === null) Object.assign(person, { state: 'NOT_READY', reason: 0 });
    person.phone = phone;
    return 'ok';
  }

  set(id: string, state: 'LOGOUT' | 'NOT_READY' | 'AVAILABLE', reason: number, forced: boolean): string {
    const person = this.people.get(id);
    if (!person?.exists) return '256';
    const out = person.state === 'LOGOUT';
    const ready = person.state === 'AVAILABLE';
    // Team 5000 (agent 2002) demands reasons.
    const reasonMissing = id === '2002' && reason === 0;
    if (state === 'AVAILABLE') {
      if (out) return '22';
      return this.#enter(person, 'AVAILABLE', 0);
    }
    if (state === 'NOT_READY') {
      if (out) return '257';
      if (reason === 999 && !ready) return '22';
      if (reasonMissing) return '281';
      return this.#enter(person, 'NOT_READY', reason);
    }
    if (out) return '22';
    if (forced && reason === 255) return this.#enter(person, 'NOT_READY', 50002);
    if (!forced && reason !== 999) {
      if (ready) return '22';
      if (reasonMissing) return '281';
    }
    person.phone = null;
    return this.#enter(person, 'LOGOUT', reason);
  }

  #enter(person: Person, state: Person['state'], reason: number): string {
    Object.assign(person, { state, reason });
    return 'ok';
  }
}

const agent = fc.constantFrom(...AGENTS, 'nobody');
const session = fc.nat(SESSIONS - 1);
const reason = fc.constantFrom(0, 10, 255, 999);
const login = fc.record({
  kind: fc.constant('login' as const),
  session,
  agent,
  phone: fc.constantFrom(...PHONES, '404'),
  forced: fc.boolean(),
  password: fc.constantFrom<'none' | 'right' | 'wrong'>('none', 'right', 'wrong'),
});
const set = fc.record({
  kind: fc.constant('set' as const),
  session,
  agent,
  state: fc.constantFrom('LOGOUT' as const, 'NOT_READY' as const, 'AVAILABLE' as const),
  reason,
  forced: fc.boolean(),
});
const remove = fc.record({ kind: fc.constant('remove' as const), agent: fc.constantFrom(...AGENTS) });
const restore = fc.record({ kind: fc.constant('restore' as const), agent: fc.constantFrom(...AGENTS) });
const command = fc.oneof(
  { arbitrary: login, weight: 8 },
  { arbitrary: set, weight: 16 },
  { arbitrary: remove, weight: 1 },
  { arbitrary: restore, weight: 2 },
);

it('agrees with the reference, answers everything once, and tells all sessions the same story', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 80, size: 'max' }), async (commands) => {
      const directory = demoDirectory();
      const everybody = directory.agentList;
      const clock = new VirtualClock();
      const centre = new ContactCentre({ directory, clock, deployment: 'CCE', onDisconnect: 'notReady' });
      const sessions = Array.from({ length: SESSIONS }, (_, i) => {
        const client = new FakeClient(centre, { version: 20 + i });
        centre.opened(client);
        client.inbox.length = 0;
        return client;
      });
      const reference = new Reference();
      const expected: string[][] = sessions.map(() => []);
      const invokeIds: number[][] = sessions.map(() => []);

      for (const step of commands) {
        clock.advance(1_000);
        if (step.kind === 'remove' || step.kind === 'restore') {
          const person = reference.people.get(step.agent)!;
          person.exists = step.kind === 'restore';
          if (!person.exists) Object.assign(person, { phone: null, state: 'LOGOUT', reason: 0 });
          directory.agentList = everybody.filter(
            ({ loginId }) => reference.people.get(loginId)?.exists !== false,
          );
          directory.changed();
          continue;
        }
        const client = sessions[step.session]!;
        const common = { AgentID: step.agent, ForcedFlag: step.forced ? 1 : 0 };
        if (step.kind === 'login') {
          const password =
            step.password === 'right' ? step.agent : step.password === 'wrong' ? '-' : undefined;
          const right = step.password !== 'wrong' || !reference.people.get(step.agent)?.exists;
          expected[step.session]!.push(right ? reference.login(step.agent, step.phone, step.forced) : '257');
          const fields = {
            ...common,
            AgentInstrument: step.phone,
            ...(password ? { AgentPassword: password } : {}),
          };
          invokeIds[step.session]!.push(client.setState(AgentState.LOGIN, fields));
          // The check takes a few turns; later commands may overtake it unless they wait, which is tested apart.
          for (let i = 0; i < 10; i++) await Promise.resolve();
        } else {
          expected[step.session]!.push(reference.set(step.agent, step.state, step.reason, step.forced));
          const fields = { ...common, EventReasonCode: step.reason };
          invokeIds[step.session]!.push(client.setState(AgentState[step.state], fields));
        }
        for (const [id, person] of reference.people) {
          if (!person.exists) continue;
          const view = centre.model.agent(id)!;
          expect([id, view.status.state, view.instrument]).toEqual([id, person.state, person.phone]);
          if (person.state !== 'LOGOUT') expect(view.status.reason).toBe(person.reason);
          expect(view.instrument === null).toBe(view.status.state === 'LOGOUT');
        }
        const used = [...reference.people.values()].flatMap(({ phone }) => phone ?? []);
        expect(new Set(used).size).toBe(used.length);
        expect(centre.model.signedIn).toBe(used.length);
      }

      sessions.forEach((client, i) => {
        const answers = client.inbox.filter(({ name }) => name.endsWith('_CONF'));
        expect(answers.map(({ fields }) => fields.InvokeID)).toEqual(invokeIds[i]);
        expect(answers.map(({ fields }) => String(fields.FailureCode ?? 'ok'))).toEqual(expected[i]);
      });
      const stories = sessions.map((client) =>
        client.inbox
          .filter(({ name }) => name === 'AGENT_STATE_EVENT')
          .map(
            ({ fields }) =>
              `${fields.AgentID} ${fields.AgentState} ${fields.EventReasonCode} ${fields.AgentExtension}`,
          ),
      );
      for (const story of stories) expect(story).toEqual(stories[0]);
    }),
    { numRuns: 100 },
  );
});

it('several agents at once, with passwords that take their time: every request is answered once, in order per agent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ agent: fc.nat(3), session: fc.nat(SESSIONS - 1), login: fc.boolean(), delay: fc.nat(5) }),
        {
          maxLength: 60,
          size: 'max',
        },
      ),
      async (commands) => {
        const directory = demoDirectory();
        const delays = commands.map(({ delay }) => delay);
        directory.checkPassword = async () => {
          for (let turns = delays.shift() ?? 0; turns > 0; turns--) await Promise.resolve();
          return true;
        };
        const centre = new ContactCentre({
          directory,
          clock: new VirtualClock(),
          deployment: 'CCX',
          onDisconnect: 'logout',
        });
        const sessions = Array.from({ length: SESSIONS }, () => new FakeClient(centre));
        for (const client of sessions) centre.opened(client);
        for (const client of sessions) client.inbox.length = 0;
        const asked: number[][] = sessions.map(() => []);
        const perAgent: string[][] = AGENTS.map(() => []);
        for (const { agent: who, session: from, login } of commands) {
          const fields = { AgentID: AGENTS[who]!, AgentInstrument: PHONES[who]! };
          const id = login
            ? sessions[from]!.setState(AgentState.LOGIN, { ...fields, AgentPassword: 'x' })
            : sessions[from]!.setState(AgentState.LOGOUT, { AgentID: AGENTS[who]!, EventReasonCode: 1 });
          asked[from]!.push(id);
          perAgent[who]!.push(login ? 'in' : 'out');
        }
        for (let i = 0; i < 600; i++) await Promise.resolve();
        sessions.forEach((client, i) => {
          const answered = client.inbox
            .filter(({ name }) => name.endsWith('_CONF'))
            .map(({ fields }) => Number(fields.InvokeID));
          expect(answered.sort((a, b) => a - b)).toEqual(asked[i]);
        });
        AGENTS.forEach((id, i) => {
          // In the order of arrival the last request decides: out at rest is refused, so the state follows.
          const last = perAgent[i]!.at(-1);
          expect(centre.model.agent(id)!.status.state).toBe(last === 'in' ? 'NOT_READY' : 'LOGOUT');
        });
      },
    ),
    { numRuns: 100 },
  );
});
