import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { clearStoredLog, storedLog } from '../session/stored-log.ts';

/** The stored log, to be read, copied or cleared, and the way to a sign-in that writes one. */
export function LocalLog() {
  const { t } = useMessages();
  const [text, setText] = useState(() => storedLog());
  const [told, setTold] = useState<MessageKey | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    document.title = `${t('localLog.heading')} – ${t('app.title')}`;
  }, [t]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setTold('localLog.copied');
    } catch {
      // Without TLS browsers have no clipboard for scripts.
      area.current?.select();
      setTold('localLog.notCopied');
    }
  };
  return (
    <main className="local-log">
      <h1>{t('localLog.heading')}</h1>
      <p>{t('localLog.text')}</p>
      <div className="buttons">
        <a className="button primary" href="/desktop/container/?lls=true">
          {t('localLog.signIn')}
        </a>
        <Button className="button" onPress={() => setText(storedLog())}>
          {t('localLog.refresh')}
        </Button>
        <Button className="button" onPress={() => void copy()}>
          {t('localLog.copy')}
        </Button>
        <Button
          className="button"
          onPress={() => {
            clearStoredLog();
            setText('');
            setTold('localLog.cleared');
          }}
        >
          {t('localLog.clear')}
        </Button>
        <span role="status">{told ? t(told) : ''}</span>
      </div>
      <textarea
        ref={area}
        readOnly
        spellCheck={false}
        aria-label={t('localLog.heading')}
        value={text === '' ? t('localLog.empty') : text}
      />
    </main>
  );
}
