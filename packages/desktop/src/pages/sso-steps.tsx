/** Sign-in where an identity provider has a part in it: who, then how, then the extension (desktop.md D7). */
import { platformClock } from '@poise/client';
import { keep } from '@poise/pages';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { browserSafe } from '../desk/browser-safe.ts';
import { useMessages } from '../messages/index.tsx';
import { FormField } from '../parts/form-field.tsx';
import { type Draft, REMEMBERED, remembered, SignInForm, SignInNotice } from '../parts/sign-in-form.tsx';
import { fetchUserAuthMode } from '../session/auth-mode.ts';
import type { DesktopController } from '../session/controller.ts';
import { SsoSession } from '../session/sso-session.ts';
import type { DesktopState, Sentence } from '../session/store.ts';

interface Props {
  readonly mode: 'SSO' | 'HYBRID';
  readonly state: DesktopState;
  readonly controller: DesktopController;
  readonly draft: Draft;
  readonly drafted: (draft: Draft) => void;
  /** There is a form: who signs in has something to do here. */
  readonly drawn: () => void;
}

/** - `waiting`: what the provider gave is fetched, or the page leaves for it */
type Step =
  | { at: 'waiting' }
  | { at: 'who' }
  | { at: 'password'; user: string }
  | { at: 'signed on'; user: string };

const sessionOf = (controller: DesktopController): SsoSession =>
  controller.sso(
    (store) =>
      new SsoSession(store, platformClock, {
        origin: location.origin,
        fetch: (...request) => fetch(...request),
        storage: sessionStorage,
        safe: browserSafe,
        newName: () => crypto.randomUUID(),
        go: (path) => location.assign(path),
        handedOver: () => controller.handedTokens(),
      }),
  );

export default function SsoSteps({ mode, state, controller, draft, drafted, drawn }: Props) {
  const { t, language } = useMessages();
  const [sso] = useState(() => sessionOf(controller));
  const [step, setStep] = useState<Step>({ at: 'waiting' });
  const [problem, setProblem] = useState<Sentence | null>(null);
  const wasSignedOut = useRef(state.signedOutBy !== null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page that is shown
  useEffect(() => {
    let isGone = false;
    void sso.take().then((wrong) => {
      if (isGone) return;
      const user = sso.user;
      if (user !== null) {
        setStep({ at: 'signed on', user });
        const seat = sso.takeSeat();
        if (seat !== null) void controller.signOn(seat.extension, seat.mobile, seat.by);
      } else if (mode === 'SSO' && wrong === null && !wasSignedOut.current) sso.login('', language);
      else {
        setProblem(wrong);
        setStep({ at: 'who' });
      }
    });
    return () => {
      isGone = true;
    };
  }, []);

  const again = () => {
    sso.clear();
    setProblem(null);
    setStep({ at: 'who' });
  };
  const somebodyElse = (
    <button type="button" className="link" onClick={again} disabled={state.phase === 'signing-in'}>
      {t('signIn.otherUser')}
    </button>
  );

  switch (step.at) {
    case 'waiting':
      return (
        <p className="hint" role="status">
          {t('signIn.sso.going')}
        </p>
      );
    case 'who':
      return (
        <Who
          mode={mode}
          state={problem === null ? state : { ...state, error: problem }}
          draft={draft}
          drafted={drafted}
          drawn={drawn}
          known={(user) => setStep({ at: 'password', user })}
          leave={(user) => {
            setStep({ at: 'waiting' });
            sso.login(user, language);
          }}
        />
      );
    case 'password':
      return (
        <SignInForm
          state={state}
          controller={controller}
          draft={draft}
          drafted={drafted}
          drawn={drawn}
          user={step.user}
        >
          {somebodyElse}
        </SignInForm>
      );
    case 'signed on':
      return (
        <SignInForm
          state={state}
          controller={controller}
          draft={draft}
          drafted={drafted}
          drawn={drawn}
          user={step.user}
          isSignedOn
        >
          {somebodyElse}
        </SignInForm>
      );
  }
}

interface WhoProps {
  readonly mode: 'SSO' | 'HYBRID';
  readonly state: DesktopState;
  readonly draft: Draft;
  readonly drafted: (draft: Draft) => void;
  readonly drawn: () => void;
  readonly known: (user: string) => void;
  readonly leave: (user: string) => void;
}

/** The name alone; of a system where all sign in at the provider not even that. */
function Who({ mode, state, draft, drafted, drawn, known, leave }: WhoProps) {
  const { t } = useMessages();
  const [before] = useState(remembered);
  const { user } = draft;
  // Who was at the password already must not go on with it where everybody reads along.
  const [wasBelow] = useState(draft.at === 'below');
  const [isAsking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Sentence | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const notice = useRef<HTMLParagraphElement>(null);
  useEffect(drawn, [drawn]);
  const shown = failure === null ? state : { ...state, error: failure };
  useEffect(() => {
    if (shown.error !== null) notice.current?.focus();
  }, [shown.error]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = user.trim();
    if (mode === 'SSO') return leave('');
    if (name === '' || isAsking) return;
    setAsking(true);
    const own = await fetchUserAuthMode(name);
    setAsking(false);
    if (own === null) return setFailure({ key: 'error.unreachable' });
    keep(REMEMBERED, JSON.stringify({ ...before, user: name }));
    if (own === 'SSO') leave(name);
    else known(name);
  };

  return (
    <form onSubmit={(event) => void submit(event)} aria-busy={isAsking}>
      <SignInNotice state={shown} notice={notice} />
      {mode === 'SSO' ? null : (
        <FormField
          label={t('signIn.user')}
          value={user}
          onChange={(value) => drafted({ ...draft, user: value, at: 'user' })}
          error={null}
          isReadOnly={isAsking}
          autoFocus={!wasBelow}
          inputRef={input}
          input={{
            name: 'username',
            autoComplete: 'username',
            autoCapitalize: 'none',
            spellCheck: 'false',
            maxLength: 255,
          }}
        />
      )}
      <Button
        className="button primary"
        type="submit"
        autoFocus={mode === 'SSO' || wasBelow}
        isDisabled={mode !== 'SSO' && user.trim() === ''}
        aria-disabled={isAsking}
      >
        {t(mode === 'SSO' ? 'signIn.sso' : 'signIn.continue')}
      </Button>
    </form>
  );
}
