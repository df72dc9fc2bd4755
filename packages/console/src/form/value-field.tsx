/** The editor of one value, by its type: what a form is made of. */
import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components';
import type { FieldFault } from '../api.ts';
import { labelOf, useConsole, useLoaded } from '../context.tsx';
import { named, useMessages } from '../messages/index.tsx';
import {
  emptyValue,
  type Field,
  type Item,
  type Json,
  newItem,
  type TypeOf,
  type ValueType,
} from '../schema.ts';
import { faultText } from './fault-text.ts';
import { suggestionsFor } from './suggestions.ts';

interface Props<T extends ValueType = ValueType> {
  readonly type: T;
  readonly path: string;
  readonly label: string;
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly faults: readonly FieldFault[];
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly isNullable?: boolean;
  readonly hint?: string | undefined;
}

function useFault({ path, faults, type, hint }: Props) {
  const { t } = useMessages();
  const id = useId();
  const fault = faults.find(({ field }) => field === path);
  const text = fault ? faultText(t, fault, type) : null;
  const describedBy = [text && `${id}-e`, hint && `${id}-h`].filter(Boolean).join(' ');
  return {
    id,
    input: {
      id,
      'aria-invalid': text === null ? undefined : true,
      'aria-describedby': describedBy === '' ? undefined : describedBy,
    } as const,
    below: (
      <>
        {text === null ? null : (
          <span className="field-error" id={`${id}-e`}>
            {text}
          </span>
        )}
        {hint ? (
          <span className="hint" id={`${id}-h`}>
            {hint}
          </span>
        ) : null}
      </>
    ),
  };
}

const EDITORS: { readonly [K in ValueType['type']]: (props: Props<TypeOf<K>>) => ReactNode } = {
  text: TextEditor,
  integer: IntegerEditor,
  flag: FlagEditor,
  choice: ChoiceEditor,
  reference: ReferenceEditor,
  list: ListEditor,
  object: ObjectEditor,
};

export function ValueField(props: Props): ReactNode {
  const Editor = EDITORS[props.type.type] as (props: Props) => ReactNode;
  return <Editor {...props} />;
}

/** The fields of an object, one below the other. */
export function Fields({
  fields,
  path = '',
  value,
  onChange,
  faults,
  isNew,
  isReadOnly = false,
  hints = {},
}: {
  fields: readonly Field[];
  path?: string;
  value: Item;
  onChange: (value: Item) => void;
  faults: readonly FieldFault[];
  isNew: boolean;
  isReadOnly?: boolean;
  hints?: Readonly<Record<string, string>>;
}) {
  const { t } = useMessages();
  return fields
    .filter(({ readOnly }) => !readOnly)
    .map((field) => {
      const isSettled = field.fixed === true && !isNew;
      return (
        <ValueField
          key={field.name}
          type={field.value}
          path={path === '' ? field.name : `${path}.${field.name}`}
          label={named(t, 'f', field.name)}
          value={value[field.name] ?? (field.nullable ? null : emptyValue(field.value))}
          onChange={(next) => onChange({ ...value, [field.name]: next })}
          faults={faults}
          isRequired={field.required === true && !isSettled}
          isNullable={field.nullable === true}
          isReadOnly={isReadOnly || isSettled}
          hint={hints[field.name]}
        />
      );
    });
}

function Label({ id, label, isRequired }: { id: string; label: string; isRequired: boolean | undefined }) {
  const { t } = useMessages();
  return (
    <label htmlFor={id}>
      {label}
      {isRequired ? <span className="needed"> ({t('form.required')})</span> : null}
    </label>
  );
}

