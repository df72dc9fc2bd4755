import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { Api } from './api.ts';
import { ConsoleContext, sentenceOf, useConsole } from './context.tsx';
import { LANGUAGES, type MessageKey, useMessages } from './messages/index.tsx';
import { CertificatePage } from './pages/certificate.tsx';
import { CollectionPage, ContactsPage } from './pages/collection.tsx';
import { EditorPage, TeamResourcesPage } from './pages/editor.tsx';
import { GadgetFilesPage } from './pages/gadget-files.tsx';
import { LogCasesPage } from './pages/log-cases.tsx';
import { LogsPage } from './pages/logs.tsx';
import { NodesPage } from './pages/nodes.tsx';
import { AuditPage, ConnectedPage, SignOutsPage } from './pages/operation.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { TracePage } from './pages/trace.tsx';
import { AskDialog } from './parts/dialog.tsx';
import { SignInForm, SignInPage } from './parts/sign-in.tsx';
import { Typed } from './parts/typed.tsx';
import type { Schema } from './schema.ts';

const AREAS: readonly (readonly [MessageKey, readonly MessageKey[]])[] = [
  ['nav.centre', ['users', 'teams', 'skillGroups', 'devices', 'dialledNumbers']],
  [
    'nav.desk',
    [
      'notReadyReasons',
      'signOutReasons',
      'wrapUpReasons',
      'phoneBooks',
      'mediaPropertiesLayouts',
      'layouts',
      'gadgetFiles',
      'workflows',
      'workflowActions',
    ],
  ],
  ['nav.settings', ['cti', 'cluster', 'enterpriseDatabase', 'chat']],
  ['nav.operation', ['nodes', 'connected', 'signOuts', 'trace', 'logCases', 'audit', 'certificate', 'logs']],
];

/** Areas that show some of a collection, as the console of the original has them (admin.md A3, A4). */
const PARTS: Readonly<
  Record<string, { readonly collection: string; readonly only: Readonly<Record<string, string>> }>
> = {
  notReadyReasons: { collection: 'reasonCodes', only: { category: 'NOT_READY' } },
  signOutReasons: { collection: 'reasonCodes', only: { category: 'LOGOUT' } },
};

type Phase = 'asking' | 'out' | 'in' | 'expired';

