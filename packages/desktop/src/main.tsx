import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { MessagesProvider } from './messages/index.tsx';
import { DesktopController } from './session/controller.ts';
import { Store } from './session/store.ts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/sign-in.css';
import './theme/desktop.css';
import './theme/calls.css';

const store = new Store();
const controller = new DesktopController(store, location.origin);
// Leaving the page says goodbye, so that the server need not wait for silence.
addEventListener('pagehide', () => controller.close());

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MessagesProvider>
      <App store={store} controller={controller} />
    </MessagesProvider>
  </StrictMode>,
);
