import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { LANGUAGES, useMessages } from '../messages/index.tsx';
import { AskTakeOver, LogonMessage, ServerNotice, useServer } from '../parts/before-sign-in.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import { SignInForm } from '../parts/sign-in-form.tsx';
import { rememberAuthMode, rememberedAuthMode } from '../session/auth-mode.ts';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState } from '../session/store.ts';

const SsoSteps = lazy(() => import('./sso-steps.tsx'));

export function SignIn({ state: told, controller }: { state: DesktopState; controller: DesktopController }) {
  const { t, language, choose } = useMessages();
  const { config, status, isMended } = useServer(told.error);
  // What was wrong with the server is over.
  const state = isMended ? { ...told, error: null } : told;
  useEffect(() => controller.setRetryRule(config.retry), [controller, config]);
  const [before] = useState(rememberedAuthMode);
  const mode = config.authMode ?? before;
  useEffect(() => {
    if (config.authMode !== null) rememberAuthMode(config.authMode);
  }, [config.authMode]);

  // The page was loaded anew while its node is down, and goes on by itself.
  if (state.phase === 'signing-in' && state.link !== 'up')
    return (
      <>
        <ConnectionBanner state={state} controller={controller} />
        <main className="sign-in">
          <div className="card">
            <SignInHead />
            <div className="waits">
              <p>{t('signIn.waitsForNode')}</p>
              <Button className="button" onPress={() => controller.leave()}>
                {t('signIn.waitStop')}
              </Button>
            </div>
          </div>
        </main>
      </>
    );

  return (
    <main className="sign-in">
      {/* Who waits for the server, or has just heard it, need not be told twice. */}
      <ServerNotice status={state.phase === 'signing-in' || state.error !== null ? 'unknown' : status} />
      <div className="card">
        <SignInHead />
        {state.otherTab ? <AskTakeOver controller={controller} /> : null}
        {mode === 'NON_SSO' ? (
          <SignInForm state={state} controller={controller} />
        ) : (
          <Suspense fallback={<p className="hint">{t('signIn.progress')}</p>}>
            <SsoSteps mode={mode} state={state} controller={controller} />
          </Suspense>
        )}
        <nav className="languages" aria-label={t('language.label')}>
          {Object.entries(LANGUAGES).map(([code, { name }]) => (
            <button
              key={code}
              type="button"
              className="link"
              lang={code}
              aria-pressed={language === code}
              onClick={() => choose(code)}
            >
              {name}
            </button>
          ))}
        </nav>
      </div>
      {config.banner ? <p className="sign-in-banner">{config.banner}</p> : null}
      {config.logonMessage ? <LogonMessage text={config.logonMessage} /> : null}
    </main>
  );
}

function SignInHead() {
  const { t } = useMessages();
  return (
    <header>
      <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="40" height="40" />
      <div>
        <p className="product">{t('app.title')}</p>
        <h1>{t('signIn.title')}</h1>
      </div>
    </header>
  );
}
