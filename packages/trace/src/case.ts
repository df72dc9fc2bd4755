/**
 * A case: what was read, as far as it is kept. Facts about one agent are kept with what concerns everybody; of other
 * agents only when their connections were lost or seen alive. Bounded whatever comes in; what was left out is counted.
 */
import { emptyReport, type FileReport } from './entry.ts';
import { type FactData, type FactKind, FileState, type Found, factsOf, factsOfName } from './facts.ts';
import { excerpt } from './mask.ts';
import { readerFor } from './readers.ts';
import { inYearNear, type WallTime } from './times.ts';
import { SazReader } from './web/saz.ts';

export interface Fact {
  readonly kind: FactKind;
  readonly family: Found['family'];
  readonly file: string;
  readonly part: string;
  /** 0: the name of the file says it. */
  readonly line: number;
  readonly agent: string | null;
  readonly data: FactData;
  /** Masked, without controls, cut. */
  readonly excerpt: string;
  readonly time: WallTime | null;
  readonly epoch: number | null;
  /** Place in the order of reading. */
  readonly index: number;
  /** ms since 1970; null: unknown. */
  at: number | null;
  /** The entry has no time of its own: `at` is that of something in it, or of its neighbour. */
  derived: boolean;
}

/** Most facts of one kind that are kept. */
const KIND_MAX = 20_000;
/** Most different facts whose repetition is noticed. */
const SEEN_MAX = 400_000;
/** Most seconds of which losses and signs of life of other agents are kept. */
const SECONDS_MAX = 100_000;

/** Kinds that say that an agent's connection ended. */
export const LOSSES: ReadonlySet<FactKind> = new Set(['presence.unavailable', 'session.idle']);

/** Several agents at one second. */
export interface Together {
  readonly agents: Set<string>;
  readonly facts: Fact[];
}

/** Facts of several agents kept as proof for one second. */
const PROOF_MAX = 6;

/** Port at which the CTI server of side A listens. */
export const CTI_PORT = 42027;

export interface CaseOptions {
  /** Only this agent's facts, and what concerns everybody. Absent: nothing but what an overview needs. */
  readonly agent?: string;
  /** Minutes east of UTC for times without a zone, if somebody knows it. */
  readonly zone?: number;
  /** TCP ports of the CTI server in captures; default {@link CTI_PORT}. */
  readonly ctiPorts?: readonly number[];
}

/** Families that tell of one client's side. */
const OF_CLIENTS: ReadonlySet<Found['family']> = new Set(['client', 'http']);

/** Server logs whose lines name a zone, in the order in which they are believed: programs of the platform may write UTC. */
const ZONED: ReadonlyArray<readonly Found['family'][]> = [['webservices'], ['realm', 'audit'], ['access']];

const OVERVIEW_KINDS: ReadonlySet<FactKind> = new Set([
  'presence.available',
  'presence.unavailable',
  'presence.logout',
  'forced',
  'session.idle',
  'cti.state',
  'cti.request',
  'cti.lost',
  'cti.up',
  'xmpp.lost',
  'xmpp.up',
  'app.start',
  'app.stop',
  'ns.start',
  'ns.stop',
  'ns.crash',
  'crash',
  'xml.invalid',
  'overload',
  'ntp.bad',
  'clock.step',
  'ctimanager.down',
  'auth.failed',
  'session.conflict',
]);

