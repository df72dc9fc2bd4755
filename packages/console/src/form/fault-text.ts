/** What is wrong with a field as a sentence beside it. */
import type { FieldFault } from '../api.ts';
import { en } from '../messages/en.ts';
import type { MessageKey, Translate } from '../messages/index.tsx';
import type { ValueType } from '../schema.ts';

/** What is wrong with a field, or with the object as a whole (no type), in the language of the page. */
export function faultText(t: Translate, { field, code, message }: FieldFault, type?: ValueType): string {
  const bounds = (type ?? {}) as { min?: number; max?: number; unit?: 'bytes' };
  // Lines and elements of a document are named by the server alone.
  if (message !== '' && type?.type === 'text' && type.form === 'xml') return message;
  const own = `format.${field.split('.').at(-1)}`;
  if (code === 'FORMAT' && Object.hasOwn(en, own)) return t(own as MessageKey);
  if (code === 'REQUIRED' && field === 'params') return t('required.params');
  if (code === 'MAXIMUM' && type?.type !== 'list') return t('fault.full');
  const key = `fault.${code}`;
  if (!Object.hasOwn(en, key)) return message;
  return t(key as MessageKey, {
    min: String(bounds.min ?? 0),
    max: String(bounds.max ?? ''),
    unit: t(`unit.${bounds.unit ?? 'characters'}`),
  });
}
