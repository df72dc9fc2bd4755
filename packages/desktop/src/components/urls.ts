import type { MessageKey, Translate } from '../messages/index.tsx';

/** By which paths layouts of the original name our features: 12.x first, then older releases. */
const SCRIPTS = '/desktop/scripts/js';
const GADGETS = '/desktop/gadgets';

export const COMPONENT_URLS = {
  logo: [`${SCRIPTS}/logo.js`],
  'agent-voice-state': [`${SCRIPTS}/agentvoicestate.component.js`],
  'digital-channels': [`${SCRIPTS}/nonvoice-state-menu.component.js`],
  'make-new-call': [`${SCRIPTS}/makenewcall.component.js`],
  'team-message': [`${SCRIPTS}/teammessage.component.js`],
  identity: [`${SCRIPTS}/identity-component.js`],
  'call-control': [`${SCRIPTS}/callcontrol.js`, `${GADGETS}/CallControl.jsp`],
  'queue-statistics': [`${SCRIPTS}/queueStatistics.js`, `${GADGETS}/QueueStatistics.jsp`],
  'team-performance': [`${SCRIPTS}/teamPerformance.js`, `${GADGETS}/TeamPerformance.jsp`],
  'call-history': [`${SCRIPTS}/callHistory.js`],
  'state-history': [`${SCRIPTS}/stateHistory.js`],
  'tabbed-gadgets': [`${SCRIPTS}/tabbedGadgets.js`],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ComponentName = keyof typeof COMPONENT_URLS;

/** Titles of the frames; null: the component draws its own, or has none (header). */
export const COMPONENT_TITLES: Readonly<Record<ComponentName, MessageKey | null>> = {
  logo: null,
  'agent-voice-state': null,
  'digital-channels': null,
  'make-new-call': null,
  'team-message': null,
  identity: null,
  'call-control': null,
  'queue-statistics': 'queues.heading',
  'team-performance': 'team.heading',
  'call-history': 'history.calls',
  'state-history': 'history.states',
  'tabbed-gadgets': 'tabs.heading',
};

/** What those are called that draw their own frame, where they stand among others. */
const OWN_NAMES: Readonly<Partial<Record<ComponentName, MessageKey>>> = { 'call-control': 'calls.heading' };

/** What an entry is called: our name for our features, else the file of the gadget. */
export function titleOf(t: Translate, url: string): string {
  const name = componentNameOf(url);
  const key = name && (COMPONENT_TITLES[name] ?? OWN_NAMES[name]);
  return key ? t(key) : (pathOf(url).split('/').at(-1) ?? '');
}

/** Path of an entry's URL without host, query and leading slashes. */
export function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#;].*$/s, '');
  return `/${path.replace(/^\/+/, '')}`;
}

/** The built-in component that an entry of a layout names, if it is one. */
export function componentNameOf(url: string): ComponentName | null {
  const path = pathOf(url);
  for (const [name, urls] of Object.entries(COMPONENT_URLS))
    if ((urls as readonly string[]).includes(path)) return name as ComponentName;
  return null;
}
