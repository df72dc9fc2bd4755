import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useDesk, usePopOverLayer } from '../desk/desk-context.tsx';
import type { PopUp } from '../desk/notifier.ts';
import { say, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Icon } from './icon.tsx';
import { NoticeLink } from './notice-link.tsx';
import { PageLink } from './page-link.tsx';

/** Pop-ups lie over the lower corner: nothing moves for them. */
export function PopUps() {
  const { notifier } = useDesk();
  const popUps = useSyncExternalStore(notifier.subscribe, notifier.popUps);
  const list = useRef<HTMLDivElement>(null);
  usePopOverLayer(
    'pop-ups',
    popUps.length > 0,
    useCallback(
      () =>
        [...(list.current?.querySelectorAll<HTMLElement>('a, button') ?? [])].map((target) => ({
          box: target,
          target,
        })),
      [],
    ),
  );
  return (
    // A log: what comes is said, and nothing again when something goes. Over dialogs, too.
    <div role="log" className="pop-ups" data-react-aria-top-layer="true" ref={list}>
      {popUps.map((popUp) => (
        <PopUpBox key={popUp.id} popUp={popUp} />
      ))}
    </div>
  );
}

function PopUpBox({ popUp }: { popUp: PopUp }) {
  const { t } = useMessages();
  const { notifier, popOvers } = useDesk();
  const { id, sentence, page, click, isSaidElsewhere } = popUp;
  const hadFocus = useRef(false);
  // It goes while the focus is in it: that goes on to the next one, or back to the work.
  useEffect(
    () => () => {
      if (hadFocus.current && document.activeElement === document.body)
        popOvers.leave(document.getElementById('content'));
    },
    [popOvers],
  );
  const dismiss = () => notifier.dismiss(id);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its buttons are what is pressed; Escape means one of them
    <div
      className="pop-up"
      aria-live={isSaidElsewhere ? 'off' : undefined}
      onFocus={() => {
        hadFocus.current = true;
        notifier.hold(id, 'focus', true);
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (currentTarget.contains(relatedTarget)) return;
        if (relatedTarget !== null) hadFocus.current = false;
        notifier.hold(id, 'focus', false);
      }}
      onPointerEnter={() => notifier.hold(id, 'pointer', true)}
      onPointerLeave={() => notifier.hold(id, 'pointer', false)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        dismiss();
      }}
    >
      <Icon name="bell" />
      <p>
        <Phrase sentence={sentence} />
        {page ? <PageLink page={page} onOpen={dismiss} /> : null}
        {click ? <NoticeLink click={click} onOpen={dismiss} /> : null}
      </p>
      <span aria-live="off">
        <Button
          className="icon-button"
          aria-label={t('notices.dismiss', { text: say(t, sentence) })}
          onPress={dismiss}
        >
          <Icon name="close" />
        </Button>
      </span>
    </div>
  );
}
