import { useEffect, useSyncExternalStore } from 'react';
import { I18nProvider } from 'react-aria-components';
import { DesktopProvider } from './desktop-context.tsx';
import { useMessages } from './messages/index.tsx';
import { Agent } from './pages/agent.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Layers } from './parts/layers.tsx';
import type { DesktopController } from './session/controller.ts';
import type { Store } from './session/store.ts';

export function App({ store, controller }: { store: Store; controller: DesktopController }) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const { t, language } = useMessages();
  const signedIn = state.phase === 'signed-in' && state.user !== null;
  useEffect(() => {
    if (!signedIn) document.title = `${t('signIn.title')} – ${t('app.title')}`;
  }, [signedIn, t]);
  return (
    // The library has words of its own.
    <I18nProvider locale={language}>
      <Layers>
        <DesktopProvider store={store} controller={controller}>
          {signedIn ? <Agent /> : <SignIn state={state} controller={controller} />}
        </DesktopProvider>
      </Layers>
    </I18nProvider>
  );
}
