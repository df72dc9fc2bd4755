import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
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
  const passwordInput = useRef<HTMLInputElement>(null);
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || user.trim() === '' || password === '') return;
    setBusy(true);
    try {
      onSignedIn(await api.signIn(user.trim(), password));
    } catch (error) {
      const code = error instanceof Refusal ? error.code : '';
      setProblem(code === 'CREDENTIALS' ? t('signIn.credentials') : sentenceOf(t, error));
      setPassword('');
      passwordInput.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} noValidate aria-busy={isBusy}>
      {told !== null && problem === null ? <p className="notice">{told}</p> : null}
      <div className="field">
        <label htmlFor={`${id}-u`}>{t('signIn.user')}</label>
        <input
          id={`${id}-u`}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={255}
          required
          value={user}
          // biome-ignore lint/a11y/noAutofocus: the page is this form
          autoFocus={known === ''}
          onChange={({ target }) => setUser(target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-p`}>{t('signIn.password')}</label>
        <input
          id={`${id}-p`}
          ref={passwordInput}
          type="password"
          name="password"
          autoComplete="current-password"
          maxLength={1024}
          required
          value={password}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={problem === null ? undefined : `${id}-e`}
          // biome-ignore lint/a11y/noAutofocus: the page is this form
          autoFocus={known !== ''}
          onChange={({ target }) => setPassword(target.value)}
        />
        {problem === null ? null : (
          <span className="field-error" id={`${id}-e`}>
            {problem}
          </span>
        )}
      </div>
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
