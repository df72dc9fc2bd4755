/** What every form of a report writes in the same way: moments, places, and what was read. */
import type { Case, Fact } from './case.ts';
import type { FileReport, NoteId } from './entry.ts';
import { plain } from './mask.ts';
import { type MessageId, type Messages, say } from './messages.ts';
import { written } from './times.ts';

export type Values = Readonly<Record<string, string | number>>;

export interface Ink {
  readonly messages: Messages;
  /** Minutes east of UTC in which times are written: the server's. */
  readonly zone: number;
  /** `2017-06-17`: the day that stands above; times of others have their date. */
  readonly day?: string;
}

export const t = ({ messages }: Ink, id: MessageId, values?: Values): string => say(messages, id, values);

export const time = ({ zone }: Ink, at: number | null): string => (at === null ? '?' : written(at, zone));

export const dayOf = (ink: Ink, at: number | null): string => time(ink, at).slice(0, 10);

/** Time of the day, on another day than that above with the date; `~` where an entry has none of its own. */
export const clock = (ink: Ink, fact: Fact): string =>
  fact.at === null
    ? '            ?'
    : `${fact.derived ? '~' : ' '}${written(fact.at, ink.zone).slice(dayOf(ink, fact.at) === ink.day ? 11 : 0, 23)}`;

/** File and line; the file alone where its name says it. */
export const place = ({ file, part, line }: Fact): string => {
  const name = plain(part === '' ? file : `${file}!${part}`);
  return line === 0 ? name : `${name}:${line}`;
};

/** Values come out of logs. */
export const safe = (values: Values): Record<string, string | number> =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === 'string' ? plain(v) : v]));

/** What was read, file by file, and what was not: one sentence each. */
export function readRows(ink: Ink, trace: Case): string[] {
  return [
    ...trace.reports.map((report) => fileRow(ink, report)),
    ...(trace.doubled > 0 ? [t(ink, 'read.doubled', { count: trace.doubled })] : []),
    ...[...trace.leftOut].map(([kind, count]) => t(ink, 'read.leftOut', { kind, count })),
    ...(trace.zoneSource === 'assumed' &&
    trace.facts.some(({ time }) => time !== null && time.offset === null)
      ? [t(ink, 'read.zone.assumed')]
      : []),
  ];
}

const HEADS = { lines: 'read.file', packets: 'read.packets', requests: 'read.requests' } as const;

function fileRow(ink: Ink, report: FileReport): string {
  const facts: string[] = [];
  if (report.entries === 0 && report.failed === null) facts.push(t(ink, 'read.unrelated'));
  else if (report.unknown > 0) facts.push(t(ink, 'read.unknown', { count: report.unknown }));
  if (report.cut > 0) facts.push(t(ink, 'read.cut', { count: report.cut }));
  if (report.notUtf8 > 0) facts.push(t(ink, 'read.notUtf8', { count: report.notUtf8 }));
  if (report.reordered > 0) facts.push(t(ink, 'read.reordered', { count: report.reordered }));
  for (const [id, count] of Object.entries(report.notes))
    facts.push(t(ink, `note.${id as NoteId}`, { count }));
  if (report.failed !== null) {
    const id = `reason.${report.failed}`;
    facts.push(
      t(ink, 'read.failed', { reason: id in ink.messages ? t(ink, id as MessageId) : plain(report.failed) }),
    );
  }
  const head = t(ink, HEADS[report.form], {
    file: plain(report.file),
    lines: report.lines,
    entries: report.entries,
  });
  return facts.length === 0 ? head : `${head}; ${facts.join('; ')}`;
}
