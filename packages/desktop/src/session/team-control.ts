/**
 * The team that a supervisor looks at, between the server and the page (desktop.md 7). Its members come with a reading
 * and with the Updates of the team's node; of what is heard while a reading is under way, what was heard counts.
 */
import type { Calls, ClientTimer, Dialog, PoiseClient, Update, User } from '@poise/client';
import { Area } from './area.ts';
import { type AreaOptions, isPassing, Reading } from './area-control.ts';
import { callSentence } from './call-control.ts';
import { LiveRows } from './live-rows.ts';
import { RowOrder } from './row-order.ts';
import { isMissing, isUnknownToServer, requestSentence, sentenceFor } from './sentences.ts';
import { StateCountsOf } from './state-counts.ts';
import type { Sentence } from './store.ts';
import { type Member, memberOf } from './team-members.ts';
import { isUnconfirmed, outcomeOf, UNCONFIRMED } from './unconfirmed.ts';

/** How often Time in State is recomputed (desktop.md 7.1), and the order made anew. */
export const BEAT_MS = 10_000;

/** The part of the SDK that teams need. */
export type TeamClient = Pick<PoiseClient, 'team' | 'subscribe' | 'unsubscribe' | 'setState' | 'dialogs'> & {
  readonly calls: Pick<Calls, 'silentMonitor' | 'barge' | 'dropParticipant'>;
};

export interface TeamState {
  readonly teamId: number | null;
  readonly isRead: boolean;
  /** Why the members could not be read. */
  readonly error: Sentence | null;
  /** Agents of whom something was asked that has not been answered. */
  readonly busy: ReadonlySet<string>;
  /** What went wrong last. */
  readonly failure: { readonly name: string; readonly sentence: Sentence } | null;
}

/** The calls of the one agent that the supervisor looks at closely (desktop.md 7.3). */
export interface DetailsState {
  readonly agentId: string | null;
  /** Null: not read yet. */
  readonly dialogs: readonly Dialog[] | null;
  readonly error: Sentence | null;
}

const NO_TEAM: TeamState = { teamId: null, isRead: false, error: null, busy: new Set(), failure: null };
const NO_DETAILS: DetailsState = { agentId: null, dialogs: null, error: null };

const nodeOf = (teamId: number): string => `/finesse/api/Team/${teamId}/Users`;

export class TeamControl {
  readonly #o: AreaOptions;
  readonly members: LiveRows<Member>;
  /** Who of them is shown, and in what order. */
  readonly order: RowOrder<Member>;
  /** How many of them are in which state. */
  readonly counts: StateCountsOf<Member>;
  readonly state: Area<TeamState>;
  readonly details: Area<DetailsState>;
  readonly #reading = new Reading();
  readonly #detailsReading = new Reading();
  #client: TeamClient | null = null;
  #beatTimer: ClientTimer | undefined;
  #shownAt = 0;

  constructor(options: AreaOptions) {
    this.#o = options;
    this.members = new LiveRows(options.frame);
    this.order = new RowOrder(this.members, options.frame);
    this.counts = new StateCountsOf(this.members, options.clock, options.frame);
    this.state = new Area(NO_TEAM, options.frame);
    this.details = new Area(NO_DETAILS, options.frame);
  }

  /** For when the times in state are: that of the last beat or event, epoch ms by this computer's clock. */
  get shownAt(): number {
    return this.#shownAt;
  }

  begin(client: TeamClient): void {
    this.end();
    this.#client = client;
  }

  end(): void {
    this.#forget();
    this.#client = null;
  }

