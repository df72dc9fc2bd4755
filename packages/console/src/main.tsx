import '@poise/pages/theme';
import { StrictMode, useLayoutEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadPreferredLanguage, MessagesProvider, useMessages } from './messages/index.tsx';
import './console.css';

/** The landmark of dialogs speaks the language of the page, too. */
function LayersName() {
  const { t } = useMessages();
  useLayoutEffect(() => document.getElementById('layers')?.setAttribute('aria-label', t('app.layers')), [t]);
  return null;
}

void loadPreferredLanguage().then(() =>
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MessagesProvider>
        <LayersName />
        <App />
      </MessagesProvider>
    </StrictMode>,
  ),
);
