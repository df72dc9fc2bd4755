/**
 * A contact centre at work: a running server, agents at their desks, customers and phones that do as they are told,
 * and a CTI client that watches. What the webservices say of an agent can be held against what the CTI server says.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parse } from '@poise/xml';
import { expect } from 'vitest';
import { type Ports, rest } from '../server.ts';
import { type CallPicture, CtiObserver, type Picture } from './cti-observer.ts';
import { eventually, PATIENT_MS, within } from './deadline.ts';
import { tcpSession } from './tcp-session.ts';
import { idOf, legOf, participants, UserDesk } from './user-desk.ts';

/** What a customer is told to do; the words of `poise sim call`. */
export interface CustomerOrder {
  readonly from?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Time after which the customer hangs up, `300ms` or `30s`. */
  readonly talk?: string;
  readonly patience?: string;
}

/** Where the simulated telephony is asked: in which of the two processes that may run on one data directory. */
export type Exchange = 'control' | 'control-cti';

const ADMINISTRATOR = 'admin';

/** Arguments of the process with the contact centre: a call rings for as long as a busy machine may need to answer it. */
export const PATIENT_CALLS = ['--set', 'acd.ringTime=5m'] as const;

/** A supervisor listens to the agent: shown to the agent, and no call of the agent's. */
const isListening = (dialog: Parameters<typeof legOf>[0], extension: string): boolean =>
  dialog.child('mediaProperties')?.child('callType')?.text === 'SUPERVISOR_MONITOR' &&
  legOf(dialog, extension) === undefined;

export class Floor {
  readonly ports: Ports;
  readonly #data: string;
  readonly #exchange: Exchange;
  readonly desks = new Map<string, UserDesk>();
  observer: CtiObserver;

  private constructor(ports: Ports, data: string, exchange: Exchange, observer: CtiObserver) {
    this.ports = ports;
    this.#data = data;
    this.#exchange = exchange;
    this.observer = observer;
  }

  static async open(
    { ports, data }: { readonly ports: Ports; readonly data: string },
    exchange: Exchange = 'control',
  ): Promise<Floor> {
    return new Floor(ports, data, exchange, await CtiObserver.open(ports.ctiA));
  }

  close(): void {
    this.observer.close();
  }

  /** An agent at a client who is signed out still. */
  async desk(id: string, extension = id): Promise<UserDesk> {
    const session = (await tcpSession(this.ports.xmpp, id, 'desk')).answerPings();
    const desk = new UserDesk(this.ports, id, extension, await session.appear());
    this.desks.set(id, desk);
    return desk;
  }

  /** Agents who are signed in. */
  async signedIn(...ids: readonly (string | readonly [id: string, extension: string])[]) {
    return Promise.all(
      ids.map(async (entry) => {
        const [id, extension] = typeof entry === 'string' ? ([entry, entry] as const) : entry;
        const desk = await this.desk(id, extension);
        await desk.signIn(`in-${id}`);
        return desk;
      }),
    );
  }

