/** The commands of `poise service`: one part is stopped and started while the others run. */
import { PlainError, phrase } from '../messages/catalogue.ts';
import type { PartHealth } from './part.ts';
import type { Parts } from './parts.ts';

/** What the commands answer. */
export type ServiceState = Pick<PartHealth, 'state' | 'ready' | 'reason'> & { readonly name: string };

type Argument = Readonly<Record<string, unknown>>;

/** Without the journal nothing of what follows could be looked up; everything else stands on the store. */
const NOT_ALONE: ReadonlySet<string> = new Set(['journal', 'store']);

export function serviceCommands(
  parts: Parts,
): Readonly<Record<string, (argument: Argument) => Promise<unknown>>> {
  const states = (): ServiceState[] =>
    parts
      .health()
      .parts.filter(({ name }) => !NOT_ALONE.has(name))
      .map(({ name, state, ready, reason }) => ({
        name,
        state,
        ready,
        ...(reason === undefined ? {} : { reason }),
      }));
  const named = ({ part }: Argument): string => {
    const known = states().map(({ name }) => name);
    const name = typeof part === 'string' ? part : '';
    if (!known.includes(name))
      throw new PlainError(phrase('parts.unknown', { part: name.slice(0, 64), parts: known.join(', ') }));
    return name;
  };
  const change = (work: (name: string) => Promise<void>) => async (argument: Argument) => {
    const name = named(argument);
    await work(name);
    return states().find((state) => state.name === name);
  };
  return {
    'service.list': async () => states(),
    'service.start': change((name) => parts.startPart(name)),
    'service.stop': change((name) => parts.stopPart(name)),
    'service.restart': change((name) => parts.restartPart(name)),
  };
}
