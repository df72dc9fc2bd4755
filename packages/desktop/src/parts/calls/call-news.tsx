import { platformClock } from '@poise/client';
import { useEffect, useState } from 'react';
import { useDesktop } from '../../desktop-context.tsx';
import { say, useMessages } from '../../messages/index.tsx';
import { CallTeller } from '../../session/call-teller.ts';
import type { Sentence } from '../../session/store.ts';

/** Says what becomes of calls, wherever call control is and whatever lies over it. */
export function CallNews() {
  const { t } = useMessages();
  const { store } = useDesktop();
  /** Counted, so that the same words are said again for another call. */
  const [news, setNews] = useState<{ count: number; sentences: readonly Sentence[] }>({
    count: 0,
    sentences: [],
  });
  useEffect(() => {
    const teller = new CallTeller(platformClock, store.snapshot(), (sentences) =>
      setNews(({ count }) => ({ count: count + 1, sentences })),
    );
    // Not what is drawn of it: of events that come at once, that is the last alone.
    const unsubscribe = store.subscribe(() => teller.see(store.snapshot()));
    return () => {
      unsubscribe();
      teller.stop();
    };
  }, [store]);
  return (
    <p className="visually-hidden" role="status" data-live-announcer="true">
      <span key={news.count}>{news.sentences.map((sentence) => say(t, sentence)).join(' ')}</span>
    </p>
  );
}