  /** Looks at a team; null: at none. The team before is unsubscribed. */
  open(teamId: number | null): void {
    const before = this.state.snapshot().teamId;
    if (before === teamId) return;
    // What cannot be unsubscribed brings Updates that nobody looks at.
    if (before !== null) this.#client?.unsubscribe(nodeOf(before)).catch(() => {});
    this.#forget();
    if (teamId === null || this.#client === null) return;
    this.state.set({ ...NO_TEAM, teamId });
    this.#beatLater();
    void this.#read(this.#client, teamId, false);
  }

  /** What may have been missed is read again. Rejects when it failed and may go better later. */
  async recover(): Promise<void> {
    const { teamId } = this.state.snapshot();
    if (teamId === null || this.#client === null) return;
    this.#readDetails();
    await this.#read(this.#client, teamId, true);
  }

  /** The supervisor asks for another attempt. */
  again(): void {
    const { teamId } = this.state.snapshot();
    if (teamId === null || this.#client === null) return;
    this.#put({ error: null });
    void this.#read(this.#client, teamId, false);
  }

  heard({ node, event, data }: Update): void {
    const { teamId } = this.state.snapshot();
    if (teamId === null || node !== nodeOf(teamId)) return;
    this.#shownAt = this.#o.clock.now();
    if (data.type === 'user') {
      const { user } = data;
      this.#reading.heard(user.loginId);
      if (event === 'DELETE') this.members.remove(user.loginId);
      else this.members.put(user.loginId, memberOf(user));
      if (user.loginId === this.details.snapshot().agentId) this.#readDetails();
    } else if (data.type === 'team') this.#membersAre(data.team.users);
  }

  setState(member: Member, state: 'READY' | 'NOT_READY' | 'LOGOUT'): Promise<void> {
    return this.#request(member, (client) => client.setState(state, undefined, member.id), sentenceOfState);
  }

  monitor(member: Member): Promise<void> {
    return this.#request(member, ({ calls }) => calls.silentMonitor(member.extension), monitorSentence);
  }

  /** Makes a conference of the call that is monitored; until that is answered, something is asked for of the monitoring call as well. */
  bargeIn(member: Member, monitorDialogId: string): Promise<void> {
    const { store } = this.#o;
    const barge = async ({ calls }: TeamClient) => {
      store.dispatch({ type: 'call requested', of: monitorDialogId });
      try {
        return await calls.barge(member.extension, monitorDialogId);
      } finally {
        // What went wrong, the team tells.
        store.dispatch({ type: 'call answered', of: monitorDialogId, error: null });
      }
    };
    return this.#request(member, barge, superviseSentence);
  }

  /** Takes over the call: the agent leaves the conference. */
  intercept(member: Member, dialogId: string): Promise<void> {
    return this.#request(
      member,
      ({ calls }) => calls.dropParticipant(dialogId, member.extension),
      superviseSentence,
    );
  }

  forgetFailure(): void {
    const state = this.state.snapshot();
    if (state.failure !== null) this.state.set({ ...state, failure: null });
  }

  /** Looks closely at the calls of one agent; null: of nobody. */
  look(agentId: string | null): void {
    this.#detailsReading.stop();
    this.details.set(agentId === null ? NO_DETAILS : { agentId, dialogs: null, error: null });
    this.members.redraw();
    this.#readDetails();
  }

  #readDetails(): void {
    const client = this.#client;
    const { agentId } = this.details.snapshot();
    if (client === null || agentId === null) return;
    void this.#detailsReading.run(
      this.#o.clock,
      () => client.dialogs(agentId),
      (dialogs) => this.details.set({ agentId, dialogs, error: null }),
      (error) => {
        this.details.set({ ...this.details.snapshot(), error: callSentence(error) });
        return isPassing(error);
      },
    );
  }

