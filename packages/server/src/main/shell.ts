/** The properties that the serviceability shell sets. */
import type { Clock } from '@poise/clock';
import { auditing } from '../audit/trail.ts';
import { tellingWrites } from '../audit/write-line.ts';
import type { StartOptions } from '../cli/main-types.ts';
import type { Happenings } from '../happenings.ts';
import { PropertyBook } from '../utils/index.ts';
import type { Foundation } from './foundation.ts';

/** @param applyToDesktop sets a property of the desktops, named without `desktop.`, at once */
export function propertyBook(
  options: StartOptions,
  clock: Clock,
  happenings: Happenings,
  { store, directory }: Foundation,
  applyToDesktop: (key: string, value: unknown) => void,
): PropertyBook {
  return new PropertyBook({
    settings: options.settings,
    origins: options.origins ?? new Map(),
    stored: () => directory.current.settings(),
    apply(key, value) {
      if (!key.startsWith('desktop.')) return false;
      applyToDesktop(key.slice('desktop.'.length), value);
      return true;
    },
    async save(key, value, command) {
      await store.change(
        ({ settings: stored }) => (value === null ? stored.remove(key) : stored.save({ key, value })),
        auditing({ who: '', address: '', client: 'cli', method: 'set', path: command }, () => clock.now()),
      );
      tellingWrites(happenings)({
        user: '',
        method: 'set',
        url: command,
        payload: JSON.stringify({ [key]: value }),
      });
    },
  });
}