export class Case {
  readonly reports: FileReport[] = [];
  readonly facts: Fact[] = [];
  /** Facts of these kinds were too many: how many were left out. */
  readonly leftOut = new Map<FactKind, number>();
  /** Families of which entries were read. */
  readonly families = new Set<Found['family']>();
  /** Entries that came twice (doubled files, doubled lines). */
  doubled = 0;
  /** Connections of other agents that ended, by second of the server's clock (wall). */
  readonly lossesBySecond = new Map<number, Together>();
  /** Other agents whose sessions were alive, by second. */
  readonly aliveBySecond = new Map<number, Together>();
  readonly agents = new Set<string>();
  /** Minutes east of UTC that times without a zone are taken for, and where that was learned. */
  zone = 0;
  zoneSource: 'given' | 'logs' | 'epoch' | 'assumed' = 'assumed';
  /** The latest time with a full date, as its clock showed it: years that are left out are those around it. */
  private reference: number | null = null;
  /** First and last moment of entries whose times have a zone, and of those whose have none, as they stand. */
  private readonly spans = {
    utc: { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
    local: { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
  };
  /** For each row of {@link ZONED}: how many lines name which zone, in minutes east of UTC. */
  private readonly zoneVotes: ReadonlyArray<Map<number, number>> = ZONED.map(() => new Map());
  private readonly options: CaseOptions;
  private readonly counts = new Map<FactKind, number>();
  private readonly seen = new Set<string>();
  private next = 0;
  private resolved = false;

  constructor(options: CaseOptions = {}) {
    this.options = options;
  }

  /** A reader for one file; its bytes go into `push`, then `end`. */
  open(file: string): { push(bytes: Uint8Array): void; end(): void; fail(reason: string): void } {
    for (const found of factsOfName(file)) this.add(found);
    const state = new FileState(this.options.agent === undefined, this.options.agent ?? null);
    const report = emptyReport(file);
    this.reports.push(report);
    const reader = readerFor(report, {
      entry: (entry) => {
        this.families.add(entry.family);
        if (entry.time?.hasDate) this.widen(entry.time);
        this.vote(entry.family, entry.time);
        for (const found of factsOf(entry, state)) this.add(found);
      },
      found: (found) => this.take(found),
      ctiPorts: this.options.ctiPorts ?? [CTI_PORT],
    });
    return {
      push: (bytes) => reader.push(bytes),
      end: () => reader.end(),
      fail: (reason) => {
        reader.end();
        report.failed = reason;
      },
    };
  }

  /** A reader for the parts of a Fiddler archive, which somebody unpacks. */
  openSaz(file: string): Pick<SazReader, 'part' | 'end'> & { fail(reason: string): void } {
    const report = emptyReport(file);
    report.form = 'requests';
    this.reports.push(report);
    const reader = new SazReader(report, (found) => this.take(found));
    return {
      part: (part, bytes) => reader.part(part, bytes),
      end: () => reader.end(),
      fail: (reason) => {
        report.failed = reason;
      },
    };
  }

  private take(found: Found): void {
    this.families.add(found.family);
    if (found.time?.hasDate) this.widen(found.time);
    this.add(found);
  }

  private add(found: Found): void {
    const { kind, agent } = found;
    if (agent !== null && this.agents.size < 100_000) this.agents.add(agent);
    const mine = this.options.agent;
    if (mine !== undefined && agent !== null && agent !== mine) {
      this.tally(found, agent);
      return;
    }
    if (mine === undefined && !OVERVIEW_KINDS.has(kind)) return;
    if (this.isRepeated(found)) {
      this.doubled++;
      return;
    }
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    // An agent's own facts are few; what nobody is named in can be much.
    if (count > KIND_MAX * (agent === null ? 1 : 5)) {
      this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1);
      return;
    }
    this.facts.push(this.kept(found));
  }

  /** What the lines of the server's own logs say of its zone, whether or not anything else in them is wanted. */
  private vote(family: Found['family'], time: WallTime | null): void {
    if (time === null || time.offset === null) return;
    const votes = this.zoneVotes[ZONED.findIndex((families) => families.includes(family))];
    votes?.set(time.offset, (votes.get(time.offset) ?? 0) + 1);
  }

  private widen({ wall, offset }: WallTime): void {
    const span = offset === null ? this.spans.local : this.spans.utc;
    const at = wall - (offset ?? 0) * 60_000;
    if (at < span.from) span.from = at;
    if (at > span.to) span.to = at;
  }

  /** When the first and the last entry with a time of its own were written, ms since 1970; null: none has one. */
  get span(): { readonly from: number; readonly to: number } | null {
    const { utc, local } = this.spans;
    const away = this.zone * 60_000;
    const from = Math.min(utc.from, local.from - away);
    return Number.isFinite(from) ? { from, to: Math.max(utc.to, local.to - away) } : null;
  }

  private kept(found: Found): Fact {
    return {
      kind: found.kind,
      family: found.family,
      file: found.file,
      part: found.part ?? '',
      line: found.line,
      agent: found.agent,
      data: found.data,
      excerpt: excerpt(found.text),
      time: found.time,
      epoch: found.epoch,
      index: this.next++,
      at: null,
      derived: false,
    };
  }

  private tally(found: Found, agent: string): void {
    // A service that starts again finds them all away at once, and says so only here.
    const isLoss =
      LOSSES.has(found.kind) || found.kind === 'monitor.added' || found.kind === 'session.closed';
    const isAlive = found.kind === 'session.active' && Number(found.data.ms) < 30_000;
    if ((!isLoss && !isAlive) || found.time === null) return;
    const seconds = isLoss ? this.lossesBySecond : this.aliveBySecond;
    const zone = found.time.offset;
    // With a zone as UTC, without one as it stands: which zone that is, is known at the end.
    const key = Math.floor(found.time.wall / 1000) * 2 + (zone === null ? 0 : 1) - (zone ?? 0) * 120;
    let together = seconds.get(key);
    if (together === undefined) {
      if (seconds.size >= SECONDS_MAX) return;
      together = { agents: new Set(), facts: [] };
      seconds.set(key, together);
    }
    if (together.agents.has(agent) || together.agents.size > 5000) return;
    together.agents.add(agent);
    if (together.facts.length < PROOF_MAX) together.facts.push(this.kept(found));
  }

  /** The same entry a second time: files are collected twice, overlap, or are doubled by copying. */
  private isRepeated(found: Found): boolean {
    if (found.time === null || !(found.time.hasDate || found.time.yearless)) return false;
    const key = `${found.kind}|${found.time.wall}|${found.agent}|${hash(found.text)}`;
    if (this.seen.has(key)) return true;
    if (this.seen.size < SEEN_MAX) this.seen.add(key);
    return false;
  }

  /** Gives every fact its moment and sorts them. To be called once, when all files are read. */
  resolve(): void {
    if (this.resolved) return;
    this.resolved = true;
    this.learnZone();
    this.reference = this.facts.reduce<number | null>(
      (latest, { time }) => (time?.hasDate && (latest === null || time.wall > latest) ? time.wall : latest),
      null,
    );
    const byFile = new Map<string, Fact[]>();
    for (const fact of this.facts) {
      const list = byFile.get(fact.file);
      if (list === undefined) byFile.set(fact.file, [fact]);
      else list.push(fact);
    }
    for (const list of byFile.values()) this.resolveFile(list);
    const latest = this.facts.reduce(
      (most, { at }) => (at !== null && at > most ? at : most),
      Number.NEGATIVE_INFINITY,
    );
    if (Number.isFinite(latest)) for (const list of byFile.values()) this.dateFile(list, latest);
    for (const seconds of [this.lossesBySecond, this.aliveBySecond])
      for (const { facts } of seconds.values()) for (const fact of facts) fact.at = this.momentOf(fact);
    this.facts.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.index - b.index);
  }

