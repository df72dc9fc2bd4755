/** Settings that are in force from the next start on, and what fixes a field. */
import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { CtiTest } from '../api.ts';
import { withFixed } from '../checks.ts';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { en, type MessageKey, named, type Translate, useMessages } from '../messages/index.tsx';
import type { Field, Item, Json } from '../schema.ts';
import { Editor } from './editor.tsx';

interface FixedField {
  readonly field: string;
  readonly origin: 'file' | 'environment' | 'command';
  readonly source: string;
}

const fixedIn = (stored: Item): readonly FixedField[] => (stored.fixed ?? []) as unknown as FixedField[];
const waitingIn = (stored: Item): readonly string[] => (stored.waiting ?? []) as readonly string[];
const shown = (t: Translate, value: Json | undefined): string =>
  value === '' || value === null || value === undefined ? t('settings.nothing') : String(value);

/** What is fixed elsewhere can be read here. */
const fieldsOf = (fields: readonly Field[], stored: Item): readonly Field[] =>
  withFixed(fields, new Set(fixedIn(stored).map(({ field }) => field)));

function hintsOf(t: Translate, name: string, stored: Item): Readonly<Record<string, string>> {
  const hints: Record<string, string[]> = {};
  const add = (field: string, text: string) => {
    hints[field] = [...(hints[field] ?? []), text];
  };
  if (name === 'cti') {
    add('host', t('settings.sideA'));
    add('backupHost', t('settings.sideB'));
  }
  if (name === 'enterpriseDatabase')
    add('password', t(stored.passwordSet === true ? 'settings.passwordSet' : 'settings.passwordNone'));
  const inForce = (stored.inForce ?? {}) as Item;
  for (const field of waitingIn(stored)) {
    if (field === 'password' || field === 'passwordSet') add('password', t('settings.passwordWaits'));
    else add(field, t('settings.waits', { value: shown(t, inForce[field]) }));
  }
  for (const { field, origin, source } of fixedIn(stored)) add(field, t(`settings.by.${origin}`, { source }));
  return Object.fromEntries(Object.entries(hints).map(([field, texts]) => [field, texts.join(' ')]));
}

export function SettingsPage({ name }: { name: string }) {
  const { api } = useConsole();
  const { t } = useMessages();
  const path = `settings/${name}`;
  const { value, error } = useLoaded(() => api.get(path), path);
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  return (
    <Editor
      key={name}
      collection={name}
      path={path}
      id=""
      list=""
      read={value}
      fieldsOf={fieldsOf}
      hintsOf={(stored) => hintsOf(t, name, stored)}
      notes={(stored) => (
        <div className="settings-notes">
          <p className="hint">{t(`settings.about.${name}` as MessageKey)}</p>
          <p className="notice" role="status">
            {waitingIn(stored).length === 0
              ? t('settings.note')
              : t('settings.waiting', {
                  fields: waitingIn(stored)
                    .map((field) => named(t, 'f', field))
                    .join(', '),
                })}
          </p>
        </div>
      )}
      extra={name === 'cti' ? (item) => <CtiTests item={item} /> : undefined}
    />
  );
}

/** Asks the sides as they are typed; nothing is saved. */
function CtiTests({ item }: { item: Item }) {
  const { api } = useConsole();
  const { t } = useMessages();
  const [told, setTold] = useState<{ readonly text: string; readonly isGood: boolean } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const turn = useRef(0);
  const ask = async (host: Json | undefined, port: Json | undefined) => {
    const mine = ++turn.current;
    const place = `${String(host)}:${String(port)}`;
    setBusy(true);
    setTold({ text: t('ctiTest.asking', { place }), isGood: true });
    let next: typeof told;
    try {
      const side = { host: host ?? '', port: port ?? null, peripheralId: item.peripheralId ?? null };
      const test = await api.testCti(side);
      next = { text: sentence(t, test, place), isGood: test.ok };
    } catch (error) {
      next = { text: sentenceOf(t, error), isGood: false };
    }
    // Whoever asked again meanwhile waits for that.
    if (mine !== turn.current) return;
    setTold(next);
    setBusy(false);
  };
  return (
    <section className="cti-tests" aria-label={t('ctiTest.title')}>
      <div className="buttons">
        <Button className="button" isDisabled={isBusy} onPress={() => void ask(item.host, item.port)}>
          {t('ctiTest.sideA')}
        </Button>
        <Button
          className="button"
          isDisabled={isBusy || item.backupHost === ''}
          onPress={() => void ask(item.backupHost, item.backupPort)}
        >
          {t('ctiTest.sideB')}
        </Button>
      </div>
      <div role="status">
        {told === null ? null : <p className={told.isGood ? 'notice' : 'notice error'}>{told.text}</p>}
      </div>
    </section>
  );
}

function sentence(t: Translate, { code, text, detail }: CtiTest, place: string): string {
  const key = `ctiTest.${code}`;
  // Why a session was refused, or a host not reached, is said by the server alone.
  const isKnown = Object.hasOwn(en, key);
  return isKnown ? t(key as MessageKey, { place, detail }) : text;
}
