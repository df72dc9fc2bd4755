/**
 * What the nodes tell each other for an administrator who looks at all of them from one: how each is, and the order to begin or to end the
 * maintenance mode. Asked of one node, answered by it from its own memory; both over the bus, under `node.secret`. docs/cluster.md
 */
import type { Clock, Timer } from '@poise/clock';
import { type Cluster, wordOf } from '../cluster/index.ts';
import type { MaintenanceControl } from '../parts/maintenance-commands.ts';
import type { Part } from '../parts/part.ts';

/** How the maintenance mode of a node is; `unknown`: it has none, because it serves no desktops. */
const MODES = ['off', 'announced', 'moving', 'empty', 'failed', 'unknown'] as const;
export type DrainMode = (typeof MODES)[number];

export interface NodeReport {
  readonly drain: DrainMode;
  /** Desktops that are connected to it. */
  readonly desktops: number;
  /** Other programs that are. */
  readonly programs: number;
  /** Parts that are not ready, and why. */
  readonly problems: readonly { readonly part: string; readonly reason: string }[];
}

/** - `look` changes nothing */
const WANTS = ['look', 'begin', 'end'] as const;
export type NodeWant = (typeof WANTS)[number];

/** What came of it; `same`: it is so already. */
const OUTCOMES = ['done', 'same', 'refused'] as const;

export interface NodeAnswer {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly report: NodeReport;
}

/** A node that says nothing for so long does not answer, ms. */
export const NODE_ANSWER_MS = 3_000;
/** Of each report. */
const PROBLEMS_MAX = 20;
const TEXT_MAX = 300;

const askTopic = (node: string): string => `node.asked.${wordOf(node)}`;
const answerTopic = (node: string): string => `node.told.${wordOf(node)}`;

export interface OwnNode {
  /** Undefined: this process serves no desktops. */
  readonly maintenance: MaintenanceControl | undefined;
  /** Clients of its notification service, by kind. */
  readonly connected: () => { readonly desktop: number; readonly fippa: number; readonly thirdparty: number };
  readonly parts: () => Iterable<Part>;
  /** Somebody began or ended the mode. @param by login id of an administrator, and the node that he was at */
  readonly ordered: (want: 'begin' | 'end', by: string) => void;
}

/** Does at this node what is wanted, and tells how it is then. */
export function answerOf(own: OwnNode, want: NodeWant, by: string): NodeAnswer {
  const outcome = outcomeOf(own, want);
  if (outcome === 'done' && want !== 'look') own.ordered(want, by);
  return { outcome, report: reportOf(own) };
}

function outcomeOf({ maintenance }: OwnNode, want: NodeWant): NodeAnswer['outcome'] {
  if (want === 'look') return 'done';
  if (maintenance === undefined) return 'refused';
  return (want === 'begin' ? maintenance.start() : maintenance.end()) ? 'done' : 'same';
}

function reportOf({ maintenance, connected, parts }: OwnNode): NodeReport {
  const { desktop, fippa, thirdparty } = connected();
  const problems = [...parts()].flatMap((part) => {
    const health = part.health();
    return health.ready ? [] : [{ part: part.name, reason: health.reason ?? '' }];
  });
  return { drain: drainOf(maintenance), desktops: desktop, programs: fippa + thirdparty, problems };
}

function drainOf(maintenance: MaintenanceControl | undefined): DrainMode {
  if (maintenance === undefined) return 'unknown';
  const { mode } = maintenance.state;
  const status = maintenance.report?.status;
  if (mode === null) return status === 'FAILED' ? 'failed' : 'off';
  if (mode === 'INITIATING') return 'announced';
  return status === 'COMPLETED' ? 'empty' : 'moving';
}

/** Asks other nodes, and answers them for this one. */
export class NodeReports {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #waiting = new Map<
    string,
    { readonly node: string; readonly told: (a: NodeAnswer | null) => void; readonly timer: Timer }
  >();
  readonly #ends: (() => void)[];
  #ids = 0;

  constructor(cluster: Cluster, clock: Clock, own: OwnNode) {
    this.#cluster = cluster;
    this.#clock = clock;
    const { name } = cluster.members.self;
    this.#ends = [
      cluster.hear(askTopic(name), ({ node, body }) => {
        const { id, want, by } = (body ?? {}) as Readonly<Record<string, unknown>>;
        const known = WANTS.find((each) => each === want);
        if (typeof id !== 'string' || known === undefined || typeof by !== 'string') return;
        const answer = answerOf(own, known, `${by.slice(0, TEXT_MAX)} (${node})`);
        cluster.tell(answerTopic(node), 'node.told', { id, ...answer });
      }),
      cluster.hear(answerTopic(name), ({ node, body }) => this.#answered(node, body)),
    ];
  }

  /**
   * @param by login id of the administrator who wants it
   * @returns null: it does not answer; what was wanted may have been done all the same. Never rejects; takes {@link NODE_ANSWER_MS} at most
   */
  ask(node: string, want: NodeWant, by: string): Promise<NodeAnswer | null> {
    return new Promise((told) => {
      const id = `${this.#cluster.members.self.instance} ${++this.#ids}`;
      const timer = this.#clock.schedule(NODE_ANSWER_MS, () => this.#over(id, null));
      this.#waiting.set(id, { node, told, timer });
      this.#cluster.tell(askTopic(node), 'node.asked', { id, want, by });
    });
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const id of [...this.#waiting.keys()]) this.#over(id, null);
  }

  #answered(node: string, body: unknown): void {
    const { id } = (body ?? {}) as Readonly<Record<string, unknown>>;
    const answer = readAnswer(body);
    if (typeof id === 'string' && answer !== null && this.#waiting.get(id)?.node === node)
      this.#over(id, answer);
  }

  #over(id: string, answer: NodeAnswer | null): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    waiting.told(answer);
  }
}

/** Null: it is of no form that is known here. */
function readAnswer(body: unknown): NodeAnswer | null {
  const { outcome: said, report } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const { drain: mode, desktops, programs, problems } = (report ?? {}) as Readonly<Record<string, unknown>>;
  const outcome = OUTCOMES.find((each) => each === said);
  const drain = MODES.find((each) => each === mode);
  if (outcome === undefined || drain === undefined || !isCount(desktops) || !isCount(programs)) return null;
  if (!Array.isArray(problems)) return null;
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : '');
  const known = problems.slice(0, PROBLEMS_MAX).map((one: unknown) => {
    const { part, reason } = (one ?? {}) as Readonly<Record<string, unknown>>;
    return { part: text(part), reason: text(reason) };
  });
  return { outcome, report: { drain, desktops, programs, problems: known } };
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
