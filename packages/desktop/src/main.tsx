import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { MessagesProvider } from './messages/index.tsx';
import { ClientLog } from './session/client-log.ts';
import { DesktopController } from './session/controller.ts';
import { followPage } from './session/page-events.ts';
import { Store } from './session/store.ts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/sign-in.css';
import './theme/desktop.css';
import './theme/calls.css';
import './theme/supervisor.css';

const store = new Store();
const log = new ClientLog((line) => console.info(line));
const controller = new DesktopController(store, location.origin, { log: (line) => log.add(line) });
followPage(controller, {
  window,
  document,
  connection: (navigator as Navigator & { connection?: EventTarget }).connection,
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MessagesProvider>
      <App store={store} controller={controller} />
    </MessagesProvider>
  </StrictMode>,
);
