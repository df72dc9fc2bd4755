import type { Action } from './action.ts';

/** Sends the page's log to the server, for whoever looks for a fault (desktop.md D110). */
export const sendErrorReport: Action = {
  id: 'error-report',
  label: { key: 'report.send' },
  enabled: ({ phase, link, report }) =>
    phase === 'signed-in' && link === 'up' && report !== 'sending' && report !== 'sent',
  whyNot: ({ phase, link, report }) => {
    if (phase !== 'signed-in' || link !== 'up') return { key: 'report.noConnection' };
    return report === 'sending'
      ? { key: 'report.sending' }
      : report === 'sent'
        ? { key: 'report.sent' }
        : null;
  },
  run: (controller) => controller.sendErrorReport(),
};
