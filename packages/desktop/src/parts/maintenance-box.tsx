/** The node will be stopped: told when it is announced, counted down before the page moves to the other node (desktop.md D101). */
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { MaintenanceState } from '../session/maintenance.ts';
import type { DesktopState, Sentence } from '../session/store.ts';
import { Icon } from './icon.tsx';

const theMaintenance = ({ maintenance }: DesktopState) => maintenance;

export default function MaintenanceBox() {
  const { t } = useMessages();
  const maintenance = useDesktopState(theMaintenance);
  /** What was read and put away; what follows it is shown again. */
  const [closed, close] = useState<MaintenanceState | null>(null);
  // What speaks stands there before it has something to say.
  const [isReady, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const isShown = isReady && maintenance !== null && maintenance !== closed;
  return (
    <section className={isShown ? 'maintenance' : 'visually-hidden'} aria-label={t('maintenance.heading')}>
      <p role="status">
        {isShown ? <Phrase key={maintenance.phase} sentence={sentenceOf(maintenance)} /> : null}
      </p>
      {isShown && maintenance.phase === 'moving' ? <Countdown until={maintenance.at} /> : null}
      {isShown ? (
        <Button
          className="icon-button"
          aria-label={t('maintenance.close')}
          onPress={() => close(maintenance)}
        >
          <Icon name="close" />
        </Button>
      ) : null}
    </section>
  );
}

function sentenceOf(maintenance: MaintenanceState): Sentence {
  switch (maintenance.phase) {
    case 'announced':
      return { key: maintenance.hasOther ? 'maintenance.announced' : 'maintenance.noOther' };
    case 'moving':
      return { key: 'maintenance.moving' };
    case 'stays':
      return { key: 'maintenance.stays' };
    case 'moved':
      return { key: 'maintenance.moved', values: { host: maintenance.host } };
  }
}

/** Seen, and not read out each second: the warning was. */
function Countdown({ until }: { until: number }) {
  const { t } = useMessages();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p className="maintenance-left" role="timer" aria-live="off">
      {t('maintenance.left', { seconds: String(Math.max(0, Math.ceil((until - now) / 1_000))) })}
    </p>
  );
}
