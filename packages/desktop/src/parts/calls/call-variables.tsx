import type { Dialog } from '@poise/client';
import { useCallback, useEffect, useId, useState } from 'react';
import { Button, FieldError, Input, Label, TextField } from 'react-aria-components';
import { useCommand } from '../../desk/desk-context.tsx';
import { type Translate, useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { Typed } from '../../messages/typed.tsx';
import type { DesktopController } from '../../session/controller.ts';
import type { DesktopState } from '../../session/store.ts';
import {
  type Edits,
  edited,
  isEmpty,
  mayEdit,
  reconciled,
  refusalOf,
  type ShownVariable,
  shownVariables,
  variableOf,
} from '../../session/variables.ts';
import { Icon } from '../icon.tsx';

/** Characters of a value that are shown before the agent asks for all of it. */
const SHORT = 200;
/** Variables have 210 bytes at most; more than this comes from no contact centre. */
const WHOLE = 2_000;

/** What the layout calls a variable, else its name as people say it. */
export function nameOf(t: Translate, { label, property }: ShownVariable): string {
  if (label !== '') return label;
  const number = /^callVariable(\d+)$/.exec(property)?.[1];
  return number === undefined ? property.replace(/^user\./, '') : t('variables.callVariable', { number });
}

/** The variables of a call in their two columns; those that may be changed are fields, saved or taken back together (desktop.md 4.4). */
export function CallVariables({
  dialog,
  state,
  extension,
  controller,
}: {
  dialog: Dialog;
  state: DesktopState;
  extension: string;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const [edits, setEdits] = useState<Edits>({});
  const [overwritten, setOverwritten] = useState<readonly string[]>([]);
  /** What was sent to be saved, and what of that is saved, by their names. */
  const [saving, setSaving] = useState<string | null>(null);
  const [saved, setSaved] = useState('');
  const { columns } = shownVariables(dialog, state.calls.layouts);
  const all = columns.flat();
  const [showsEmpty, setShowsEmpty] = useState(false);
  const empty = all.filter(isEmpty).length;
  const canEdit = mayEdit(dialog, extension);

  // What others saved meanwhile takes the place of what was typed here.
  useEffect(() => {
    const next = reconciled(edits, (property) => variableOf(dialog, property));
    if (next.edits !== edits) setEdits(next.edits);
    if (next.overwritten.length > 0) setOverwritten(next.overwritten);
  }, [dialog, edits]);

  const isBusy = state.calls.busy.has(dialog.id);
  const hasFailed = state.calls.error?.of === dialog.id;
  useEffect(() => {
    if (saving === null || isBusy) return;
    setSaving(null);
    if (!hasFailed) setSaved(saving);
  }, [saving, isBusy, hasFailed]);

  const namesOf = (properties: readonly string[]) =>
    all
      .filter(({ property }) => properties.includes(property))
      .map((variable) => nameOf(t, variable))
      .join(', ');
  const forget = useCallback(() => {
    setOverwritten([]);
    setSaved('');
  }, []);
  const changes = Object.entries(edits);
  const isWrong = changes.some(([property, { text }]) => refusalOf(property, text) !== null);
  const isBlocked = state.link !== 'up' || isBusy || !canEdit || changes.length === 0;
  const hasFields = all.some(({ isEditable }) => isEditable);
  const save = () => {
    if (isBlocked || isWrong) return;
    forget();
    setSaving(namesOf(changes.map(([property]) => property)));
    const variables = changes.map(([name, { text }]) => ({ name, value: text }));
    void controller.call(dialog.id, (calls) => calls.updateData(dialog.id, { variables }));
  };
  const revert = useCallback(() => {
    setEdits({});
    forget();
  }, [forget]);
  useCommand(isBlocked || isWrong ? null : 'variables.save', save);
  useCommand(changes.length > 0 ? 'variables.revert' : null, revert);
  if (all.length === 0) return null;
  return (
    <form
      className="variables"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {columns.map((column, index) =>
        column.every((variable) => isEmpty(variable) && !showsEmpty) ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns have nothing but their place
          <div className="variable-column" key={index}>
            {column.map((variable) =>
              isEmpty(variable) && !showsEmpty ? null : canEdit && variable.isEditable ? (
                <VariableField
                  key={variable.property}
                  name={nameOf(t, variable)}
                  property={variable.property}
                  text={edits[variable.property]?.text ?? variable.value}
                  isReadOnly={state.link !== 'up'}
                  onChange={(text) => {
                    forget();
                    setEdits((before) => edited(before, variable.property, variable.value, text));
                  }}
                />
              ) : (
                <div
                  className="variable"
                  key={variable.property}
                  // As high as the field that it may become.
                  data-editable={variable.isEditable || undefined}
                >
                  <span className="label">
                    <Typed>{nameOf(t, variable)}</Typed>
                  </span>
                  <Value text={variable.value} />
                </div>
              ),
            )}
          </div>
        ),
      )}
      {empty > 0 ? (
        <Button
          className="link variables-empty"
          aria-expanded={showsEmpty}
          onPress={() => setShowsEmpty(!showsEmpty)}
        >
          <Icon name={showsEmpty ? 'chevronDown' : 'chevronEnd'} />
          {t('variables.empty', { count: String(empty) })}
        </Button>
      ) : null}
      {/* Stands there while nothing can be changed, too: answering the call moves nothing. */}
      {hasFields ? (
        <div className="variable-actions">
          <Button type="submit" className="button small primary" aria-disabled={isBlocked || isWrong}>
            {t('variables.save')}
          </Button>
          <Button className="button small" aria-disabled={changes.length === 0} onPress={revert}>
            {t('variables.revert')}
          </Button>
          <div className="variable-news">
            <p role="alert" className="conflict">
              {overwritten.length > 0 ? (
                <Phrase
                  sentence={{ key: 'variables.overwritten', values: { names: namesOf(overwritten) } }}
                />
              ) : null}
            </p>
            <p role="status">
              {saved === '' ? null : (
                <Phrase sentence={{ key: 'variables.saved', values: { names: saved } }} />
              )}
            </p>
          </div>
        </div>
      ) : null}
    </form>
  );
}

function VariableField({
  name,
  property,
  text,
  isReadOnly,
  onChange,
}: {
  name: string;
  property: string;
  text: string;
  isReadOnly: boolean;
  onChange: (text: string) => void;
}) {
  const refusal = refusalOf(property, text);
  return (
    <TextField
      className="field variable"
      value={text}
      onChange={onChange}
      isReadOnly={isReadOnly}
      isInvalid={refusal !== null}
      validationBehavior="aria"
    >
      <Label>
        <Typed>{name}</Typed>
      </Label>
      <Input autoComplete="off" dir="auto" />
      <FieldError className="field-error">{refusal ? <Phrase sentence={refusal} /> : null}</FieldError>
    </TextField>
  );
}

/** Text as it is, whatever is in it; a long one shows its beginning until all of it is asked for. */
export function Value({ text }: { text: string }) {
  const { t } = useMessages();
  const [isWhole, setWhole] = useState(false);
  const id = useId();
  if (text.length <= SHORT)
    return (
      <Typed className="value" max={SHORT}>
        {text}
      </Typed>
    );
  return (
    <span className="value">
      <Typed id={id} max={isWhole ? WHOLE : SHORT}>
        {text}
      </Typed>{' '}
      <Button className="link" aria-expanded={isWhole} aria-controls={id} onPress={() => setWhole(!isWhole)}>
        {t(isWhole ? 'variables.less' : 'variables.more')}
      </Button>
    </span>
  );
}