  async #read(client: TeamClient, teamId: number, isRecovery: boolean): Promise<void> {
    let failure: unknown = null;
    await this.#reading.run(
      this.#o.clock,
      async () => {
        // Subscribed first: what happens after the reading is heard, what happened before is read.
        await client.subscribe(nodeOf(teamId));
        return client.team(teamId, true);
      },
      ({ users }, overtaken) => {
        this.#shownAt = this.#o.clock.now();
        const isFirst = !this.state.snapshot().isRead;
        this.members.replace(rowsOf(users), overtaken);
        // Whoever was heard of before it stood in the order of the Updates, even under a pointer that holds it.
        if (isFirst) this.order.renew();
        this.state.set({ ...this.state.snapshot(), isRead: true, error: null });
      },
      (error) => {
        failure = error;
        this.state.set({ ...this.state.snapshot(), error: sentenceOfTeam(error) });
        return isPassing(error) && !isRecovery;
      },
    );
    if (isRecovery && failure !== null && isPassing(failure)) throw failure;
  }

  /** The membership changed: the Update has all members as they are now. */
  #membersAre(users: readonly User[]): void {
    for (const id of [...this.members.entries()].map(([known]) => known)) this.#reading.heard(id);
    for (const { loginId } of users) this.#reading.heard(loginId);
    this.members.replace(rowsOf(users));
  }

  async #request(
    member: Member,
    send: (client: TeamClient) => Promise<unknown>,
    sentence: (error: unknown) => Sentence,
  ): Promise<void> {
    const client = this.#client;
    const { busy } = this.state.snapshot();
    if (client === null || this.#o.store.snapshot().link !== 'up' || busy.has(member.id)) return;
    this.#put({ busy: new Set([...busy, member.id]), failure: null });
    let failure: TeamState['failure'] = null;
    let late: TeamState['failure'] = null;
    try {
      await outcomeOf(this.#o.clock, send(client), () => {
        late = { name: member.name, sentence: UNCONFIRMED };
        if (this.#client === client) this.#answered(member, late);
      });
    } catch (error) {
      failure = { name: member.name, sentence: sentence(error) };
    }
    if (this.#client !== client) return;
    if (late === null) this.#answered(member, failure);
    // What is told or asked for since is not disturbed by late news.
    else if (this.state.snapshot().failure === late && !isUnconfirmed(failure?.sentence))
      this.#put({ failure });
  }

  #answered(member: Member, failure: TeamState['failure']): void {
    const now = this.state.snapshot();
    this.#put({
      busy: new Set([...now.busy].filter((id) => id !== member.id)),
      failure: failure ?? now.failure,
    });
  }

  #put(change: Partial<TeamState>): void {
    this.state.set({ ...this.state.snapshot(), ...change });
    // Whether a row can be asked for something has changed with it.
    this.members.redraw();
  }

  #beatLater(): void {
    this.#beatTimer = this.#o.clock.schedule(BEAT_MS, () => {
      this.#shownAt = this.#o.clock.now();
      this.members.redraw();
      this.order.beat();
      this.#readDetails();
      this.#beatLater();
    });
  }

  #forget(): void {
    this.#reading.stop();
    this.#beatTimer?.cancel();
    this.look(null);
    this.members.replace(new Map());
    this.state.set(NO_TEAM);
  }
}

const rowsOf = (users: readonly User[]): ReadonlyMap<string, Member> =>
  new Map(users.map((user) => [user.loginId, memberOf(user)]));

function isRefusedTo(error: unknown): boolean {
  const { status, errorType } = error as { status?: number; errorType?: string };
  if (isUnknownToServer(error)) return false;
  return status === 401 || errorType === 'Invalid Supervisor';
}

function sentenceOfTeam(error: unknown): Sentence {
  if (isRefusedTo(error)) return { key: 'team.error.notYours' };
  return isMissing(error) ? { key: 'team.error.gone' } : sentenceFor(error, '');
}

function sentenceOfState(error: unknown): Sentence {
  return isRefusedTo(error) ? { key: 'team.error.notYours' } : requestSentence(error, '');
}

/** A call to listen to is asked of an agent, not of a call that could have ended. */
function monitorSentence(error: unknown): Sentence {
  return isMissing(error) ? requestSentence(error, '') : superviseSentence(error);
}

/** What the CTI server says where this page has no better word for it. */
function superviseSentence(error: unknown): Sentence {
  const { errorType = '', errorData = '' } = error as { errorType?: string; errorData?: string };
  if (isRefusedTo(error)) return { key: 'team.error.notYours' };
  if (errorType === 'Invalid State' && errorData === 'fromAddress') return { key: 'agent.monitorSelf' };
  if (errorType === 'Invalid State' && errorData === 'toAddress') return { key: 'agent.monitorTalking' };
  return callSentence(error);
}
