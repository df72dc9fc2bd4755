import { useLayoutEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { Sentence } from '../session/store.ts';

/**
 * Why something could not be read, and another attempt. When it goes, the focus it has goes to what stands for it: the
 * grid, or what else can have it, of the element around it that is marked with `data-reads`.
 */
export function ReadFailure({ sentence, onAgain }: { sentence: Sentence; onAgain: () => void }) {
  const { t } = useMessages();
  const notice = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const here = notice.current;
    return () => {
      if (!here?.contains(document.activeElement)) return;
      here
        .closest('[data-reads]')
        ?.querySelector<HTMLElement>('[role=grid], [tabindex="-1"]')
        ?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div className="notice error with-button" ref={notice}>
      <span>
        <Phrase sentence={sentence} />
      </span>
      <Button className="button small" onPress={onAgain}>
        {t('read.again')}
      </Button>
    </div>
  );
}
