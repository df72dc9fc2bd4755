/** The features that layouts name, each in a file of its own. What is not seen at once is loaded when it is. */
import { lazy } from 'react';
import type { DesktopComponent } from '../layout/component.ts';
import { AgentVoiceState } from './agent-voice-state.tsx';
import { CallControl } from './call-control.tsx';
import { Identity } from './identity.tsx';
import { Logo } from './logo.tsx';
import { MakeNewCall } from './make-new-call.tsx';

const SCRIPTS = '/desktop/scripts/js';
const GADGETS = '/desktop/gadgets';

export const COMPONENTS: readonly DesktopComponent[] = [
  { name: 'logo', urls: [`${SCRIPTS}/logo.js`], title: null, Component: Logo },
  {
    name: 'agent-voice-state',
    urls: [`${SCRIPTS}/agentvoicestate.component.js`],
    title: null,
    Component: AgentVoiceState,
  },
  {
    name: 'make-new-call',
    urls: [`${SCRIPTS}/makenewcall.component.js`],
    title: null,
    Component: MakeNewCall,
  },
  { name: 'identity', urls: [`${SCRIPTS}/identity-component.js`], title: null, Component: Identity },
  {
    name: 'call-control',
    urls: [`${SCRIPTS}/callcontrol.js`, `${GADGETS}/CallControl.jsp`],
    title: null,
    Component: CallControl,
  },
  {
    name: 'queue-statistics',
    urls: [`${SCRIPTS}/queueStatistics.js`, `${GADGETS}/QueueStatistics.jsp`],
    title: 'queues.heading',
    Component: lazy(() => import('./queue-statistics.tsx')),
  },
  {
    name: 'team-performance',
    urls: [`${SCRIPTS}/teamPerformance.js`, `${GADGETS}/TeamPerformance.jsp`],
    title: 'team.heading',
    Component: lazy(() => import('./team-performance.tsx')),
  },
  {
    name: 'call-history',
    urls: [`${SCRIPTS}/callHistory.js`],
    title: 'history.calls',
    Component: lazy(() => import('./call-history.tsx')),
  },
  {
    name: 'state-history',
    urls: [`${SCRIPTS}/stateHistory.js`],
    title: 'history.states',
    Component: lazy(() => import('./state-history.tsx')),
  },
];
