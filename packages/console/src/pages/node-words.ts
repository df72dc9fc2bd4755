/** How a node is, in words. Pure. */
import type { MessageKey, Translate } from '../messages/index.tsx';

export interface NodeLine {
  /** Empty: it is in the settings, and has not been heard. */
  readonly name: string;
  readonly host: string;
  readonly state: 'IN_SERVICE' | 'OUT_OF_SERVICE' | 'MAINTENANCE' | 'CUT_OFF' | 'GONE' | 'UNKNOWN';
  readonly role: 'primary' | 'secondary' | '';
  readonly isOwn: boolean;
  /** Empty: not known. */
  readonly version: string;
  /** Its clock less that of the node which answers, ms; null: not known. */
  readonly clockOffsetMs: number | null;
  /** Null: it does not answer. */
  readonly report: {
    readonly drain: 'off' | 'announced' | 'moving' | 'empty' | 'failed' | 'unknown';
    readonly desktops: number;
    readonly programs: number;
    readonly problems: readonly { readonly part: string; readonly reason: string }[];
  } | null;
}

export interface NodesAnswer {
  readonly nodes: readonly NodeLine[];
}

/** As operators are told of it: docs/cluster.md. */
const CLOCK_WRONG_MS = 5_000;

/** What can be wanted of a node; null: nothing, for it does not answer or serves no desktops. */
export function order({ name, report }: NodeLine): 'begin' | 'end' | null {
  if (name === '' || report === null || report.drain === 'unknown') return null;
  return report.drain === 'off' || report.drain === 'failed' ? 'begin' : 'end';
}

/** Whether the number of its desktops changes by itself. One that did not answer this time may be anywhere on its way. */
export const isUnderWay = ({ state, report }: NodeLine): boolean =>
  report === null ? state === 'MAINTENANCE' : report.drain === 'announced' || report.drain === 'moving';

/** Of these no answer is expected. */
export const SILENT: ReadonlySet<NodeLine['state']> = new Set(['CUT_OFF', 'GONE', 'UNKNOWN']);

/** Whether a node that has not answered an order may still do so. */
export const isAwaited = (nodes: readonly NodeLine[], name: string): boolean =>
  nodes.some((node) => node.name === name && node.report === null && !SILENT.has(node.state));

/** How far the maintenance mode is; empty: there is nothing to say. */
export function drainWords(t: Translate, { report }: NodeLine, counted: (count: number) => string): string {
  const drain = report?.drain;
  if (report == null || drain === 'off' || drain === 'unknown') return '';
  return t(`nodes.drain.${drain}` as MessageKey, { count: counted(report.desktops) });
}

/** Whole seconds: how long a message is on its way is in it, too. */
export function clockWords(
  t: Translate,
  { clockOffsetMs }: NodeLine,
  numbers: Intl.NumberFormat,
): { readonly text: string; readonly isWrong: boolean } {
  if (clockOffsetMs === null) return { text: t('nodes.notKnown'), isWrong: false };
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
  const isWrong = Math.abs(clockOffsetMs) > CLOCK_WRONG_MS;
  if (seconds === 0) return { text: t('nodes.clock.same'), isWrong };
  const key = clockOffsetMs > 0 ? 'nodes.clock.ahead' : 'nodes.clock.behind';
  return { text: t(key, { seconds: numbers.format(seconds) }), isWrong };
}
