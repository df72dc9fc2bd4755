/** `/desktop/locallog`: the log that this browser has kept (desktop.md D111). */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadPreferredLanguage, MessagesProvider } from './messages/index.tsx';
import { LocalLog } from './pages/local-log.tsx';
import './theme/font.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/desk.css';

void loadPreferredLanguage().then(() =>
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MessagesProvider>
        <LocalLog />
      </MessagesProvider>
    </StrictMode>,
  ),
);