  /**
   * Facts that may concern an agent: those that name him, those of the server that name nobody, and of client logs only
   * his own. Whose a client log is, its name or its lines say; a single one is taken for his. Requests of HAR files alike.
   */
  factsFor(agent: string): readonly Fact[] {
    const files = new Set<string>();
    const own = new Set<string>();
    for (const fact of this.facts) {
      if (!OF_CLIENTS.has(fact.family)) continue;
      files.add(fact.file);
      if (fact.agent === agent) own.add(fact.file);
    }
    return this.facts.filter(
      (fact) =>
        fact.agent === agent ||
        (fact.agent === null && (!OF_CLIENTS.has(fact.family) || own.has(fact.file) || files.size === 1)),
    );
  }

  /** The zone of the server: what most of its own lines say. */
  private learnZone(): void {
    if (this.options.zone !== undefined) {
      this.zone = this.options.zone;
      this.zoneSource = 'given';
      return;
    }
    const votes = new Map<number, number>();
    const told = this.zoneVotes.find((one) => one.size > 0) ?? [];
    for (const [offset, count] of told) votes.set(offset, count);
    if (votes.size > 0) this.zoneSource = 'logs';
    else {
      for (const { time, epoch } of this.facts) {
        if (time === null || !time.hasDate || time.offset !== null || epoch === null) continue;
        const offset = quarter(time.wall - epoch);
        if (Math.abs(offset) <= 14 * 60) votes.set(offset, (votes.get(offset) ?? 0) + 1);
      }
      if (votes.size > 0) this.zoneSource = 'epoch';
    }
    const [winner] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (winner !== undefined) this.zone = winner[0];
  }

