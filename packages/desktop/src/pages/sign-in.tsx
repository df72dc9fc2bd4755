import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { LANGUAGES, type MessageKey, useMessages } from '../messages/index.tsx';
import { AskTakeOver, LogonMessage, ServerNotice, useServer } from '../parts/before-sign-in.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import { type Draft, remembered, SignInForm } from '../parts/sign-in-form.tsx';
import { type AuthMode, rememberAuthMode, rememberedAuthMode } from '../session/auth-mode.ts';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState } from '../session/store.ts';

const SsoSteps = lazy(() => import('./sso-steps.tsx'));

export function SignIn({ state: told, controller }: { state: DesktopState; controller: DesktopController }) {
  const { t, language, choose } = useMessages();
  const { config, status, isAsked, isMended } = useServer(told.error);
  // What was wrong with the server is over.
  const state = isMended ? { ...told, error: null } : told;
  useEffect(() => controller.setRetryRule(config.retry), [controller, config]);
  const [before] = useState(rememberedAuthMode);
  // At a first visit the page waits for its server: a form that another one replaces loses what is typed meanwhile.
  const mode = config.authMode ?? before ?? (isAsked ? 'NON_SSO' : null);
  const [draft, setDraft] = useState<Draft>(() => ({ ...remembered(), at: null }));
  useEffect(() => {
    if (config.authMode !== null) rememberAuthMode(config.authMode);
  }, [config.authMode]);

  // A dialog gives the focus back to where it was when the dialog came: the form of this mode, which may be loaded later, is there before it.
  const [drawnMode, setDrawnMode] = useState<AuthMode | null>(null);
  const drawn = useCallback(() => setDrawnMode(mode), [mode]);
  const [hasMessage, setHasMessage] = useState(false);
  useEffect(() => {
    if (config.logonMessage && mode !== null && drawnMode === mode) setHasMessage(true);
  }, [config.logonMessage, drawnMode, mode]);

  // The page was loaded anew while its node is down, and goes on by itself.
  if (state.phase === 'signing-in' && state.link !== 'up')
    return (
      <>
        <ConnectionBanner state={state} controller={controller} />
        <main className="sign-in">
          <div className="card">
            <SignInHead title="signIn.waitTitle" isFocused />
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
        <SignInHead title="signIn.title" />
        {state.otherTab ? <AskTakeOver controller={controller} /> : null}
        {mode === null ? (
          <p className="hint asking" role="status">
            {t('signIn.asking')}
          </p>
        ) : mode === 'NON_SSO' ? (
          <SignInForm state={state} controller={controller} draft={draft} drafted={setDraft} drawn={drawn} />
        ) : (
          <Suspense fallback={<p className="hint">{t('signIn.progress')}</p>}>
            <SsoSteps
              mode={mode}
              state={state}
              controller={controller}
              draft={draft}
              drafted={setDraft}
              drawn={drawn}
            />
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
      {config.logonMessage && hasMessage ? <LogonMessage text={config.logonMessage} /> : null}
    </main>
  );
}

/** @param isFocused what is read and pressed next begins here: there is no field to begin with */
function SignInHead({ title, isFocused = false }: { title: MessageKey; isFocused?: boolean }) {
  const { t } = useMessages();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isFocused) heading.current?.focus({ preventScroll: true });
  }, [isFocused]);
  useEffect(() => {
    document.title = `${t(title)} – ${t('app.title')}`;
  }, [t, title]);
  return (
    <header>
      <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="40" height="40" />
      <div>
        <p className="product">{t('app.title')}</p>
        <h1 ref={heading} {...(isFocused && { tabIndex: -1 })}>
          {t(title)}
        </h1>
      </div>
    </header>
  );
}
