import { useEffect, useRef, useState } from 'react';
import { useAgent, useDesktopState } from '../../desktop-context.tsx';
import { say, useMessages } from '../../messages/index.tsx';
import { callNews } from '../../session/call-news.ts';
import type { DesktopState, Sentence } from '../../session/store.ts';

/** A conference or a transfer comes in several events: what is said is what has become of it. */
const SETTLES_MS = 300;

const theDialogs = ({ calls }: DesktopState) => calls.dialogs;
const theHanding = ({ calls }: DesktopState) => calls.handing;
const theGone = ({ calls }: DesktopState) => calls.gone;

/** Says what becomes of calls, wherever call control is and whatever lies over it. */
export function CallNews() {
  const { t } = useMessages();
  const { extension } = useAgent();
  const dialogs = useDesktopState(theDialogs);
  const gone = useDesktopState(theGone);
  const handing = useDesktopState(theHanding);
  const before = useRef(dialogs);
  /** Counted, so that the same words are said again for another call. */
  const [news, setNews] = useState<{ count: number; sentences: readonly Sentence[] }>({
    count: 0,
    sentences: [],
  });
  useEffect(() => {
    // What comes and goes before it has settled was there, too.
    const known = new Set(before.current.map(({ id }) => id));
    before.current = [...before.current, ...dialogs.filter(({ id }) => !known.has(id))];
    const timer = window.setTimeout(() => {
      const sentences = callNews(before.current, dialogs, extension, gone, handing);
      before.current = dialogs;
      if (sentences.length > 0) setNews(({ count }) => ({ count: count + 1, sentences }));
    }, SETTLES_MS);
    return () => window.clearTimeout(timer);
  }, [dialogs, gone, handing, extension]);
  return (
    <p className="visually-hidden" role="status" data-live-announcer="true">
      <span key={news.count}>{news.sentences.map((sentence) => say(t, sentence)).join(' ')}</span>
    </p>
  );
}
