import { Button } from 'react-aria-components';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { DesktopController } from '../session/controller.ts';
import { type DesktopState, isFinal, type Link } from '../session/store.ts';

const SENTENCES: Readonly<Record<Exclude<Link, 'up'>, MessageKey>> = {
  lost: 'connection.lost',
  'out-of-service': 'connection.outOfService',
  conflict: 'connection.conflict',
  unauthorized: 'connection.unauthorized',
};

/** Says what is wrong with the connection, and that it is well again. */
export function ConnectionBanner({
  state,
  controller,
}: {
  state: DesktopState;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  return (
    <>
      <div role="alert">
        {state.link === 'up' ? null : (
          <p className="banner">
            <span>
              <Phrase sentence={{ key: SENTENCES[state.link], values: { host: state.host } }} />
            </span>
            {isFinal(state.link) ? (
              <Button className="button" onPress={() => controller.leave()}>
                {t('signIn.again')}
              </Button>
            ) : null}
          </p>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {state.restored ? t('connection.restored') : ''}
      </p>
    </>
  );
}
