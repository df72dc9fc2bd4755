/** The watchdog in a thread of its own: it hears the marks of the page, asks for signs of life, and writes down who holds it. */
import { forgetStall, keepStall } from './stall-record.ts';
import { PING_MS, type Verdict, Watchdog } from './watchdog.ts';

/** What the page says besides marks. */
export interface WatchdogFacts {
  readonly loginId: string;
  /** By number of the gadget. */
  readonly gadgets: Readonly<Record<number, { readonly entryId: string; readonly title: string }>>;
  /** What a notification of the browser says; `{gadget}` stands for its title. */
  readonly notice: { readonly title: string; readonly text: string };
}

let facts: WatchdogFacts | null = null;
const watchdog = new Watchdog(performance.now());
const post = (message: unknown) =>
  (self as unknown as { postMessage(data: unknown): void }).postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<number | WatchdogFacts>) => {
  if (typeof data === 'number') act(watchdog.hear(data, performance.now()));
  else facts = data;
});
setInterval(() => {
  post('ping');
  act(watchdog.look(performance.now()));
}, PING_MS);

function act(verdict: Verdict | null): void {
  if (verdict === null) return;
  const { mid } = verdict.stall;
  const gadget = mid === null ? undefined : facts?.gadgets[mid];
  if (verdict.type === 'recovered') {
    void forgetStall().catch(() => {});
    post({ recovered: verdict.stall });
    return;
  }
  if (!gadget || facts === null) return;
  // It is not written in time when the tab is closed first: then nobody is asked.
  void keepStall({ ...gadget, loginId: facts.loginId, at: Date.now() }).catch(() => {});
  const { title, text } = facts.notice;
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  try {
    new Notification(title, { body: text.replace('{gadget}', gadget.title), tag: 'poise.watchdog' });
  } catch {
    // Browsers that notify from service workers alone.
  }
}