  /** A command of `poise sim`, to the exchange. @throws with what it says */
  simulate(command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const token = readFileSync(join(this.#data, `${this.#exchange}.token`), 'utf8').trim();
    const asking = new Promise((done, fail) => {
      const socket = connect(join(this.#data, `${this.#exchange}.sock`));
      let text = '';
      socket.on('error', fail);
      socket.on('connect', () => socket.write(`${JSON.stringify({ token, command, arguments: args })}\n`));
      socket.on('data', (chunk: Buffer) => {
        text += chunk;
        if (!text.includes('\n')) return;
        socket.destroy();
        const answer = JSON.parse(text) as { ok: boolean; result: unknown; error: string };
        if (answer.ok) done(answer.result);
        else fail(new Error(`${command}: ${answer.error}`));
      });
    });
    return within(PATIENT_MS, `an answer to ${command}`, asking);
  }

  /** Lets a customer call. @returns the customer's number in the simulation */
  async customer(to: string, order: CustomerOrder = {}): Promise<number> {
    const { id } = (await this.simulate('sim.call', { to, ...order })) as { id: number };
    return id;
  }

  /** Lets somebody do something at a phone: `hang-up`, `dial`, `hold`, `out-of-service`, … */
  async phone(extension: string, action: string, value?: string): Promise<void> {
    await this.simulate('sim.phone', { extension, action, ...(value === undefined ? {} : { value }) });
  }

  /** The customer hangs up. */
  async hangUp(customer: number): Promise<void> {
    const { ports } = this;
    const url = `http://127.0.0.1:${ports.http}/poise/api/sim/calls/${customer}`;
    const basic = Buffer.from(`${ADMINISTRATOR}:${ADMINISTRATOR}`).toString('base64');
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Basic ${basic}` } });
    expect(answer.status).toBe(204);
  }

  /** What the webservices say of an agent. */
  async pictureOf(agentId: string): Promise<Picture> {
    const user = parse((await this.#get(agentId, `/User/${agentId}`)).text);
    const state = user.child('state')?.text ?? '';
    const extension = user.child('extension')?.text ?? '';
    const list = parse((await this.#get(agentId, `/User/${agentId}/Dialogs`)).text);
    const calls: Record<string, CallPicture> = {};
    for (const dialog of list.elements('Dialog')) {
      if (isListening(dialog, extension)) continue;
      const parties: Record<string, string> = {};
      for (const party of participants(dialog)) {
        const address = party.child('mediaAddress')?.text ?? '';
        const leg = legOf(dialog, address)!;
        // Who else wraps up the call is told to all, and not known to the snapshot of a call.
        if (leg !== 'DROPPED' && (leg !== 'WRAP_UP' || address === extension)) parties[address] = leg;
      }
      const variables: Record<string, string> = {};
      const media = dialog.child('mediaProperties');
      for (const variable of media?.child('callvariables')?.elements('CallVariable') ?? []) {
        const value = variable.child('value')?.text ?? '';
        if (value !== '') variables[variable.child('name')?.text ?? ''] = value;
      }
      const wrapUp = media?.child('wrapUpReason')?.text ?? '';
      if (wrapUp !== '') variables['wrapUpReason'] = wrapUp;
      calls[idOf(dialog)] = { parties, variables };
    }
    return { state, extension, calls };
  }

  /**
   * The two pictures of every agent are the same; they may need a moment.
   * @returns the pictures by agent
   */
  async agrees(ids: Iterable<string> = this.desks.keys()): Promise<ReadonlyMap<string, Picture>> {
    const pictures = new Map<string, Picture>();
    for (const id of ids) {
      const end = performance.now() + PATIENT_MS;
      for (;;) {
        const ours = inOrder(await this.pictureOf(id));
        const theirs = inOrder(await this.observer.pictureOf(id));
        pictures.set(id, ours);
        if (JSON.stringify(ours) === JSON.stringify(theirs)) break;
        if (performance.now() > end) expect(ours, `the picture of ${id}`).toEqual(theirs);
      }
    }
    return pictures;
  }

  /** Both sides agree that nobody is in a call, nor kept by one. */
  async isQuiet(): Promise<void> {
    for (const id of this.desks.keys())
      await eventually(`${id} is in no call`, async () => {
        const { state, calls } = await this.pictureOf(id);
        return (!BUSY.has(state) && Object.keys(calls).length === 0) || undefined;
      });
    for (const { state, calls } of (await this.agrees()).values()) {
      expect(BUSY.has(state)).toBe(false);
      expect(calls).toEqual({});
    }
  }

  async #get(user: string, path: string) {
    const answer = await rest(this, user, 'GET', path);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer;
  }
}

/** States of an agent that only a call explains. */
const BUSY: ReadonlySet<string> = new Set(['RESERVED', 'TALKING', 'HOLD', 'WORK', 'WORK_READY']);

/** With keys in one order, and the two states of dialling as one: GED-188 does not tell them apart. */
function inOrder({ state, extension, calls }: Picture): Picture {
  const sorted = <T>(record: Readonly<Record<string, T>>, map: (value: T) => T) =>
    Object.fromEntries(
      Object.keys(record)
        .sort()
        .map((key) => [key, map(record[key] as T)]),
    );
  return {
    state,
    extension,
    calls: sorted(calls, ({ parties, variables }) => ({
      parties: sorted(parties, (leg) => (leg === 'INITIATED' ? 'INITIATING' : leg)),
      variables: sorted(variables, (value) => value),
    })),
  };
}
