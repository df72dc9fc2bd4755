import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { keep, recall } from '../browser-storage.ts';
import { LANGUAGES, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { AskTakeOver, LogonMessage, RetryNotice, useConfig } from '../parts/before-sign-in.tsx';
import { FormField } from '../parts/form-field.tsx';
import { MobileFields } from '../parts/mobile-fields.tsx';
import type { DesktopController } from '../session/controller.ts';
import {
  fetchMobileOffer,
  type MobileSignIn,
  mobileAgentOf,
  NOT_MOBILE,
  readMobile,
} from '../session/mobile-sign-in.ts';
import { fieldOf } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';

const SIGNED_OUT = {
  own: 'signIn.signedOut',
  other: 'signIn.signedOutByOther',
  loss: 'signIn.signedOutByLoss',
} as const;

const REMEMBERED = 'poise.signIn';

/** Id, extension and phone of the last sign-in on this computer; the password is never kept. */
function remembered(): { user: string; extension: string; mobile: MobileSignIn } {
  try {
    const { user, extension, mobile } = JSON.parse(recall(REMEMBERED) ?? '{}') as Record<string, unknown>;
    return {
      user: typeof user === 'string' ? user : '',
      extension: typeof extension === 'string' ? extension : '',
      mobile: readMobile(mobile),
    };
  } catch {
    return { user: '', extension: '', mobile: NOT_MOBILE };
  }
}

export function SignIn({ state, controller }: { state: DesktopState; controller: DesktopController }) {
  const { t, language, choose } = useMessages();
  const [{ mobile: mobileBefore, ...idBefore }] = useState(remembered);
  const [fields, setFields] = useState({ ...idBefore, password: '' });
  const [mobileChosen, setMobile] = useState(mobileBefore);
  /** Null: the server has not been heard; the room is kept meanwhile. */
  const [offersMobile, setOffersMobile] = useState<boolean | null>(null);
  useEffect(() => void fetchMobileOffer().then(setOffersMobile), []);
  const mobile = offersMobile === false ? NOT_MOBILE : mobileChosen;
  const config = useConfig();
  useEffect(() => controller.setRetryRule(config.retry), [controller, config]);
  const notice = useRef<HTMLParagraphElement>(null);
  const inputs = {
    user: useRef<HTMLInputElement>(null),
    password: useRef<HTMLInputElement>(null),
    extension: useRef<HTMLInputElement>(null),
  };
  const busy = state.phase === 'signing-in';
  const complete =
    fields.user.trim() !== '' &&
    fields.password !== '' &&
    fields.extension.trim() !== '' &&
    (!mobile.isOn || mobile.dialNumber.trim() !== '');
  const wrong = state.error ? fieldOf(state.error) : null;

  // The focus goes to where something is to be mended, else to the message: either way it is read out.
  // biome-ignore lint/correctness/useExhaustiveDependencies: refs do not change
  useEffect(() => {
    if (state.error) {
      const field = fieldOf(state.error);
      (field ? inputs[field] : notice).current?.focus();
    } else if (state.signedOutBy === 'other' || state.signedOutBy === 'loss') notice.current?.focus();
  }, [state.error, state.signedOutBy]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!complete || busy) return;
    const user = fields.user.trim();
    const extension = fields.extension.trim();
    keep(REMEMBERED, JSON.stringify({ user, extension, mobile }));
    void controller.signIn(user, fields.password, extension, mobileAgentOf(mobile) ?? undefined);
    setFields((f) => ({ ...f, password: '' }));
  };

  const field = (name: keyof typeof fields) => ({
    label: t(`signIn.${name}`),
    value: fields[name],
    onChange: (value: string) => setFields((f) => ({ ...f, [name]: value })),
    error: state.error && wrong === name ? <Phrase sentence={state.error} /> : null,
    // Not disabled while the server is asked: the focus stays where it is.
    isReadOnly: busy,
    inputRef: inputs[name],
  });

  return (
    <main className="sign-in">
      <div className="card">
        <header>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="40" height="40" />
          <div>
            <p className="product">{t('app.title')}</p>
            <h1>{t('signIn.title')}</h1>
          </div>
        </header>
        {state.otherTab ? <AskTakeOver controller={controller} /> : null}
        <form onSubmit={submit} aria-busy={busy}>
          {state.error && !wrong ? (
            <p className="notice error" role="alert" tabIndex={-1} ref={notice}>
              <Phrase sentence={state.error} />
            </p>
          ) : state.signedOutBy ? (
            <p className="notice" role="status" tabIndex={-1} ref={notice}>
              {t(SIGNED_OUT[state.signedOutBy])}
              {state.signedOutReason ? (
                <>
                  {' '}
                  <Phrase sentence={{ key: 'signIn.reason', values: { reason: state.signedOutReason } }} />
                </>
              ) : null}
            </p>
          ) : null}
          {state.retry ? <RetryNotice retry={state.retry} controller={controller} /> : null}
          <FormField
            {...field('user')}
            autoFocus={fields.user === ''}
            input={{
              name: 'username',
              autoComplete: 'username',
              autoCapitalize: 'none',
              spellCheck: 'false',
              maxLength: 255,
            }}
          />
          <FormField
            {...field('password')}
            type="password"
            autoFocus={fields.user !== ''}
            input={{ name: 'password', autoComplete: 'current-password', maxLength: 1024 }}
          />
          <FormField
            {...field('extension')}
            hint={t(mobile.isOn ? 'signIn.extension.mobileHint' : 'signIn.extension.hint')}
            input={{ name: 'extension', inputMode: 'tel', autoComplete: 'off', maxLength: 64 }}
          />
          {offersMobile === false ? null : (
            <div className="mobile" data-unknown={offersMobile === null || undefined}>
              <MobileFields value={mobile} onChange={setMobile} isReadOnly={busy} />
            </div>
          )}
          <Button
            className="button primary"
            type="submit"
            isDisabled={!complete && !busy}
            aria-disabled={busy}
          >
            {t(busy ? 'signIn.progress' : 'signIn.submit')}
          </Button>
          <p role="status" className={busy && state.waitingForServer ? 'notice' : 'visually-hidden'}>
            {busy ? t(state.waitingForServer ? 'signIn.serverWait' : 'signIn.progress') : ''}
          </p>
          {busy && state.waitingForServer ? (
            <Button className="button" onPress={() => controller.leave()}>
              {t('signIn.waitStop')}
            </Button>
          ) : null}
          {busy && mobile.isOn && mobile.mode === 'NAILED_CONNECTION' ? (
            <p className="notice" role="status">
              {t('signIn.mobile.answer')}
            </p>
          ) : null}
        </form>
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