export function App() {
  const { t } = useMessages();
  const [phase, setPhase] = useState<Phase>('asking');
  const [user, setUser] = useState('');
  const [schema, setSchema] = useState<Schema | null>(null);
  const [signIns, setSignIns] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [api] = useState(() => new Api(() => setPhase((now) => (now === 'in' ? 'expired' : now))));

  const begin = useCallback(
    async (name: string) => {
      try {
        setSchema(await api.schema());
        setUser(name);
        setSignIns((before) => before + 1);
        setPhase('in');
      } catch (error) {
        setProblem(sentenceOf(t, error));
        setPhase('out');
      }
    },
    [api, t],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is loaded
  useEffect(() => {
    api.session().then(
      (session) => (session === null ? setPhase('out') : void begin(session.user)),
      () => setPhase('out'),
    );
  }, []);

  if (phase === 'asking') return <main className="sign-in" aria-busy="true" />;
  if (phase === 'out' || schema === null)
    return (
      <SignInPage>
        <SignInForm api={api} user={user} told={problem} onSignedIn={({ user: name }) => void begin(name)} />
      </SignInPage>
    );
  return (
    <Shell
      api={api}
      schema={schema}
      user={user}
      signIns={signIns}
      isExpired={phase === 'expired'}
      onSignedIn={(name) => void begin(name)}
      onSignedOut={() => setPhase('out')}
    />
  );
}

function Shell({
  api,
  schema,
  user,
  signIns,
  isExpired,
  onSignedIn,
  onSignedOut,
}: {
  api: Api;
  schema: Schema;
  user: string;
  signIns: number;
  isExpired: boolean;
  onSignedIn: (user: string) => void;
  onSignedOut: () => void;
}) {
  const { t, language, choose } = useMessages();
  const [address, setAddress] = useState(addressNow);
  const [said, setSaid] = useState('');
  const [wanted, setWanted] = useState<(() => void) | null>(null);
  const dirty = useRef(false);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    const changed = () => {
      setAddress(addressNow());
      dirty.current = false;
    };
    const leaving = (event: BeforeUnloadEvent) => {
      if (dirty.current) event.preventDefault();
    };
    window.addEventListener('hashchange', changed);
    window.addEventListener('beforeunload', leaving);
    return () => {
      window.removeEventListener('hashchange', changed);
      window.removeEventListener('beforeunload', leaving);
    };
  }, []);
  // A new page begins at its heading, for those who see and those who hear. At once: whoever sees the page may press Tab already.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the address changes
  useLayoutEffect(() => {
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [address]);
  const section = address.split('/')[0] as MessageKey;
  useEffect(() => {
    document.title = `${t(section)} – ${t('app.title')}`;
  }, [t, section]);

  const unlessDirty = useCallback((then: () => void) => {
    if (dirty.current) setWanted(() => then);
    else then();
  }, []);
  const value = useMemo(
    () => ({
      api,
      schema,
      signIns,
      go: (to: string) =>
        unlessDirty(() => {
          location.hash = `#/${to}`;
        }),
      setDirty: (isDirty: boolean) => {
        dirty.current = isDirty;
      },
      say: (text: string) => setSaid(text),
    }),
    [api, schema, signIns, unlessDirty],
  );
  const signOut = async () => {
    await api.signOut().catch(() => {});
    onSignedOut();
  };
  return (
    <ConsoleContext value={value}>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {t('app.skip')}
      </button>
      <header className="console-head" inert={isExpired}>
        <strong>{t('app.title')}</strong>
        <label className="visually-hidden" htmlFor="language">
          {t('language.label')}
        </label>
        <select id="language" value={language} onChange={({ target }) => choose(target.value)}>
          {Object.entries(LANGUAGES).map(([code, { name }]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        <Typed>{user}</Typed>
        <Button className="button" onPress={() => unlessDirty(() => void signOut())}>
          {t('signOut')}
        </Button>
      </header>
      <div className="console-body" inert={isExpired}>
        <nav className="areas" aria-label={t('nav.label')}>
          {AREAS.map(([area, sections]) => (
            <section key={area} aria-labelledby={area}>
              <h2 id={area}>{t(area)}</h2>
              <ul>
                {sections.map((name) => (
                  <li key={name}>
                    <a
                      href={`#/${name}`}
                      aria-current={name === section ? 'page' : undefined}
                      onClick={(event) => {
                        event.preventDefault();
                        value.go(name);
                      }}
                    >
                      {t(name)}
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <main id="main" ref={main} tabIndex={-1}>
          <Page key={address} address={address} />
        </main>
      </div>
      <p className="said" role="status">
        {said}
      </p>
      {wanted === null ? null : (
        <AskDialog
          title={t('form.unsaved')}
          yes={t('form.discard')}
          no={t('form.stay')}
          onYes={() => {
            dirty.current = false;
            setWanted(null);
            wanted();
          }}
          onNo={() => setWanted(null)}
        />
      )}
      {isExpired ? (
        <div className="over">
          <SignInPage title="signIn.again">
            <SignInForm
              api={api}
              user={user}
              told={t('signIn.expired', { minutes: String(api.idleMinutes) })}
              onSignedIn={({ user: name }) => onSignedIn(name)}
            />
          </SignInPage>
        </div>
      ) : null}
    </ConsoleContext>
  );
}

const addressNow = (): string => location.hash.replace(/^#\/?/, '') || 'users';

/** Which page stands at an address: `users`, `users/new`, `users/2001`, `teams/1/resources`, `phoneBooks/1/contacts/7`. */
function Page({ address }: { address: string }) {
  const { t } = useMessages();
  const { schema } = useConsole();
  const [section = '', id, below, inner] = address.split('/').map(decodeURIComponent);
  const idOf = (part: string) => (part === 'new' ? undefined : part);
  if (section === 'nodes') return <NodesPage />;
  if (section === 'connected') return <ConnectedPage />;
  if (section === 'signOuts') return <SignOutsPage />;
  if (section === 'trace') return <TracePage kind={id} id={below} />;
  if (section === 'audit') return <AuditPage />;
  if (section === 'certificate') return <CertificatePage />;
  if (section === 'logCases') return <LogCasesPage />;
  if (section === 'logs') return <LogsPage />;
  if (section === 'gadgetFiles') return <GadgetFilesPage />;
  if (!AREAS.some(([, sections]) => (sections as readonly string[]).includes(section)))
    return <p className="notice">{t('refusal.NOT_FOUND')}</p>;
  if (Object.hasOwn(schema.settings, section)) return <SettingsPage name={section} />;
  const { collection, only } = PARTS[section] ?? { collection: section, only: {} };
  const title = t(section as MessageKey);
  if (id === undefined)
    return <CollectionPage collection={collection} address={section} title={title} only={only} />;
  if (section === 'teams' && below === 'resources') return <TeamResourcesPage id={id} />;
  if (section === 'phoneBooks' && below === 'contacts') {
    const path = `phoneBooks/${id}/contacts`;
    return inner === undefined ? (
      <ContactsPage book={id} />
    ) : (
      <EditorPage collection="contacts" path={path} id={idOf(inner)} list={path} />
    );
  }
  return (
    <EditorPage
      collection={collection}
      path={collection}
      id={idOf(id)}
      list={section}
      what={title}
      only={only}
    />
  );
}