function TextEditor(props: Props<TypeOf<'text'>>) {
  const { type, path, label, value, onChange, isRequired, isReadOnly } = props;
  const { id, input, below } = useFault(props);
  const suggestions = suggestionsFor(path);
  const common = {
    ...input,
    value: String(value ?? ''),
    readOnly: isReadOnly,
    'aria-required': isRequired,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  return (
    <div className="field">
      <Label id={id} label={label} isRequired={isRequired} />
      {type.form === 'xml' || type.form === 'lines' ? (
        <textarea
          {...common}
          dir={type.form === 'xml' ? undefined : 'auto'}
          className={type.form}
          spellCheck={false}
          rows={type.form === 'xml' ? 24 : 2}
        />
      ) : (
        <input
          {...common}
          dir="auto"
          type={type.form === 'password' ? 'password' : 'text'}
          autoComplete={type.form === 'password' ? 'new-password' : 'off'}
          list={suggestions.length === 0 ? undefined : `${id}-s`}
        />
      )}
      {suggestions.length === 0 ? null : <Suggestions id={`${id}-s`} names={suggestions} />}
      {below}
    </div>
  );
}

/** The browser shows them below the field, with what they mean where the name alone does not say it. */
function Suggestions({ id, names }: { id: string; names: readonly string[] }) {
  const { t } = useMessages();
  return (
    <datalist id={id}>
      {names.map((name) => {
        const meaning = named(t, 's', name);
        return <option key={name} value={name} label={meaning === name ? undefined : meaning} />;
      })}
    </datalist>
  );
}

function IntegerEditor(props: Props<TypeOf<'integer'>>) {
  const { label, value, onChange, isRequired, isReadOnly } = props;
  const { id, input, below } = useFault(props);
  return (
    <div className="field short">
      <Label id={id} label={label} isRequired={isRequired} />
      <input
        {...input}
        inputMode="numeric"
        value={String(value ?? '')}
        readOnly={isReadOnly}
        aria-required={isRequired}
        autoComplete="off"
        onChange={({ target }) =>
          onChange(
            target.value === ''
              ? null
              : /^\d{1,15}$/.test(target.value)
                ? Number(target.value)
                : target.value,
          )
        }
      />
      {below}
    </div>
  );
}

function FlagEditor(props: Props<TypeOf<'flag'>>) {
  const { label, value, onChange, isReadOnly } = props;
  const { id, input, below } = useFault(props);
  return (
    <div className="field">
      <div className="check-box">
        <input
          {...input}
          type="checkbox"
          checked={value === true}
          disabled={isReadOnly}
          onChange={({ target }) => onChange(target.checked)}
        />
        <label htmlFor={id}>{label}</label>
      </div>
      {below}
    </div>
  );
}

function ChoiceEditor(props: Props<TypeOf<'choice'>>) {
  const { t } = useMessages();
  const { type, label, value, onChange, isReadOnly, isRequired } = props;
  const { id, input, below } = useFault(props);
  return (
    <div className="field short">
      <Label id={id} label={label} isRequired={isRequired} />
      <select
        {...input}
        value={String(value)}
        disabled={isReadOnly}
        onChange={({ target }) => onChange(target.value)}
      >
        {type.values.map((one) => (
          <option key={one} value={one}>
            {named(t, 'c', one)}
          </option>
        ))}
      </select>
      {below}
    </div>
  );
}

/** What may be chosen there; team resources are those that not everybody has. */
function useOptions(collection: string, path: string) {
  const { api, schema } = useConsole();
  const { value } = useLoaded(() => api.list(collection), collection);
  const category = /^reasonCodes\.(NOT_READY|LOGOUT)$/.exec(path)?.[1];
  const fits = (item: Item): boolean => {
    if (category !== undefined)
      return item.category === category && item.forAll === false && item.systemCode !== true;
    if (path === 'wrapUpReasons') return item.forAll === false;
    return path !== 'phoneBooks' || item.type === 'TEAM';
  };
  return (value?.items ?? []).filter(fits).map((item) => ({
    id: item.id as string | number,
    text: labelOf(schema, collection, item),
  }));
}

function ReferenceEditor(props: Props<TypeOf<'reference'>>) {
  const { t } = useMessages();
  const { type, label, value, onChange, isRequired, isReadOnly, path } = props;
  const { id, input, below } = useFault(props);
  const options = useOptions(type.to, path);
  return (
    <div className="field short">
      <Label id={id} label={label} isRequired={isRequired} />
      <select
        {...input}
        value={value === null ? '' : String(value)}
        disabled={isReadOnly}
        onChange={({ target }) =>
          onChange(
            target.value === '' ? null : (options.find((one) => String(one.id) === target.value)?.id ?? null),
          )
        }
      >
        <option value="">{t(isRequired ? 'form.choose' : 'form.none')}</option>
        {options.map((one) => (
          <option key={one.id} value={String(one.id)}>
            {one.text}
          </option>
        ))}
      </select>
      {below}
    </div>
  );
}

function ListEditor(props: Props<TypeOf<'list'>>) {
  const { of } = props.type;
  if (of.type === 'choice') return <CheckBoxes {...props} values={of.values} />;
  if (of.type === 'reference') return <References {...props} to={of.to} />;
  return <Entries {...props} />;
}

/** A list of few values, each of which is there or not. */
function CheckBoxes(props: Props<TypeOf<'list'>> & { values: readonly string[] }) {
  const { t } = useMessages();
  const { label, values, onChange, isReadOnly, isRequired } = props;
  const chosen = props.value as readonly string[];
  const { id, input, below } = useFault(props);
  return (
    <fieldset className="group" aria-describedby={input['aria-describedby']}>
      <legend>
        {label}
        {isRequired ? <span className="needed"> ({t('form.required')})</span> : null}
      </legend>
      {values.map((one) => (
        <div className="check-box" key={one}>
          <input
            type="checkbox"
            id={`${id}-${one}`}
            checked={chosen.includes(one)}
            aria-invalid={input['aria-invalid']}
            disabled={isReadOnly}
            onChange={({ target }) =>
              onChange(values.filter((value) => (value === one ? target.checked : chosen.includes(value))))
            }
          />
          <label htmlFor={`${id}-${one}`}>{named(t, 'c', one)}</label>
        </div>
      ))}
      {below}
    </fieldset>
  );
}

function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Up, down and away, for one entry of a list. */
function EntryButtons({
  name,
  index,
  list,
  isOrdered,
  onChange,
}: {
  name: string;
  index: number;
  list: readonly Json[];
  isOrdered: boolean;
  onChange: (list: Json) => void;
}) {
  const { t } = useMessages();
  const { say } = useConsole();
  const move = (to: number) => {
    onChange(moved(list, index, to));
    say(t('form.moved', { name, place: String(to + 1), of: String(list.length) }));
  };
  return (
    <span className="entry-buttons">
      {isOrdered ? (
        <>
          <Button
            className="icon-button"
            aria-label={t('form.up', { name })}
            isDisabled={index === 0}
            onPress={() => move(index - 1)}
          >
            ↑
          </Button>
          <Button
            className="icon-button"
            aria-label={t('form.down', { name })}
            isDisabled={index === list.length - 1}
            onPress={() => move(index + 1)}
          >
            ↓
          </Button>
        </>
      ) : null}
      <Button
        className="icon-button"
        aria-label={t('form.remove', { name })}
        onPress={() => onChange(list.filter((_, at) => at !== index))}
      >
        ×
      </Button>
    </span>
  );
}

/** Objects of another collection: those that were chosen, and one more from a list. */
function References(props: Props<TypeOf<'list'>> & { to: string }) {
  const { t } = useMessages();
  const { label, to, onChange, path, faults, type, isReadOnly } = props;
  const chosen = props.value as readonly (string | number)[];
  const { id, input, below } = useFault(props);
  const options = useOptions(to, path);
  const [picked, setPicked] = useState('');
  const nameOf = (one: string | number) => options.find((option) => option.id === one)?.text ?? String(one);
  return (
    <fieldset className="group" aria-describedby={input['aria-describedby']}>
      <legend>{label}</legend>
      {chosen.length === 0 ? null : (
        <ol className="chosen">
          {chosen.map((one, index) => (
            <li key={one} data-wrong={faults.some(({ field }) => field === `${path}.${index}`) || undefined}>
              <span className="text">{nameOf(one)}</span>
              {isReadOnly ? null : (
                <EntryButtons
                  name={nameOf(one)}
                  index={index}
                  list={chosen}
                  isOrdered={type.ordered === true}
                  onChange={onChange}
                />
              )}
            </li>
          ))}
        </ol>
      )}
      {isReadOnly ? null : (
        <div className="add">
          <select
            id={id}
            aria-label={label}
            aria-invalid={input['aria-invalid']}
            value={picked}
            onChange={({ target }) => setPicked(target.value)}
          >
            <option value="">{t('form.choose')}</option>
            {options
              .filter((one) => !chosen.includes(one.id))
              .map((one) => (
                <option key={one.id} value={String(one.id)}>
                  {one.text}
                </option>
              ))}
          </select>
          <Button
            className="button"
            aria-label={t('form.addTo', { what: label })}
            isDisabled={picked === ''}
            onPress={() => {
              const option = options.find((one) => String(one.id) === picked);
              if (option) onChange([...chosen, option.id]);
              setPicked('');
              // The button is blocked until something else is chosen: the focus stays where that is done.
              document.getElementById(id)?.focus();
            }}
          >
            {t('form.add')}
          </Button>
        </div>
      )}
      {below}
    </fieldset>
  );
}

/** A list of objects, or of lists of them. */
function Entries(props: Props<TypeOf<'list'>>) {
  const { t } = useMessages();
  const { label, type, onChange, path, faults, isReadOnly } = props;
  const list = props.value as readonly Json[];
  const { input, below } = useFault(props);
  return (
    <fieldset className="group" aria-describedby={input['aria-describedby']}>
      <legend>{label}</legend>
      {list.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
        <div className="entry" key={index}>
          <div className="entry-fields">
            <ValueField
              type={type.of}
              path={`${path}.${index}`}
              label={`${label} ${index + 1}`}
              value={entry}
              onChange={(next) => onChange(list.map((one, at) => (at === index ? next : one)))}
              faults={faults}
              isReadOnly={isReadOnly === true}
            />
          </div>
          <EntryButtons
            name={`${label} ${index + 1}`}
            index={index}
            list={list}
            isOrdered={type.ordered === true}
            onChange={onChange}
          />
        </div>
      ))}
      {list.length < type.max && !isReadOnly ? (
        <Button
          className="button"
          aria-label={t('form.addTo', { what: label })}
          onPress={() => onChange([...list, emptyValue(type.of)])}
        >
          {t('form.add')}
        </Button>
      ) : null}
      {below}
    </fieldset>
  );
}

function ObjectEditor(props: Props<TypeOf<'object'>>) {
  const { label, type, value, onChange, path, faults, isNullable, isReadOnly } = props;
  const { id, below } = useFault(props);
  const isThere = value !== null;
  return (
    <fieldset className="group">
      <legend>{label}</legend>
      {isNullable ? (
        <div className="check-box">
          <input
            type="checkbox"
            id={id}
            checked={isThere}
            onChange={({ target }) => onChange(target.checked ? newItem(type.fields) : null)}
          />
          <label htmlFor={id}>{label}</label>
        </div>
      ) : null}
      {isThere ? (
        <Fields
          fields={type.fields}
          path={path}
          value={value as Item}
          onChange={onChange}
          faults={faults}
          isNew
          isReadOnly={isReadOnly === true}
        />
      ) : null}
      {below}
    </fieldset>
  );
}
