/** The features that layouts name, each in a file of its own. What is not seen at once is loaded when it is. */
import { type ComponentType, lazy } from 'react';
import type { PlacedProps } from '../layout/component.ts';
import { AgentVoiceState } from './agent-voice-state.tsx';
import { CallControl } from './call-control.tsx';
import { DigitalChannels } from './digital-channels.tsx';
import { Identity } from './identity.tsx';
import { Logo } from './logo.tsx';
import { MakeNewCall } from './make-new-call.tsx';
import { TeamMessage } from './team-message.tsx';
import { type ComponentName, componentNameOf } from './urls.ts';

export const COMPONENTS: Readonly<Record<ComponentName, ComponentType<PlacedProps>>> = {
  logo: Logo,
  'agent-voice-state': AgentVoiceState,
  'digital-channels': DigitalChannels,
  'make-new-call': MakeNewCall,
  'team-message': TeamMessage,
  identity: Identity,
  'call-control': CallControl,
  'queue-statistics': lazy(() => import('./queue-statistics.tsx')),
  'team-performance': lazy(() => import('./team-performance.tsx')),
  'call-history': lazy(() => import('./call-history.tsx')),
  'state-history': lazy(() => import('./state-history.tsx')),
  'tabbed-gadgets': lazy(() => import('./tabbed-gadgets.tsx')),
};

/** The built-in component that an entry names; null: it is a gadget. */
export function componentFor(url: string): ComponentType<PlacedProps> | null {
  const name = componentNameOf(url);
  return name && COMPONENTS[name];
}
