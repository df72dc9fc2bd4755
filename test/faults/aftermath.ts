/** After the faults: nobody is stuck. Every user gets a page, ends the calls, and has one more request carried out. */
import type { AgentDesktop } from './desk.ts';
import { CENTRE } from './directory.ts';
import type { World } from './world.ts';

/** What one step of it may take. */
const STEP_MS = 30_000;
const LOOK_EVERY_MS = 500;
/** What was asked for last is carried out first. */
const REST_MS = 3_000;

export class Aftermath {
  readonly #world: World;
  readonly #pass: (ms: number) => Promise<void>;

  /** @param pass lets time pass, as long as no invariant is broken */
  constructor(world: World, pass: (ms: number) => Promise<void>) {
    this.#world = world;
    this.#pass = pass;
  }

  async run(): Promise<void> {
    const world = this.#world;
    world.rest();
    await this.#pass(REST_MS);
    await this.#each('can sign in', () => true, signIn);
    await this.#each(
      'can end calls',
      ({ state }) => state.calls.dialogs.every(isOver(state.user!.extension)),
      endCalls,
    );
    await this.#each(
      'can be Not Ready',
      (desktop) => this.#believed(desktop) === 'NOT_READY',
      ask('NOT_READY'),
    );
    await this.#each('can be Ready', (desktop) => this.#believed(desktop) === 'AVAILABLE', ask('READY'));
    await this.#each(
      'has nothing pending',
      ({ loginId, state }) =>
        state.pending === null &&
        state.calls.busy.size === 0 &&
        world.nodes.every(({ desk }) => (desk.agents.get(loginId).pendingState ?? '') === ''),
      () => {},
    );
  }

  #believed({ loginId }: AgentDesktop): string {
    return this.#world.cti.server.centre.model.agent(loginId)?.status.state ?? 'LOGOUT';
  }

  /** Does it for each user until it is done; reports those for whom it never is. */
  async #each(
    what: string,
    done: (desktop: AgentDesktop) => boolean,
    work: (desktop: AgentDesktop) => void,
  ): Promise<void> {
    const world = this.#world;
    world.line(`aftermath: everybody ${what}`);
    const isDone = (page: AgentDesktop) => page.isLive && done(page);
    for (let passed = 0; passed < STEP_MS; passed += LOOK_EVERY_MS) {
      const waiting = CENTRE.users.map(({ loginId }) => this.#page(loginId)).filter((page) => !isDone(page));
      if (waiting.length === 0) return;
      for (const page of waiting) {
        // A sign-out that was asked for during a call comes at its end.
        if (page.state.phase === 'signed-out') signIn(page);
        else if (page.isLive && page.state.pending === null) work(page);
      }
      await this.#pass(LOOK_EVERY_MS);
    }
    for (const { loginId } of CENTRE.users) {
      const page = this.#page(loginId);
      if (isDone(page)) continue;
      const { phase, link, user, pending } = page.state;
      world.broken(
        'no agent stuck',
        `${loginId} never ${what}: page ${phase} ${link} ${user?.state ?? ''} pending ${pending}, CTI server ${this.#believed(page)}`,
      );
    }
  }

  #page(loginId: string): AgentDesktop {
    const page = this.#world.desktops.get(loginId);
    return page?.process.alive ? page : this.#world.openBrowser(loginId);
  }
}

function signIn(desktop: AgentDesktop): void {
  if (desktop.state.phase === 'signed-out') void desktop.signIn();
}

type Dialogs = AgentDesktop['state']['calls']['dialogs'];

const isOver =
  (extension: string) =>
  ({ participants }: Dialogs[number]): boolean =>
    participants.every(
      ({ mediaAddress, state }) => mediaAddress !== extension || state === 'WRAP_UP' || state === 'DROPPED',
    );

/** Rings: answered first, for it cannot be refused. */
function endCalls({ state, controller }: AgentDesktop): void {
  const { extension } = state.user!;
  for (const { id, participants } of state.calls.dialogs) {
    const own = participants.find(({ mediaAddress }) => mediaAddress === extension);
    const verb = own?.actions.find(
      (action) => action === 'ANSWER' || action === 'RETRIEVE' || action === 'DROP',
    );
    if (verb === undefined) continue;
    void controller.call(id, async (calls) => {
      if (own?.actions.includes('DROP')) await calls.drop(id);
      else if (verb === 'ANSWER') await calls.answer(id);
      else await calls.retrieve(id);
    });
  }
}

const ask =
  (state: 'READY' | 'NOT_READY') =>
  ({ controller }: AgentDesktop): void =>
    void controller.changeState(state, state === 'NOT_READY' ? 12 : undefined);
