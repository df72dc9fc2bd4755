import { Button } from 'react-aria-components';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { DesktopController } from '../session/controller.ts';
import { type DesktopState, isFinal, type Link } from '../session/store.ts';

const SENTENCES: Readonly<Record<Exclude<Link, 'up'>, MessageKey>> = {
  lost: 'connection.lost',
  'out-of-service': 'connection.outOfService',
  conflict: 'connection.conflict',
  'taken-over': 'connection.takenOver',
  unauthorized: 'connection.unauthorized',
};

/** Says what is wrong with the connection, where a server was looked for in vain, and that all is well again. */
export function ConnectionBanner({
  state,
  controller,
}: {
  state: DesktopState;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const { link, other, host } = state;
  return (
    // Heard, and in reach, while a dialog is open.
    <div className="banners" data-react-aria-top-layer="true">
      <div role="alert">
        {link === 'up' || !state.alarm ? null : (
          <p className="banner">
            <span>
              <Phrase sentence={{ key: SENTENCES[link], values: { host } }} />
            </span>
            {isFinal(link) ? (
              <Button className="button" onPress={() => controller.leave()}>
                {t('signIn.again')}
              </Button>
            ) : null}
          </p>
        )}
      </div>
      <div role="status">
        {other && state.alarm && !isFinal(link) ? (
          <p className="banner more">
            <span>
              <Phrase
                sentence={{
                  key: other.isReached ? 'connection.otherOut' : 'connection.otherUnreached',
                  values: { host: other.host },
                }}
              />
            </span>
          </p>
        ) : null}
        {state.restored ? (
          <p className="banner good">
            <span>
              <Phrase sentence={{ key: 'connection.restored', values: { host } }} />
            </span>
          </p>
        ) : null}
      </div>
    </div>
  );
}
