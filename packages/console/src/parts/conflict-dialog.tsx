import { TEXT_MAX } from '@poise/pages';
import { jsonText } from '../json-text.ts';
import { useMessages } from '../messages/index.tsx';
import type { Json } from '../schema.ts';
import { AskDialog } from './dialog.tsx';
import { Typed } from './typed.tsx';

export interface Difference {
  readonly name: string;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
}

const asText = (value: Json | undefined): string =>
  typeof value === 'string' ? value : jsonText(value ?? null);

/** Somebody else has changed meanwhile what is to be saved: both versions, and a choice. Escape chooses nothing. */
export function ConflictDialog({
  differences,
  onKeepMine,
  onTakeTheirs,
  onClose,
}: {
  differences: readonly Difference[];
  onKeepMine: () => void;
  onTakeTheirs: () => void;
  onClose: () => void;
}) {
  const { t } = useMessages();
  return (
    <AskDialog
      title={t('conflict.title')}
      yes={t('conflict.keepMine')}
      no={t('conflict.takeTheirs')}
      onYes={onKeepMine}
      onNo={onTakeTheirs}
      onClose={onClose}
    >
      <p>{t('conflict.text')}</p>
      <table className="compare">
        <thead>
          <tr>
            <th scope="col">{t('conflict.field')}</th>
            <th scope="col">{t('conflict.mine')}</th>
            <th scope="col">{t('conflict.theirs')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ name, mine, theirs }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Typed max={TEXT_MAX}>{asText(mine)}</Typed>
              </td>
              <td>
                <Typed max={TEXT_MAX}>{asText(theirs)}</Typed>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </AskDialog>
  );
}
