import { FormField } from '@poise/pages';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Api, Refusal, type Session } from '../api.ts';
import { sentenceOf } from '../context.tsx';
import { LANGUAGES, type MessageKey, useMessages } from '../messages/index.tsx';

export function SignInPage({
  title = 'signIn.title',
  children,
}: {
  title?: MessageKey;
  children: ReactNode;
}) {
  const { t, language, choose } = useMessages();
  useEffect(() => {
    document.title = `${t(title)} – ${t('app.title')}`;
  }, [t, title]);
  return (
    <main className="sign-in">
      <div className="card">
        <header>
          <div>
            <p className="product">{t('app.title')}</p>
            <h1>{t(title)}</h1>
          </div>
        </header>
        {children}
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

export function SignInForm({
  api,
  user: known,
  told,
  onSignedIn,
}: {
  api: Api;
  user: string;
  told: string | null;
  onSignedIn: (session: Session) => void;
}) {
  const { t } = useMessages();
  const [user, setUser] = useState(known);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = { user: useRef<HTMLInputElement>(null), password: useRef<HTMLInputElement>(null) };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || user.trim() === '' || password === '') return;
    setBusy(true);
    try {
      onSignedIn(await api.signIn(user.trim(), password));
    } catch (error) {
      const code = error instanceof Refusal ? error.code : '';
      setProblem(
        code === 'CREDENTIALS'
          ? t('signIn.credentials')
          : code === 'LOCKED'
            ? t('signIn.locked')
            : sentenceOf(t, error),
      );
      setPassword('');
      input.password.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} aria-busy={isBusy}>
      {told !== null && problem === null ? <p className="notice">{told}</p> : null}
      <FormField
        label={t('signIn.user')}
        value={user}
        onChange={setUser}
        error={null}
        autoFocus={known === ''}
        input={{
          name: 'username',
          autoComplete: 'username',
          autoCapitalize: 'none',
          spellCheck: 'false',
          maxLength: 255,
        }}
        inputRef={input.user}
      />
      <FormField
        label={t('signIn.password')}
        type="password"
        value={password}
        onChange={setPassword}
        error={problem}
        autoFocus={known !== ''}
        input={{ name: 'password', autoComplete: 'current-password', maxLength: 1024 }}
        inputRef={input.password}
      />
      <Button
        className="button primary"
        type="submit"
        isDisabled={(user.trim() === '' || password === '') && !isBusy}
      >
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
