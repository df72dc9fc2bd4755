import { useCallback, useEffect, useRef, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { mayCall } from '../actions/make-call.ts';
import { useCommand } from '../desk/desk-context.tsx';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { LazyDialer, preloadDialer } from '../parts/calls/lazy.tsx';
import { Icon } from '../parts/icon.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { NEW_CALL } from '../session/calls.ts';

/** After that the page has drawn what is seen at once. */
const PRELOAD_MS = 1_000;

/** The dial pad of the header. */
export function MakeNewCall() {
  const { t } = useMessages();
  const { controller, store } = useDesktop();
  const state = useDesktopState((whole) => whole);
  useAgent();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  // Once the page is there.
  useEffect(() => {
    const timer = window.setTimeout(preloadDialer, PRELOAD_MS);
    return () => window.clearTimeout(timer);
  }, []);
  useCommand(
    'dial-pad',
    useCallback(() => setOpen(true), []),
  );
  const { busy, error } = state.calls;
  return (
    <>
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <Button ref={opener} className="icon-button big" aria-label={t('calls.makeNew')}>
          <Icon name="keypad" />
        </Button>
        <Popover className="popover dial-pad-popover" placement="bottom end">
          <Dialog className="dial-pad" aria-label={t('calls.makeNew')}>
            <LazyDialer
              label={t('calls.dial')}
              // The banner says why nothing works while the link is down.
              blocked={mayCall(state) ? null : state.link === 'up' ? t('calls.dialBlocked') : ''}
              onCall={(number) => {
                setOpen(false);
                void controller.makeCall(number);
              }}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      <Waiting className="visually-hidden" isWaiting={busy.has(NEW_CALL)} text={t('call.waiting')} />
      <div role="alert" className="header-alert">
        {error?.of === NEW_CALL ? (
          <p className="notice error with-button">
            <span>
              <Phrase sentence={error.sentence} />
            </span>
            <Button
              className="icon-button"
              aria-label={t('notice.close')}
              onPress={() => {
                store.dispatch({ type: 'call error seen' });
                opener.current?.focus();
              }}
            >
              <Icon name="close" />
            </Button>
          </p>
        ) : null}
      </div>
    </>
  );
}
