/** What is drawn for one user: the layout of the role, placeholders filled, ready to be put on the page. */
import type { IconName } from '../parts/icon.tsx';
import type { Placement } from './component.ts';

export interface HeaderColumn {
  /** As in the layout: digits and `px` or `%`. */
  readonly width: string;
  readonly entry: Placement | null;
}

export interface TabLayout {
  readonly id: string;
  /** Text of the layout, or the resource key of a stock tab. */
  readonly label: string;
  /** A stock icon, or the address of an image. */
  readonly icon: IconName | { readonly src: string } | null;
  readonly columns: readonly (readonly Placement[])[];
}

export interface PageLayout {
  readonly header: { readonly start: readonly HeaderColumn[]; readonly end: readonly HeaderColumn[] };
  /** On every tab, above what the tab holds. */
  readonly page: readonly Placement[];
  readonly tabs: readonly TabLayout[];
}

const place = (id: string, url: string, tabId: string | null = null): Placement => ({
  id,
  url,
  tabId,
  attributes: {},
});

const SCRIPTS = '/desktop/scripts/js';

const HEADER: PageLayout['header'] = {
  start: [
    { width: '300px', entry: place('cd-logo', `${SCRIPTS}/logo.js`) },
    { width: '230px', entry: place('agent-voice-state', `${SCRIPTS}/agentvoicestate.component.js`) },
  ],
  end: [
    { width: '50px', entry: place('make-new-call-component', `${SCRIPTS}/makenewcall.component.js`) },
    { width: '50px', entry: place('broadcastmessagepopover', `${SCRIPTS}/teammessage.component.js`) },
    { width: '72px', entry: place('identity-component', `${SCRIPTS}/identity-component.js`) },
  ],
};

const CALL_CONTROL = place('call-control', `${SCRIPTS}/callcontrol.js`);

/** Shown while the layout of the server cannot be had. */
export function fallbackLayout(isSupervisor: boolean): PageLayout {
  const history: TabLayout = {
    id: 'myHistory',
    label: `finesse.container.tabs.${isSupervisor ? 'supervisor' : 'agent'}.myHistoryLabel`,
    icon: 'history',
    columns: [
      [place('call-history', `${SCRIPTS}/callHistory.js`, 'myHistory')],
      [place('state-history', `${SCRIPTS}/stateHistory.js`, 'myHistory')],
    ],
  };
  const queues = place('queue-statistics', `${SCRIPTS}/queueStatistics.js`, 'home');
  const home: TabLayout = {
    id: 'home',
    label: `finesse.container.tabs.${isSupervisor ? 'supervisor' : 'agent'}.homeLabel`,
    icon: 'home',
    columns: [
      isSupervisor ? [place('team-performance', `${SCRIPTS}/teamPerformance.js`, 'home'), queues] : [queues],
    ],
  };
  return { header: HEADER, page: [CALL_CONTROL], tabs: [home, history] };
}
