import type { Dialog } from '@poise/client';
import { useMessages } from '../../messages/index.tsx';
import { ownPart } from '../../session/calls.ts';
import { type DesktopState, isFinal } from '../../session/store.ts';
import { wrapUpSeconds } from '../../session/wrap-up.ts';
import { CountDown, Timer } from '../timer.tsx';

/** Total time; on hold that of the hold and then the total; in wrap-up what is left of it, or how long it lasts (desktop.md D42, 5). */
export function CallTimers({
  dialog,
  state,
  extension,
}: {
  dialog: Dialog;
  state: DesktopState;
  extension: string;
}) {
  const { t } = useMessages();
  const own = ownPart(dialog, extension);
  const { drift, user, calls, link } = state;
  const unknown = t('state.unknownSince');
  if (isFinal(link) || !own) return <span className="timer">{unknown}</span>;
  const since = own.stateChangeTime?.getTime() ?? null;
  const total = own.startTime?.getTime() ?? since;
  if (own.state === 'WRAP_UP') {
    const { showWrapUpTimer, wrapUpCountDown } = calls.options;
    if (!showWrapUpTimer) return null;
    const seconds = wrapUpSeconds(state);
    const began = since ?? user?.stateChangeTime ?? null;
    if (wrapUpCountDown && seconds !== null && seconds > 0 && began !== null)
      return <CountDown until={began + seconds * 1000} drift={drift} label={t('wrapUp.left')} />;
    return <Timer since={began} drift={drift} unknown={unknown} />;
  }
  if (own.state !== 'HELD') return <Timer since={total} drift={drift} unknown={unknown} />;
  return (
    <span className="hold-timers">
      <Timer since={since} drift={drift} unknown={unknown} />{' '}
      <span className="total">
        (<Timer since={total} drift={drift} unknown={unknown} />)
      </span>
    </span>
  );
}