  private momentOf({ time, epoch }: Fact): number | null {
    if (time?.hasDate) return time.wall - (time.offset ?? this.zone) * 60_000;
    if (time?.yearless)
      return this.reference === null ? null : inYearNear(time, this.reference) - this.zone * 60_000;
    return time === null ? epoch : null;
  }

  /** Times of the day get their date, and their zone, from a moment that is written nearby: `nocache` above all. */
  private resolveFile(list: Fact[]): void {
    for (const fact of list) {
      fact.at = this.momentOf(fact);
      fact.derived = fact.at !== null && fact.time === null;
      // A time of the day beside a moment of the same entry: that says the date.
      if (fact.at === null && fact.epoch !== null) fact.at = this.onDayOf(list, fact, fact.epoch);
    }
    const anchors = list.filter((fact) => fact.at !== null);
    if (anchors.length === 0) return;
    let a = 0;
    for (const fact of list) {
      while (a + 1 < anchors.length && nearer(anchors[a + 1] as Fact, anchors[a] as Fact, fact)) a++;
      const anchor = (anchors[a] as Fact).at as number;
      if (isOfTheDay(fact.time)) fact.at = this.onDayOf(list, fact, anchor);
    }
    let last: number | null = null;
    for (const fact of list) {
      if (fact.at !== null) last = fact.at;
      else if (last !== null) {
        fact.at = last;
        fact.derived = true;
      }
    }
    const first = list.find((fact) => fact.at !== null)?.at ?? null;
    for (const fact of list) {
      if (fact.at !== null) break;
      fact.at = first;
      fact.derived = true;
    }
  }

  /** The moment of a time of the day that is nearest to another one; null: it is no such time. */
  private onDayOf(list: readonly Fact[], fact: Fact, near: number): number | null {
    if (!isOfTheDay(fact.time)) return null;
    const day = 86_400_000;
    const utc = fact.time.wall - (this.clockOffset(list, fact) ?? this.zone) * 60_000;
    return utc + Math.round((near - utc) / day) * day;
  }

  /**
   * Times of the day in a file without any date (the CTI trace): in the server's zone, and the last of them no later
   * than the case goes; going back, a later time of the day is that of the day before.
   */
  private dateFile(list: readonly Fact[], latest: number): void {
    const day = 86_400_000;
    let next = latest + 3_600_000;
    for (const fact of [...list].reverse()) {
      if (fact.at !== null || !isOfTheDay(fact.time)) continue;
      const utc = fact.time.wall - this.zone * 60_000;
      // Threads write side by side: a second is no day.
      fact.at = utc + Math.floor((next + 1_000 - utc) / day) * day;
      fact.derived = true;
      next = fact.at;
    }
  }

  private readonly offsets = new Map<string, number | null>();

  /** What the clock of a client's log is away from UTC: its times of the day against moments written beside them. */
  private clockOffset(list: readonly Fact[], fact: Fact): number | null {
    const key = `${fact.family}|${fact.file}`;
    const known = this.offsets.get(key);
    if (known !== undefined) return known;
    const votes = new Map<number, number>();
    const same = list.filter(({ family }) => family === fact.family);
    same.forEach((one, i) => {
      if (!isOfTheDay(one.time)) return;
      // In the entry itself, else in the next to it.
      const epoch = one.epoch ?? same[i + 1]?.epoch ?? same[i - 1]?.epoch ?? null;
      if (epoch === null) return;
      const away = one.time.wall - (epoch % 86_400_000);
      let offset = quarter(away);
      if (offset > 14 * 60) offset -= 24 * 60;
      if (offset <= -12 * 60) offset += 24 * 60;
      votes.set(offset, (votes.get(offset) ?? 0) + (one.epoch === null ? 1 : 3));
    });
    const [winner] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const offset = winner?.[0] ?? null;
    this.offsets.set(key, offset);
    return offset;
  }
}

/** A time that says no day. */
const isOfTheDay = (time: WallTime | null): time is WallTime =>
  time !== null && !time.hasDate && time.yearless === undefined;

const nearer = (a: Fact, b: Fact, to: Fact): boolean =>
  Math.abs(a.index - to.index) <= Math.abs(b.index - to.index);

/** Milliseconds as minutes, to the quarter of an hour: zones are no finer, clocks are. */
const quarter = (ms: number): number => Math.round(ms / 900_000) * 15;

/** FNV-1a with two seeds: repetition is a matter of 64 bits, not of whole texts kept. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
