/** The features that layouts name, each in a file of its own. What is not seen at once is loaded when it is. */
import { type ComponentType, lazy } from 'react';
import type { PlacedProps } from '../layout/component.ts';
import type { MessageKey } from '../messages/index.tsx';
import { AgentVoiceState } from './agent-voice-state.tsx';
import { CallControl } from './call-control.tsx';
import { Identity } from './identity.tsx';
import { Logo } from './logo.tsx';
import { MakeNewCall } from './make-new-call.tsx';
import { type ComponentName, componentNameOf } from './urls.ts';

export interface DesktopComponent {
  /** Title of its frame; null: it draws its own, or has none (header). */
  readonly title: MessageKey | null;
  readonly Component: ComponentType<PlacedProps>;
}

export const COMPONENTS: Readonly<Record<ComponentName, DesktopComponent>> = {
  logo: { title: null, Component: Logo },
  'agent-voice-state': { title: null, Component: AgentVoiceState },
  'make-new-call': { title: null, Component: MakeNewCall },
  'team-message': { title: null, Component: () => null },
  identity: { title: null, Component: Identity },
  'call-control': { title: null, Component: CallControl },
  'queue-statistics': {
    title: 'queues.heading',
    Component: lazy(() => import('./queue-statistics.tsx')),
  },
  'team-performance': {
    title: 'team.heading',
    Component: lazy(() => import('./team-performance.tsx')),
  },
  'call-history': { title: 'history.calls', Component: lazy(() => import('./call-history.tsx')) },
  'state-history': { title: 'history.states', Component: lazy(() => import('./state-history.tsx')) },
};

/** The built-in component that an entry names; null: it is a gadget. */
export function componentFor(url: string): DesktopComponent | null {
  const name = componentNameOf(url);
  return name && COMPONENTS[name];
}
