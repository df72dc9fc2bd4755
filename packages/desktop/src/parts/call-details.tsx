import type { Dialog } from '@poise/client';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import { callDetailsOf, isIn, queueOf } from '../session/call-details.ts';
import { callStateSentence } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';
import { nameOf } from './calls/call-variables.tsx';
import { Icon } from './icon.tsx';
import { Party, useNames } from './party.tsx';
import { Timer } from './timer.tsx';
import { useHistory } from './use-history.ts';

const theDrift = (state: DesktopState) => state.drift;
const theLayouts = (state: DesktopState) => state.calls.layouts;

/** The call that an agent is in (desktop.md 7.3), below the row of the agent. */
export function CallDetails({ agentId, onClose }: { agentId: string; onClose: () => void }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { team } = controller.areas;
  const { dialogs, error } = useSyncExternalStore(team.details.subscribe, team.details.snapshot);
  const extension = team.members.get(agentId)?.extension ?? '';
  const { history } = useHistory(agentId);
  const live = dialogs?.filter((dialog) => isIn(dialog, extension)) ?? [];
  return (
    <div className="call-details">
      <Button className="icon-button close" aria-label={t('agent.detailsClose')} onPress={onClose}>
        <Icon name="close" />
      </Button>
      {error ? (
        <p className="hint">
          <Phrase sentence={error} />
        </p>
      ) : null}
      {live.length === 0 && error === null ? (
        <p className="hint">{t(dialogs === null ? 'gadget.loading' : 'agent.detailsNone')}</p>
      ) : null}
      {live.map((dialog) => (
        <OneCall key={dialog.id} dialog={dialog} extension={extension} queue={queueOf(dialog, history)} />
      ))}
    </div>
  );
}

function OneCall({ dialog, extension, queue }: { dialog: Dialog; extension: string; queue: string }) {
  const { t } = useMessages();
  const drift = useDesktopState(theDrift);
  const layouts = useDesktopState(theLayouts);
  const details = callDetailsOf(dialog, extension, layouts);
  if (details === null) return null;
  const { state, since, active, held, variables } = details;
  return (
    <dl>
      <Fact label="details.status">
        <Phrase sentence={callStateSentence(state)} />
      </Fact>
      <Fact label="details.duration">
        <Timer since={since} drift={drift} unknown={t('state.unknownSince')} />
      </Fact>
      <Fact label="details.queue">
        <Typed>{queue || '–'}</Typed>
      </Fact>
      <Fact label="details.active">
        <Numbers numbers={active} />
      </Fact>
      <Fact label="details.held">
        <Numbers numbers={held} />
      </Fact>
      {variables.map((variable) => (
        <div key={variable.property}>
          <dt>
            <Typed>{nameOf(t, variable)}</Typed>
          </dt>
          <dd>
            <Typed>{variable.value}</Typed>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Fact({ label, children }: { label: MessageKey; children: ReactNode }) {
  const { t } = useMessages();
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Numbers({ numbers }: { numbers: readonly string[] }) {
  const names = useNames();
  if (numbers.length === 0) return '–';
  return numbers.map((number, index) => (
    <span key={number}>
      {index > 0 ? ', ' : null}
      <Party number={number} names={names} />
    </span>
  ));
}
