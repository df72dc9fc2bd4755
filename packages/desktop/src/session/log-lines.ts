/** What of a change of the state is worth a line of the page's log: who signed in, states, calls, and what went wrong. */
import { ownPart } from './calls.ts';
import type { DesktopState } from './store.ts';

/** Numbers of customers, names and call variables are not among it: a log leaves the building. */
export function logLines(before: DesktopState, after: DesktopState): readonly string[] {
  const lines: string[] = [];
  const { user, phase, link, error, calls, pending } = after;
  if (phase !== before.phase) {
    const who = user ?? before.user;
    lines.push(`Header : ${phase}${who ? `: ${who.loginId}, extension ${who.extension}` : ''}`);
  }
  if (link !== before.link) lines.push(`Header : connection is ${link}`);
  if (pending !== null && pending !== before.pending) lines.push(`Header : asked for: ${pending}`);
  if (
    user &&
    before.user &&
    (user.state !== before.user.state || user.reasonCodeId !== before.user.reasonCodeId)
  )
    lines.push(
      `Header : state ${before.user.state} -> ${user.state}${user.reasonCodeId === null ? '' : `, reason ${user.reasonCodeId}`}`,
    );
  if (error !== null && error !== before.error) lines.push(`Header : failed: ${error.key}`);
  if (calls !== before.calls) lines.push(...callLines(before, after));
  return lines;
}

function callLines(before: DesktopState, after: DesktopState): readonly string[] {
  const states = ({ calls, user }: DesktopState) =>
    new Map(
      calls.dialogs.map((dialog) => [
        dialog.id,
        `${dialog.state}/${ownPart(dialog, user?.extension ?? '')?.state ?? '-'}`,
      ]),
    );
  const [then, now] = [states(before), states(after)];
  const changed = [...new Set([...then.keys(), ...now.keys()])].filter((id) => then.get(id) !== now.get(id));
  const { error } = after.calls;
  return [
    ...changed.map((id) => `Dialogs : ${id} ${then.get(id) ?? 'none'} -> ${now.get(id) ?? 'gone'}`),
    ...(error !== null && error !== before.calls.error
      ? [`Dialogs : ${error.of} failed: ${error.sentence.key}`]
      : []),
  ];
}
