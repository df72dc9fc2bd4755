import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { Member } from '../session/team-members.ts';
import { CallHistoryTable, StateHistoryTable } from './history-table.tsx';
import { Icon } from './icon.tsx';

/** The calls and states of an agent, in place of the team (desktop.md 7.3). */
export function AgentHistory({ member, onBack }: { member: Member; onBack: () => void }) {
  const { t } = useMessages();
  const heading = useRef<HTMLHeadingElement>(null);
  // The table that had the focus is hidden now.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="agent-history">
      <div className="agent-history-head">
        <Button className="icon-button" aria-label={t('agent.historyBack')} onPress={onBack}>
          <Icon name="back" />
        </Button>
        <h3 ref={heading} tabIndex={-1}>
          <Phrase sentence={{ key: 'agent.historyOf', values: { name: member.name } }} />
        </h3>
      </div>
      <h4>{t('history.calls')}</h4>
      <CallHistoryTable userId={member.id} />
      <h4>{t('history.states')}</h4>
      <StateHistoryTable userId={member.id} />
    </div>
  );
}
