/** The embedded CTI server. */
import type { Clock } from '@poise/clock';
import { CtiHost } from '../cti-host/index.ts';
import type { Happenings } from '../happenings.ts';
import type { Journal } from '../journal/index.ts';
import type { Settings } from '../settings/settings.ts';
import { NumberBlocks } from '../store/number-blocks.ts';
import type { Foundation } from './foundation.ts';

/** Numbers of calls of the embedded contact centre: a dialog's id is one. 0xffffffff stands for none. */
const CALL_IDS = { first: 16_777_217, last: 0xfffffffe } as const;

export async function ctiHostOf(
  settings: Settings,
  clock: Clock,
  happenings: Happenings,
  foundation: Foundation,
  journal: Journal,
): Promise<CtiHost> {
  const { store } = foundation;
  const callIds = await NumberBlocks.open({
    reserve: (count) => store.reserveNumbers('calls.ids', count),
    ...CALL_IDS,
    onProblem: (error) =>
      happenings.publish('operator', {
        level: 'error',
        text: `Numbers of calls cannot be reserved; after a restart some may be given again: ${String(error)}`,
      }),
  });
  const { ringTime, waitingMax, callsMax, conferencePartiesMax } = settings.acd;
  return new CtiHost({
    clock,
    happenings,
    directory: foundation.directory,
    accounts: foundation.accounts,
    signsOnElsewhere: (user) => foundation.signOn?.owns(user) === true,
    deployment: settings.deployment,
    onDisconnect: settings.presence.onDisconnect,
    peripheralId: settings.cti.peripheralId,
    host: settings.cti.a?.host ?? '127.0.0.1',
    portA: settings.ports.ctiA,
    portB: settings.ports.ctiB,
    trace: journal.ctiTrace,
    calls: {
      nextCallId: () => callIds.take(),
      settings: { ringMs: ringTime, waitingMax, callsMax, conferencePartiesMax },
      seed: settings.sim.seed,
    },
  });
}
