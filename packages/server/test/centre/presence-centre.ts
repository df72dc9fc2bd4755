/** A contact centre whose presence watch is told of sessions by the test: virtual time, a scripted CTI server. */
import { forceSignOut } from '../../src/commands/force-sign-out.ts';
import { createServices, type Services } from '../../src/desk/services.ts';
import type { CountedResources, SignOutRecord } from '../../src/domain/presence.ts';
import { SignOutLog, type SignOutQuery, type SignOutStore } from '../../src/presence/sign-out-log.ts';
import { type KeptPresence, type PresenceElsewhere, PresenceWatch } from '../../src/presence/watch.ts';
import { TestCentre, type TestCentreOptions } from './test-centre.ts';

/** What the store would hold. */
export class MemorySignOuts implements SignOutStore {
  readonly records = new Map<number, SignOutRecord>();
  /** Writing fails while it is set. */
  failing = false;
  writes = 0;

  async lastId(): Promise<number> {
    return Math.max(0, ...this.records.keys());
  }

  async open(): Promise<readonly SignOutRecord[]> {
    return [...this.records.values()].filter(({ endedAt }) => endedAt === null);
  }

  async save(records: readonly SignOutRecord[]): Promise<void> {
    if (this.failing) throw new Error('the disk is full');
    this.writes += 1;
    for (const record of records) this.records.set(record.id, record);
  }

  /** Those of other nodes, by name: one store of all. */
  readonly others = new Map<string, MemorySignOuts>();

  async endOf(node: string, endOf: (record: SignOutRecord) => SignOutRecord | undefined) {
    const other = this.others.get(node);
    const ended = ((await other?.open()) ?? []).flatMap((record) => endOf(record) ?? []);
    await other?.save(ended);
    return ended;
  }

  async find({ agentIds, limit }: SignOutQuery): Promise<readonly SignOutRecord[]> {
    const found = [...this.records.values()].filter(
      ({ agentId }) => agentIds === undefined || agentIds.includes(agentId),
    );
    return found.reverse().slice(0, limit);
  }
}

export interface PresenceCentreOptions extends TestCentreOptions {
  readonly graceMs?: number;
  readonly resources?: CountedResources;
  readonly hasPeer?: boolean;
  readonly elsewhere?: (loginId: string) => Promise<PresenceElsewhere>;
  /** As if the process had been killed. */
  readonly kept?: readonly KeptPresence[];
  /** Records of the process that was killed. */
  readonly recorded?: readonly SignOutRecord[];
  /** False: nothing is started. */
  readonly running?: boolean;
}

export class PresenceCentre {
  readonly centre: TestCentre;
  readonly watch: PresenceWatch;
  readonly services: Services;
  readonly store = new MemorySignOuts();
  readonly kept = new Map<string, KeptPresence>();
  readonly log: SignOutLog;
  /** Whether `finesse` is available. */
  service = false;
  #ids = 0;

  private constructor(options: PresenceCentreOptions) {
    this.centre = new TestCentre({
      ...options,
      comings: {
        signedIn: (loginId) => this.watch.signedIn(loginId),
        signedOut: (going) => this.watch.signedOut(going),
        idle: (agent) => this.watch.idle(agent),
      },
    });
    const { centre } = this;
    const { desk, directory, clock, happenings, link } = centre;
    const { recorded = [] } = options;
    for (const record of recorded) this.store.records.set(record.id, record);
    this.log = new SignOutLog(
      { store: this.store, clock, happenings, onProblem: () => {} },
      recorded.length,
      recorded.filter(({ endedAt }) => endedAt === null),
    );
    this.watch = new PresenceWatch(
      {
        clock,
        happenings,
        deployment: options.profile?.deployment ?? 'CCE',
        graceMs: options.graceMs ?? 60_000,
        resources: options.resources ?? 'any',
        hasPeer: options.hasPeer ?? false,
        elsewhere: options.elsewhere,
        agent: (loginId) => desk.agents.get(loginId),
        isSigningIn: (loginId) => desk.requests.isSigningIn(loginId),
        isUser: (loginId) => directory.current.user(loginId)?.loginId === loginId,
        inService: () => desk.status.inService,
        askSignOut(loginId, cause, own) {
          const record = directory.current.user(loginId);
          return record && forceSignOut(desk.context, record, cause, own);
        },
        newId: () => `sign-out-${++this.#ids}`,
        log: this.log,
        keep: (loginId, kept) => {
          if (kept === null) this.kept.delete(loginId);
          else this.kept.set(loginId, kept);
        },
      },
      options.kept,
    );
    this.services = createServices({
      status: desk.status,
      link,
      notification: 'notification',
      setServicePresence: (available) => {
        this.service = available;
      },
      watch: this.watch,
      detail: () => ({}),
    });
    desk.status.onChange((status) => {
      if (status === 'IN_SERVICE') this.watch.inService();
      else this.watch.outOfService();
    });
  }

  static async open(options: PresenceCentreOptions = {}): Promise<PresenceCentre> {
    const opened = new PresenceCentre(options);
    await opened.centre.app.ready();
    if (options.running === false) return opened;
    await opened.start();
    return opened;
  }

  /** As `main.ts` starts the parts. */
  async start(): Promise<void> {
    this.services.partChanged('notification', 'started');
    await this.services.cti.start();
    await this.services.webservices.start();
    this.centre.clock.advance(50);
    this.centre.published.length = 0;
    this.centre.told.length = 0;
  }

  /** A session becomes available. */
  arrives(user: string, resource = 'desktop'): void {
    const jid = `${user}@fin1.example/${resource}`;
    const place = { jid, transport: 'bosh', address: '10.1.2.3' };
    this.watch.presenceChanged(user, jid, 'available', false, { place });
  }

  /** … and is gone. */
  leaves(user: string, resource = 'desktop', last = true, how = 'lost'): void {
    this.watch.presenceChanged(user, `${user}@fin1.example/${resource}`, 'unavailable', last, { how });
  }

  /** Signs in over REST. */
  async signsIn(user: string, extension = '2003'): Promise<void> {
    await this.centre.put(user, { state: 'LOGIN', extension }, `in-${user}`);
    this.centre.clock.advance(10);
  }

  /** Presence-driven sign-outs that reached the CTI server. */
  get asked(): readonly Readonly<Record<string, unknown>>[] {
    return this.centre.server.received
      .filter(({ name, fields }) => name === 'SET_AGENT_STATE_REQ' && fields.EventReasonCode === 255)
      .map(({ fields }) => fields as Readonly<Record<string, unknown>>);
  }

  /** Everything recorded, oldest first. */
  async records(): Promise<readonly SignOutRecord[]> {
    await this.log.flush();
    return [...this.store.records.values()];
  }

  async close(): Promise<void> {
    this.watch.close();
    await this.centre.close();
  }
}
