import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button, Input, Label, Text, TextField } from 'react-aria-components';
import { keep, recall } from '../browser-storage.ts';
import { LANGUAGES, say, useMessages } from '../messages/index.tsx';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState } from '../session/store.ts';

const REMEMBERED = 'poise.signIn';

/** Id and extension of the last sign-in on this computer; the password is never kept. */
function remembered(): { user: string; extension: string } {
  try {
    const { user, extension } = JSON.parse(recall(REMEMBERED) ?? '{}') as Record<string, unknown>;
    return {
      user: typeof user === 'string' ? user : '',
      extension: typeof extension === 'string' ? extension : '',
    };
  } catch {
    return { user: '', extension: '' };
  }
}

export function SignIn({ state, controller }: { state: DesktopState; controller: DesktopController }) {
  const { t, language, choose } = useMessages();
  const [fields, setFields] = useState(() => ({ ...remembered(), password: '' }));
  const errorBox = useRef<HTMLParagraphElement>(null);
  const busy = state.phase === 'signing-in';
  const complete = fields.user.trim() !== '' && fields.password !== '' && fields.extension.trim() !== '';

  useEffect(() => {
    if (state.error) errorBox.current?.focus();
  }, [state.error]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!complete || busy) return;
    const user = fields.user.trim();
    const extension = fields.extension.trim();
    keep(REMEMBERED, JSON.stringify({ user, extension }));
    void controller.signIn(user, fields.password, extension);
    setFields((f) => ({ ...f, password: '' }));
  };

  const set = (name: keyof typeof fields) => (value: string) => setFields((f) => ({ ...f, [name]: value }));

  return (
    <main className="sign-in">
      <div className="card">
        <header>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="40" height="40" />
          <h1>{t('signIn.title')}</h1>
        </header>
        <form onSubmit={submit} aria-busy={busy}>
          {state.error ? (
            <p className="notice error" role="alert" tabIndex={-1} ref={errorBox}>
              {say(t, state.error)}
            </p>
          ) : state.signedOutBy ? (
            <p className="notice" role="status">
              {t(state.signedOutBy === 'own' ? 'signIn.signedOut' : 'signIn.signedOutByOther')}
            </p>
          ) : null}
          <TextField
            className="field"
            value={fields.user}
            onChange={set('user')}
            isRequired
            isDisabled={busy}
            autoFocus={fields.user === ''}
          >
            <Label>{t('signIn.user')}</Label>
            <Input
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck="false"
              maxLength={255}
            />
          </TextField>
          <TextField
            className="field"
            type="password"
            value={fields.password}
            onChange={set('password')}
            isRequired
            isDisabled={busy}
            autoFocus={fields.user !== ''}
          >
            <Label>{t('signIn.password')}</Label>
            <Input name="password" autoComplete="current-password" maxLength={1024} />
          </TextField>
          <TextField
            className="field"
            value={fields.extension}
            onChange={set('extension')}
            isRequired
            isDisabled={busy}
          >
            <Label>{t('signIn.extension')}</Label>
            <Input name="extension" inputMode="tel" autoComplete="off" maxLength={64} />
            <Text slot="description" className="hint">
              {t('signIn.extension.hint')}
            </Text>
          </TextField>
          <Button className="button primary" type="submit" isDisabled={!complete || busy}>
            {t(busy ? 'signIn.progress' : 'signIn.submit')}
          </Button>
          <p role="status" className={busy && state.waitingForServer ? 'notice' : 'visually-hidden'}>
            {busy ? t(state.waitingForServer ? 'signIn.serverWait' : 'signIn.progress') : ''}
          </p>
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
    </main>
  );
}
