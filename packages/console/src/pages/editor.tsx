/** The form of one object: drawn from its description, checked beside the fields, never overwriting what somebody else has changed. */
import { within } from '@poise/pages';
import {
  type FormEvent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Button } from 'react-aria-components';
import { type Api, type FieldFault, Refusal, type Tagged } from '../api.ts';
import { afterSave, differences, faultsOf, nextFree, toSend, withFixed } from '../checks.ts';
import { labelOf, sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { leavesDefaultLayout, withLayout } from '../form/default-layout.ts';
import { faultText } from '../form/fault-text.ts';
import { BEGINNINGS } from '../form/suggestions.ts';
import { Fields } from '../form/value-field.tsx';
import { type MessageKey, named, type Translate, useMessages } from '../messages/index.tsx';
import { ConflictDialog } from '../parts/conflict-dialog.tsx';
import { AskDialog } from '../parts/dialog.tsx';
import { emptyValue, type Field, type Item, newItem, type Schema } from '../schema.ts';

/** With the engine of workflows and the parser of layouts, which no other page needs. */
const DryRun = lazy(async () => ({ default: (await import('./dry-run.tsx')).DryRun }));
const LayoutPreview = lazy(async () => ({ default: (await import('./layout-preview.tsx')).LayoutPreview }));

interface Place {
  /** Of the description, and of the title. */
  readonly collection: string;
  /** In the API. */
  readonly path: string;
  /** Undefined: a new one. */
  readonly id: string | undefined;
  /** Address of the list. */
  readonly list: string;
  /** What the list calls its objects. Default: as the collection does. */
  readonly what?: string;
  /** Values of choices that all of the list have: nothing to ask for. */
  readonly only?: Readonly<Record<string, string>>;
}

type FieldsOf = (fields: readonly Field[], stored: Item) => readonly Field[];

/** Of a code of the system only the label can be changed, and everybody has it. */
const FIXED_BY_SYSTEM = new Set(['code', 'forAll']);
const FIELDS_OF: Readonly<Record<string, FieldsOf>> = {
  reasonCodes: (fields, stored) =>
    stored.systemCode === true
      ? withFixed(
          fields.filter(({ name }) => name !== 'teamIds'),
          FIXED_BY_SYSTEM,
        )
      : fields,
  // There is nothing that the default could leave its place to.
  layouts: (fields, stored) =>
    stored.id === 'default' ? fields.filter(({ name }) => name !== 'useDefault') : fields,
};

export function EditorPage(place: Place) {
  const { api, schema } = useConsole();
  const { t } = useMessages();
  const { id, path } = place;
  const { collection, only = {} } = place;
  const { value, error } = useLoaded<Opened>(
    async () =>
      id === undefined
        ? { read: null, preset: await presetOf(api, schema, collection, only) }
        : { read: await api.get(`${path}/${encodeURIComponent(id)}`), preset: {} },
    `${path}/${id}`,
  );
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  return <Editor key={`${path}/${id}`} {...place} {...value} />;
}

interface Opened {
  /** Null: a new one. */
  readonly read: Tagged | null;
  /** What a new one begins with, beside the defaults. */
  readonly preset: Item;
}

/** A new reason begins with the next code that is free. */
async function presetOf(
  api: Api,
  schema: Schema,
  collection: string,
  only: Readonly<Record<string, string>>,
): Promise<Item> {
  if (collection !== 'reasonCodes') return {};
  const type = schema.resources[collection]?.fields.find(({ name }) => name === 'code')?.value;
  if (type?.type !== 'integer') return {};
  const { items } = await api.list(collection, only);
  return { code: nextFree(new Set(items.map(({ code }) => code)), type) };
}

/** What the server keeps whoever asks: a reason code of the system, the default layout of call variables. */
const isOfTheSystem = (item: Item | undefined): boolean =>
  item?.systemCode === true || item?.isDefault === true;

/** All that one team has, at once. */
export function TeamResourcesPage({ id }: { id: string }) {
  const { api } = useConsole();
  const { t } = useMessages();
  const { value, error } = useLoaded(
    () => Promise.all([api.get(`teams/${id}`), api.get(`teams/${id}/resources`)]),
    id,
  );
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  const [team, resources] = value;
  return (
    <Editor
      key={id}
      collection="resources"
      path={`teams/${id}/resources`}
      id=""
      list="teams"
      read={resources}
      title={String(team.item.name)}
    />
  );
}

/** @param extra what stands below the fields, for what is typed at the moment; `notes` what stands above them */
export function Editor({
  collection,
  path,
  id,
  list,
  what: called,
  only = {},
  read,
  preset = {},
  title,
  fieldsOf = FIELDS_OF[collection] ?? ((own) => own),
  hintsOf = () => ({}),
  notes,
  extra,
}: Place & {
  read: Tagged | null;
  preset?: Item;
  title?: string;
  fieldsOf?: FieldsOf;
  hintsOf?: (stored: Item) => Readonly<Record<string, string>>;
  notes?: (stored: Item) => ReactNode;
  extra?: ((item: Item) => ReactNode) | undefined;
}) {
  const { api, schema, go, setDirty, say } = useConsole();
  const { t } = useMessages();
  const resource = schema.resources[collection];
  const [stored, setStored] = useState(read);
  const isNew = stored === null;
  const fields = fieldsOf(
    (resource ?? schema.settings[collection] ?? schema.teamResources).fields,
    stored?.item ?? {},
  );
  const [item, setItem] = useState<Item>(() => ({
    ...(read === null ? { ...newItem(fields), ...BEGINNINGS[collection], ...only, ...preset } : read.item),
    ...(read !== null &&
      Object.fromEntries(
        fields.filter(({ writeOnly }) => writeOnly).map((f) => [f.name, emptyValue(f.value)]),
      )),
  }));
  const latest = useRef(item);
  latest.current = item;
  const [faults, setFaults] = useState<readonly FieldFault[]>([]);
  /** How often a save was refused. */
  const [refusals, setRefusals] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [conflict, setConflict] = useState<Tagged | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [asksDelete, setAsksDelete] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isReadOnly = item.builtIn === true;
  /** Also of one that was new when the page was opened. */
  const ownId = id ?? (stored === null ? '' : String(stored.item.id));
  const url = ownId === '' ? path : `${path}/${encodeURIComponent(ownId)}`;
  const isSettings = list === '';
  const name = stored === null || isSettings ? '' : labelOf(schema, collection, stored.item);
  const what = called ?? t(collection as MessageKey);
  const heading = isSettings
    ? what
    : title !== undefined
      ? `${what}: ${within(title)}`
      : isNew
        ? t('form.newTitle', { what })
        : `${what}: ${name}`;

  useEffect(() => () => setDirty(false), [setDirty]);
  // The focus goes to the first field that is to be mended: when they are told of, and not while one after the other is mended.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when a save is refused
  useLayoutEffect(() => {
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);

  const change = (next: Item) => {
    setItem(next);
    setDirty(true);
    const changed = Object.keys(next).filter((key) => next[key] !== item[key]);
    if (faults.some(({ field }) => changed.includes(field.split('.')[0] as string)))
      setFaults(faults.filter(({ field }) => !changed.includes(field.split('.')[0] as string)));
    if (leavesDefaultLayout(item, next))
      api.get('layouts/default').then(
        (copied) => setItem((now) => withLayout(now, String(copied.item.xml))),
        (failed) => setProblem(sentenceOf(t, failed)),
      );
  };

  const refuse = (found: readonly FieldFault[]) => {
    setFaults(found);
    setRefusals((before) => before + 1);
  };

  const save = async (etag = stored?.etag ?? '') => {
    const sent = toSend(fields, item, isNew);
    const found = faultsOf(fields, sent, stored?.item);
    if (found.length > 0) {
      refuse(found);
      setProblem(t('form.faults'));
      return;
    }
    setBusy(true);
    try {
      const told = isNew ? await api.create(path, sent) : await api.update(url, sent, etag);
      setDirty(false);
      say(t('form.saved'));
      setProblem(null);
      setConflict(null);
      // A new one goes to its own address, and not from under the hands of who types on.
      if (id === undefined && latest.current === item)
        go(`${list}/${encodeURIComponent(String(told.item.id))}`);
      else {
        setStored(told);
        const isHidden = ({ writeOnly }: Field) => writeOnly === true && (isSettings || isNew);
        const kept = {
          ...told.item,
          ...Object.fromEntries(fields.filter(isHidden).map((f) => [f.name, ''])),
        };
        // What can be said only once was said.
        const settled = Object.fromEntries(
          fields.filter((field) => isNew && field.fixed).map((f) => [f.name, told.item[f.name] ?? null]),
        );
        setItem((now) => ({ ...afterSave(now, item, kept), ...settled }));
        setDirty(latest.current !== item);
      }
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 401) return;
      refuse(error.errors);
      setProblem(error.errors.length > 0 ? t('form.faults') : sentenceOf(t, error));
      if (error.status === 412)
        try {
          setConflict(await api.get(url));
          setProblem(null);
        } catch (gone) {
          setProblem(sentenceOf(t, gone));
        }
    } finally {
      setBusy(false);
    }
  };

  const remove = async () => {
    setAsksDelete(false);
    try {
      await api.remove(url, stored?.etag ?? '*');
      setDirty(false);
      say(t('form.deleted'));
      go(list);
    } catch (error) {
      setProblem(sentenceOf(t, error));
      if (!(error instanceof Refusal) || error.status !== 412) return;
      try {
        const now = await api.get(url);
        setStored(now);
        setItem({ ...item, ...now.item });
        setDirty(false);
        setProblem(t('form.deleteChanged'));
      } catch (gone) {
        setProblem(sentenceOf(t, gone));
      }
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy) void save();
  };
  const shown = fields.filter(({ name: field, readOnly }) => !readOnly && !Object.hasOwn(only, field));
  // What is wrong with the whole, and with what no field of the page shows.
  const unplaced = faults.filter(({ field }) => !shown.some((one) => one.name === field.split('.')[0]));
  return (
    <>
      <div className="page-head">
        <h1>{heading}</h1>
        {isSettings ? null : (
          <Button className="button" onPress={() => go(list)}>
            {t('form.back')}
          </Button>
        )}
      </div>
      {notes?.(stored?.item ?? {})}
      {isReadOnly ? <p className="notice">{t('form.builtIn')}</p> : null}
      <form className="editor" ref={form} onSubmit={submit} noValidate aria-busy={isBusy}>
        <div role="alert">
          {problem === null ? null : (
            <p className="notice error">
              {problem} {unplaced.map((fault) => unplacedText(t, fault)).join(' ')}
            </p>
          )}
        </div>
        <Fields
          fields={shown}
          value={item}
          onChange={change}
          faults={faults}
          isNew={isNew}
          isReadOnly={isReadOnly}
          hints={
            collection === 'users' && !isNew
              ? { password: t('form.passwordHint') }
              : hintsOf(stored?.item ?? {})
          }
        />
        {extra?.(item)}
        <div className="buttons">
          {isReadOnly || !(isNew || resource === undefined || resource.methods.includes('update')) ? null : (
            <Button className="button primary" type="submit" aria-disabled={isBusy}>
              {t(isBusy ? 'form.saving' : 'form.save')}
            </Button>
          )}
          {isNew || isReadOnly || resource === undefined || isOfTheSystem(stored?.item) ? null : (
            <Button className="button" onPress={() => setAsksDelete(true)}>
              {t('form.delete')}
            </Button>
          )}
        </div>
      </form>
      <Suspense fallback={null}>
        {collection === 'layouts' ? <LayoutPreview xml={String(item.xml)} /> : null}
        {collection === 'workflows' ? <DryRun item={item} /> : null}
      </Suspense>
      {asksDelete ? (
        <AskDialog
          title={t('form.deleteAsk', { name })}
          yes={t('form.delete')}
          no={t('form.keep')}
          onYes={() => void remove()}
          onNo={() => setAsksDelete(false)}
        />
      ) : null}
      {conflict === null ? null : (
        <ConflictDialog
          differences={differences(fields, item, conflict.item).map(({ name: field }) => ({
            name: named(t, 'f', field),
            mine: item[field],
            theirs: conflict.item[field],
          }))}
          onKeepMine={() => {
            setStored(conflict);
            setConflict(null);
            void save(conflict.etag);
          }}
          onTakeTheirs={() => {
            setStored(conflict);
            setItem({ ...item, ...conflict.item });
            setConflict(null);
            setDirty(false);
          }}
          // What was typed stays; saving asks again.
          onClose={() => setConflict(null)}
        />
      )}
    </>
  );
}

const unplacedText = (t: Translate, fault: FieldFault): string =>
  fault.field === '' ? faultText(t, fault) : `${named(t, 'f', fault.field)}: ${faultText(t, fault)}`;
