import { expandPlaceholders } from '@poise/layout';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useCommand } from '../desk/desk-context.tsx';
import { useAgent, useDesktop } from '../desktop-context.tsx';
import type { PlacedProps } from '../layout/component.ts';
import { useLayoutPlace } from '../layout/layout-context.ts';
import { managedEntries } from '../layout/managed-entries.ts';
import { useMessages } from '../messages/index.tsx';
import { AgentHistory } from '../parts/agent-history.tsx';
import { TeamTable } from '../parts/team-table.tsx';
import type { Member } from '../session/team-members.ts';

/** The agents of a supervised team and what can be done with them (desktop.md 7). */
export default function TeamPerformance({ placement }: PlacedProps) {
  const { t } = useMessages();
  const { layout, draw, choose } = useLayoutPlace();
  const { tabId } = placement;
  const { controller } = useDesktop();
  const { team } = controller.areas;
  const { teams } = useAgent();
  const [shown, show] = useState<Member | null>(null);
  const { teamId } = useSyncExternalStore(team.state.subscribe, team.state.snapshot);
  const table = useRef<HTMLDivElement>(null);
  const left = useRef<string | null>(null);
  useEffect(() => {
    // Back to where the history was asked for; an agent whom the search does not find any more has left the way into the table.
    if (shown === null && left.current !== null)
      (
        table.current?.querySelector<HTMLElement>(
          `[data-row="${CSS.escape(left.current)}"] [aria-haspopup]`,
        ) ?? table.current?.querySelector<HTMLElement>('[role=grid] [tabindex="0"]')
      )?.focus();
    left.current = shown?.id ?? null;
  }, [shown]);
  // The shortcut for choosing a team brings the table and its tab to the front.
  const teamField = useRef<HTMLSelectElement>(null);
  const [asks, ask] = useState(0);
  useCommand(
    teams.length === 0 ? null : 'select-team',
    useCallback(() => {
      if (tabId !== null) choose(tabId);
      left.current = null;
      show(null);
      ask((before) => before + 1);
    }, [choose, tabId]),
  );
  useEffect(() => {
    if (asks > 0) teamField.current?.focus();
  }, [asks]);
  if (teams.length === 0) return <p className="hint">{t('team.none')}</p>;
  return (
    <>
      <div hidden={shown !== null} ref={table}>
        <TeamTable teams={teams} teamField={teamField} onHistory={show} />
      </div>
      {shown === null ? null : (
        <>
          <AgentHistory key={`${teamId} ${shown.id}`} member={shown} onBack={() => show(null)} />
          {/* Gadgets that the layout gives it are loaded with the history, of this agent (gadgets.md 1). */}
          {managedEntries(layout, placement, false).map((entry) => {
            const id = `${entry.id}-${shown.id}`;
            const url = expandPlaceholders(entry.url, { teamName: '', teams: [], agentId: shown.id });
            return <div key={id}>{draw({ ...entry, id, url, hidden: false })}</div>;
          })}
        </>
      )}
    </>
  );
}
