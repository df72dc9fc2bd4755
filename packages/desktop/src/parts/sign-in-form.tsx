import { keep, recall } from '@poise/pages';
import { type FormEvent, type ReactNode, type Ref, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { DesktopController } from '../session/controller.ts';
import {
  fetchMobileOffer,
  isDialable,
  type MobileSignIn,
  mobileAgentOf,
  NOT_MOBILE,
  readMobile,
} from '../session/mobile-sign-in.ts';
import { fieldOf } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';
import { RetryNotice } from './before-sign-in.tsx';
import { FormField } from './form-field.tsx';
import { MobileFields } from './mobile-fields.tsx';

const SIGNED_OUT = {
  own: 'signIn.signedOut',
  supervisor: 'signIn.signedOutBySupervisor',
  other: 'signIn.signedOutByOther',
  loss: 'signIn.signedOutByLoss',
  expiry: 'signIn.signedOutByExpiry',
} as const;

export const REMEMBERED = 'poise.signIn';

/** Id, extension and phone of the last sign-in on this computer; the password is never kept. */
export function remembered(): { user: string; extension: string; mobile: MobileSignIn } {
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

/** What went wrong, or how the last session ended; it can have the focus, so that it is read out. */
export function SignInNotice({
  state,
  isHidden = false,
  notice,
}: {
  state: Pick<DesktopState, 'error' | 'signedOutBy' | 'signedOutReason'>;
  /** A field says it. */
  isHidden?: boolean;
  notice: Ref<HTMLParagraphElement>;
}) {
  const { t } = useMessages();
  if (state.error)
    return isHidden ? null : (
      <p className="notice error" role="alert" tabIndex={-1} ref={notice}>
        <Phrase sentence={state.error} />
      </p>
    );
  return state.signedOutBy ? (
    <p className="notice" role="status" tabIndex={-1} ref={notice}>
      {t(SIGNED_OUT[state.signedOutBy])}
      {state.signedOutReason ? (
        <>
          {' '}
          <Phrase sentence={{ key: 'signIn.reason', values: { reason: state.signedOutReason } }} />
        </>
      ) : null}
    </p>
  ) : null;
}

/**
 * What has been typed before it is known how this agent signs in: who gets another form goes on where he was. Not the password: its
 * beginning could not be told from a whole one.
 */
export interface Draft {
  readonly user: string;
  readonly extension: string;
  readonly mobile: MobileSignIn;
  /** Where was typed last; null: nowhere yet. */
  readonly at: 'user' | 'below' | null;
}

export interface SignInFormProps {
  readonly state: DesktopState;
  readonly controller: DesktopController;
  readonly draft: Draft;
  readonly drafted: (draft: Draft) => void;
  /** The form is there. */
  readonly drawn: () => void;
  /** Who signs in, where that is settled; default: a field asks. */
  readonly user?: string;
  /** Of a user of single sign-on: no password is asked for. */
  readonly isSignedOn?: boolean;
  /** Below the button. */
  readonly children?: ReactNode;
}

/** Name, password, extension and phone; or what of it is still to be told (desktop.md D2, D6, D7). */
export function SignInForm({
  state,
  controller,
  draft,
  drafted,
  drawn,
  user: settledUser,
  isSignedOn = false,
  children,
}: SignInFormProps) {
  const { t } = useMessages();
  const [fields, setFields] = useState({
    user: settledUser ?? draft.user,
    password: '',
    extension: draft.extension,
  });
  const [beginsWithUser] = useState(settledUser === undefined && (draft.user === '' || draft.at === 'user'));
  const [mobileChosen, setMobile] = useState(draft.mobile);
  /** Null: the server has not been heard; the room is kept meanwhile. */
  const [offersMobile, setOffersMobile] = useState<boolean | null>(null);
  useEffect(() => void fetchMobileOffer().then(setOffersMobile), []);
  useEffect(drawn, [drawn]);
  /** A number of the phone that nobody can dial. */
  const [refused, setRefused] = useState<string | null>(null);
  const dialNumber = useRef<HTMLInputElement>(null);
  const mobile = offersMobile === false ? NOT_MOBILE : mobileChosen;
  const notice = useRef<HTMLParagraphElement>(null);
  const inputs = {
    user: useRef<HTMLInputElement>(null),
    password: useRef<HTMLInputElement>(null),
    extension: useRef<HTMLInputElement>(null),
  };
  const busy = state.phase === 'signing-in';
  const complete =
    fields.user.trim() !== '' &&
    (isSignedOn || fields.password !== '') &&
    fields.extension.trim() !== '' &&
    (!mobile.isOn || mobile.dialNumber.trim() !== '');
  const blamed = state.error ? fieldOf(state.error) : null;
  const wrong = blamed === 'password' && isSignedOn ? null : blamed;

  // A wrong password is typed anew; what else was wrong has nothing to do with it.
  useEffect(() => {
    if (wrong === 'password') setFields((f) => ({ ...f, password: '' }));
  }, [wrong]);

  // The focus goes to where something is to be mended, else to the message: either way it is read out.
  // biome-ignore lint/correctness/useExhaustiveDependencies: refs do not change
  useEffect(() => {
    if (state.error) {
      (wrong ? inputs[wrong] : notice).current?.focus();
    } else if (state.signedOutBy !== null && state.signedOutBy !== 'own') notice.current?.focus();
  }, [state.error, state.signedOutBy]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!complete || busy) return;
    if (mobile.isOn && !isDialable(mobile.dialNumber)) {
      setRefused(mobile.dialNumber);
      dialNumber.current?.focus();
      return;
    }
    const user = fields.user.trim();
    const extension = fields.extension.trim();
    keep(REMEMBERED, JSON.stringify({ user, extension, mobile }));
    const phone = mobileAgentOf(mobile) ?? undefined;
    if (isSignedOn) void controller.signOn(extension, phone);
    else void controller.signIn(user, fields.password, extension, phone);
  };

  const field = (name: keyof typeof fields) => ({
    label: t(`signIn.${name}`),
    value: fields[name],
    onChange: (value: string) => {
      setFields((f) => ({ ...f, [name]: value }));
      if (settledUser !== undefined) return;
      if (name === 'password') drafted({ ...draft, at: 'below' });
      else drafted({ ...draft, [name]: value, at: name === 'user' ? 'user' : 'below' });
    },
    error: state.error && wrong === name ? <Phrase sentence={state.error} /> : null,
    // Not disabled while the server is asked: the focus stays where it is.
    isReadOnly: busy,
    inputRef: inputs[name],
  });

  return (
    <form onSubmit={submit} aria-busy={busy}>
      <SignInNotice state={state} isHidden={wrong !== null} notice={notice} />
      {state.retry ? <RetryNotice retry={state.retry} controller={controller} /> : null}
      <FormField
        {...field('user')}
        isReadOnly={busy || settledUser !== undefined}
        autoFocus={beginsWithUser}
        input={{
          name: 'username',
          autoComplete: 'username',
          autoCapitalize: 'none',
          spellCheck: 'false',
          maxLength: 255,
        }}
      />
      {isSignedOn ? null : (
        <FormField
          {...field('password')}
          type="password"
          autoFocus={!beginsWithUser}
          input={{ name: 'password', autoComplete: 'current-password', maxLength: 1024 }}
        />
      )}
      <FormField
        {...field('extension')}
        autoFocus={isSignedOn}
        hint={t(mobile.isOn ? 'signIn.extension.mobileHint' : 'signIn.extension.hint')}
        input={{ name: 'extension', inputMode: 'tel', autoComplete: 'off', maxLength: 64 }}
      />
      {offersMobile === false ? null : (
        <div className="mobile" data-unknown={offersMobile === null || undefined}>
          <MobileFields
            value={mobile}
            onChange={(value) => {
              setMobile(value);
              if (settledUser === undefined) drafted({ ...draft, mobile: value, at: 'below' });
            }}
            isReadOnly={busy}
            isWrong={refused !== null && refused === mobile.dialNumber}
            inputRef={dialNumber}
          />
        </div>
      )}
      <Button className="button primary" type="submit" isDisabled={!complete && !busy} aria-disabled={busy}>
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
      {children}
    </form>
  );
}
