import { type KeyboardEvent, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useMessages } from '../messages/index.tsx';
import type { Area } from '../session/area.ts';
import { STATE_GROUPS, type StateCounts, type StateGroup } from '../session/state-counts.ts';
import { StateMark } from './state-mark.tsx';

/**
 * How many are in each state; a press shows these alone, another one all again. One stop of the Tab key; arrows go from state to state
 * (ARIA toolbar).
 */
export function StateCountsBar({
  counts,
  chosen,
  onChoose,
}: {
  counts: Area<StateCounts>;
  chosen: StateGroup | null;
  onChoose: (group: StateGroup | null) => void;
}) {
  const { t, region } = useMessages();
  const figures = useSyncExternalStore(counts.subscribe, counts.snapshot);
  const [entry, setEntry] = useState<StateGroup>('READY');
  const number = useMemo(() => new Intl.NumberFormat(region), [region]);
  const bar = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent<HTMLElement>) => {
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const last = STATE_GROUPS.length - 1;
    const at = STATE_GROUPS.indexOf(entry);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(last, Math.max(0, at + (isRtl ? -1 : 1))),
      ArrowLeft: Math.min(last, Math.max(0, at + (isRtl ? 1 : -1))),
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    bar.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div role="toolbar" className="state-counts" aria-label={t('team.byState')} ref={bar} onKeyDown={go}>
      {STATE_GROUPS.map((group) => (
        <button
          key={group}
          type="button"
          className="state-count"
          tabIndex={group === entry ? 0 : -1}
          aria-pressed={group === chosen}
          onFocus={() => setEntry(group)}
          onClick={() => onChoose(group === chosen ? null : group)}
        >
          <StateMark state={group} />
          <span>{t(`state.${group}`)}</span>
          <span className="state-figure">{number.format(figures[group])}</span>
        </button>
      ))}
    </div>
  );
}
