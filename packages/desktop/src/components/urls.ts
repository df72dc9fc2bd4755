/** By which paths layouts of the original name our features: 12.x first, then older releases. */
const SCRIPTS = '/desktop/scripts/js';
const GADGETS = '/desktop/gadgets';

export const COMPONENT_URLS = {
  logo: [`${SCRIPTS}/logo.js`],
  'agent-voice-state': [`${SCRIPTS}/agentvoicestate.component.js`],
  'make-new-call': [`${SCRIPTS}/makenewcall.component.js`],
  'team-message': [`${SCRIPTS}/teammessage.component.js`],
  identity: [`${SCRIPTS}/identity-component.js`],
  'call-control': [`${SCRIPTS}/callcontrol.js`, `${GADGETS}/CallControl.jsp`],
  'queue-statistics': [`${SCRIPTS}/queueStatistics.js`, `${GADGETS}/QueueStatistics.jsp`],
  'team-performance': [`${SCRIPTS}/teamPerformance.js`, `${GADGETS}/TeamPerformance.jsp`],
  'call-history': [`${SCRIPTS}/callHistory.js`],
  'state-history': [`${SCRIPTS}/stateHistory.js`],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ComponentName = keyof typeof COMPONENT_URLS;

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
