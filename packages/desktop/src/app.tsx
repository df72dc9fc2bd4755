import { useMemo, useSyncExternalStore } from 'react';
import { I18nProvider } from 'react-aria-components';
import { DesktopProvider } from './desktop-context.tsx';
import { useMessages } from './messages/index.tsx';
import { Agent } from './pages/agent.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Layers } from './parts/layers.tsx';
import type { DesktopController } from './session/controller.ts';
import type { DesktopState, Store } from './session/store.ts';

const isSignedIn = ({ phase, user }: DesktopState) => phase === 'signed-in' && user !== null;

export function App({ store, controller }: { store: Store; controller: DesktopController }) {
  const { language } = useMessages();
  const signedIn = useSyncExternalStore(store.subscribe, () => isSignedIn(store.snapshot()));
  // The same element each time: no event draws the whole page.
  const page = useMemo(
    () => (signedIn ? <Agent /> : <SignInNow store={store} controller={controller} />),
    [signedIn, store, controller],
  );
  return (
    // The library has words of its own.
    <I18nProvider locale={language}>
      <Layers>
        <DesktopProvider store={store} controller={controller}>
          {page}
        </DesktopProvider>
      </Layers>
    </I18nProvider>
  );
}

function SignInNow({ store, controller }: { store: Store; controller: DesktopController }) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  return <SignIn state={state} controller={controller} />;
}
