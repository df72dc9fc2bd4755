/** `/desktop/locallog`: the log that this browser has kept (desktop.md D111). */
import '@poise/pages/theme';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadPreferredLanguage, MessagesProvider } from './messages/index.tsx';
import { LocalLog } from './pages/local-log.tsx';
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
