import '@poise/pages/theme';
import { platformClock } from '@poise/client';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { browserSafe } from './desk/browser-safe.ts';
import { browserScreen } from './desk/browser-screen.ts';
import { Commands } from './desk/commands.ts';
import { type Desk, DeskProvider } from './desk/desk-context.tsx';
import { IdleWatch } from './desk/idle.ts';
import { Notifier } from './desk/notifier.ts';
import { PopOvers } from './desk/pop-overs.ts';
import { SettingsStore } from './desk/settings.ts';
import { Sounds, webAudio } from './desk/sounds.ts';
import { loadPreferredLanguage, MessagesProvider, sayNow } from './messages/index.tsx';
import { Part } from './parts/part.tsx';
import { ActionTimes, afterPaint, followInputs } from './session/action-times.ts';
import { isOnCall, ringing } from './session/calls.ts';
import { ClientLog } from './session/client-log.ts';
import { DesktopController } from './session/controller.ts';
import { fetchConfig } from './session/desktop-config.ts';
import { takeSignIn } from './session/handover.ts';
import { SignInKeeper } from './session/kept-sign-in.ts';
import { logLines } from './session/log-lines.ts';
import { isNewerPage } from './session/newer-page.ts';
import { reaches } from './session/other-node.ts';
import { followPage } from './session/page-events.ts';
import { Store } from './session/store.ts';
import { isPersistent, StoredLog } from './session/stored-log.ts';
import { Tabs } from './session/tabs.ts';
import { ShortcutRegistry } from './shortcuts/registry.ts';
import { loadLaterParts } from './worker/later-parts.ts';
import { keepPage } from './worker/register.ts';
import './theme/desktop.css';
import './theme/shell.css';
import './theme/arranged.css';
import './theme/calls.css';
import './theme/call-bar.css';
import './theme/outbound.css';
import './theme/desk.css';
import './theme/dialer.css';
import './theme/maintenance.css';
import './theme/sso.css';
import './theme/gadgets.css';
import './theme/supervisor.css';
import './theme/text-limits.css';

const languageLoaded = loadPreferredLanguage();
const clock = platformClock;
const store = new Store();
const stored = isPersistent(location.search) ? new StoredLog(clock) : null;
if (stored) window.addEventListener('pagehide', () => stored.flush());
const log = new ClientLog((line) => {
  console.info(line);
  stored?.add(line);
});
let before = store.snapshot();
store.subscribe(() => {
  const after = store.snapshot();
  for (const line of logLines(before, after)) log.add(`${new Date(clock.now()).toISOString()}: : ${line}`);
  before = after;
});
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('poise.desktop');
const tabs = new Tabs(channel, clock, Math.random().toString(36));
const kept = new SignInKeeper(
  clock,
  () => sessionStorage,
  browserSafe,
  () => crypto.randomUUID(),
);
window.addEventListener('pagehide', () => kept.note());
const ownScript = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null;
const times = new ActionTimes({
  clock,
  painted: afterPaint,
  isHidden: () => document.visibilityState === 'hidden',
  store,
});
followInputs(times, window, clock);
const [navigation] = performance.getEntriesByType('navigation');
const handedOver = takeSignIn(
  {
    origin: location.origin,
    fragment: location.hash,
    referrer: document.referrer,
    navigation: (navigation as PerformanceNavigationTiming | undefined)?.type ?? '',
  },
  (...request) => fetch(...request),
);
// It is good for once, and nothing to be kept by the history of the browser.
if (handedOver !== null) history.replaceState(history.state, '', location.pathname + location.search);
const controller = new DesktopController(store, location.origin, {
  log,
  times,
  tabs,
  kept,
  handedOver,
  isDrawn: () => document.querySelector('.pop-ups') !== null,
  // Without certificates there is none to accept.
  ...(location.protocol === 'https:' && { reaches: (origin: string) => reaches(origin) }),
  newerPage: {
    isThere: () => isNewerPage(ownScript, import.meta.env.BASE_URL, (...request) => fetch(...request)),
    load: () => location.reload(),
  },
});
void controller.restore();
followPage(
  controller,
  {
    window,
    document,
    connection: (navigator as Navigator & { connection?: EventTarget }).connection,
  },
  () => {
    const { phase, calls, user } = store.snapshot();
    return !controller.isLeaving && phase === 'signed-in' && isOnCall(calls.dialogs, user?.extension ?? '');
  },
);

const settings = new SettingsStore();
const sounds = new Sounds(webAudio(), clock, settings.snapshot);
const screen = browserScreen(sayNow, () => document.title);
const isRinging = () => {
  const { calls, user } = store.snapshot();
  return ringing(calls.dialogs, user?.extension ?? '').length > 0;
};
const desk: Desk = {
  settings,
  commands: new Commands(),
  registry: new ShortcutRegistry(),
  sounds,
  notifier: new Notifier(store, clock, screen, sounds, settings.snapshot),
  popOvers: new PopOvers(document),
  idle: new IdleWatch(
    clock,
    () => (store.snapshot().phase === 'signed-in' ? settings.snapshot().idleMinutes : 0),
    isRinging,
  ),
};
store.subscribe(() => desk.idle.changed());
settings.subscribe(() => desk.idle.changed());
for (const input of ['pointermove', 'pointerdown', 'wheel', 'touchstart'])
  window.addEventListener(input, () => desk.idle.input(), { capture: true, passive: true });
window.addEventListener(
  'keydown',
  (event) => {
    if (!desk.idle.key(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

if (import.meta.env.PROD)
  keepPage(import.meta.env.BASE_URL, {
    workers: 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
    isWanted: async () => (await fetchConfig()).serviceWorker,
    schedule: (run, ms) => void setTimeout(run, ms),
    random: Math.random,
    log: (line) => log.add(`${new Date(clock.now()).toISOString()}: : ${line}`),
    loadParts: () => loadLaterParts(document),
  });

void languageLoaded.then(() =>
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MessagesProvider>
        <DeskProvider desk={desk}>
          <Part>
            <App store={store} controller={controller} />
          </Part>
        </DeskProvider>
      </MessagesProvider>
    </StrictMode>,
  ),
);
