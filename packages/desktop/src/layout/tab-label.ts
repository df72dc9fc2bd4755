import type { MessageKey, Translate } from '../messages/index.tsx';

/** Stock labels of the original (gadgets.md 1.4); both roles have the same words. */
const STOCK: Readonly<Record<string, MessageKey>> = {
  homeLabel: 'tab.home',
  myHistoryLabel: 'tab.myHistory',
  manageCallLabel: 'tab.manageCall',
  myStatisticsLabel: 'tab.myStatistics',
  moreLiveDataReportsLabel: 'tab.moreReports',
  teamDataLabel: 'tab.teamData',
  queueDataLabel: 'tab.queueData',
  manageDigitalChannelLabel: 'tab.digitalChannels',
};

/** A label of the layout: a resource key of the original in the language of the page, else the text itself. */
export function labelOf(t: Translate, label: string): string {
  const name = /^finesse\.container\.tabs\.(?:agent|supervisor)\.(\w+)$/.exec(label)?.[1];
  const key = name !== undefined && Object.hasOwn(STOCK, name) ? STOCK[name] : undefined;
  return key ? t(key) : label;
}
