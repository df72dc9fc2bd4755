import { useCallback, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Icon } from '../parts/icon.tsx';
import { NumberForm } from '../parts/number-form.tsx';
import { dialable, NEW_CALL, ownPart } from '../session/calls.ts';
import type { DesktopState } from '../session/store.ts';

/** Agents may place a call in these states; during a call they consult. */
const MAY_CALL = new Set(['NOT_READY', 'READY']);

/** Whether a new call can be made now. */
export function mayCall(state: DesktopState): boolean {
  const { user, link, calls } = state;
  if (!user || link !== 'up' || !MAY_CALL.has(user.state)) return false;
  return !calls.dialogs.some((dialog) => {
    const own = ownPart(dialog, user.extension)?.state;
    return own !== undefined && own !== 'DROPPED' && own !== 'WRAP_UP';
  });
}

/** The dial pad of the header. */
export function MakeNewCall() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  useAgent();
  const [isOpen, setOpen] = useState(false);
  useCommand(
    'dial-pad',
    useCallback(() => setOpen(true), []),
  );
  const { busy, error } = state.calls;
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="icon-button big" aria-label={t('calls.makeNew')}>
        <Icon name="keypad" />
      </Button>
      <Popover className="popover wide" placement="bottom end">
        <Dialog className="dial-pad" aria-label={t('calls.makeNew')}>
          <NumberForm
            label={t('calls.number')}
            submit={t('calls.dial')}
            read={dialable}
            onSubmit={(number) => {
              setOpen(false);
              void controller.makeCall(number);
            }}
            autoFocus
            primary
            // The banner says why nothing works while the link is down.
            blocked={mayCall(state) ? null : state.link === 'up' ? t('calls.dialBlocked') : ''}
          />
        </Dialog>
      </Popover>
      <span className="visually-hidden" role="status">
        {busy.has(NEW_CALL) ? t('call.waiting') : ''}
      </span>
      <div role="alert" className="header-alert">
        {error?.of === NEW_CALL ? (
          <p className="notice error">
            <Phrase sentence={error.sentence} />
          </p>
        ) : null}
      </div>
    </DialogTrigger>
  );
}
