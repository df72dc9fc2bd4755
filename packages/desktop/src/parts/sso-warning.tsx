/** The single sign-on ends soon: told at ten and five minutes, counted in the last one (desktop.md D103). */
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { duration } from '../session/duration.ts';
import type { DesktopState } from '../session/store.ts';

const theSso = ({ sso }: DesktopState) => sso;
const WORDS = { ten: 'sso.ten', five: 'sso.five', last: 'sso.last' } as const;

export default function SsoWarning() {
  const { t, language } = useMessages();
  const { controller } = useDesktop();
  const sso = useDesktopState(theSso);
  if (sso === null) return null;
  return (
    <section className="sso-warning" aria-label={t('sso.ends')} data-warning={sso.warning}>
      <p role={sso.warning === 'ten' ? 'status' : 'alert'}>{t(WORDS[sso.warning])}</p>
      {sso.warning === 'last' ? <Countdown endsAt={sso.endsAt} /> : null}
      <Button className="button" onPress={() => controller.renewSignIn(language)}>
        {t('sso.renew')}
      </Button>
    </section>
  );
}

/** Seen, and not read out each second: the warning was. */
function Countdown({ endsAt }: { endsAt: number }) {
  const { t } = useMessages();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p className="sso-left" role="timer" aria-live="off">
      {t('sso.left', { time: duration(Math.max(0, endsAt - now)) })}
    </p>
  );
}
