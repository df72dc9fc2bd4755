/** Layouts of call variables (objects.md 7), and what a request may hold. */
import type { Element } from '@poise/xml';
import {
  COLUMNS_MAX,
  MEDIA_LAYOUT_DESCRIPTION_MAX as DESCRIPTION_MAX,
  DISPLAY_NAME_MAX,
  ENTRIES_MAX,
  hasVisible,
  lengthOf,
  MEDIA_PROPERTY,
  MEDIA_LAYOUT_NAME_MAX as NAME_MAX,
  oneLine,
  POP_OVER_MAX,
  popOverCount,
} from '../configuration/limits.ts';
import { type ApiFailure, failure } from '../domain/errors.ts';
import type { MediaPropertiesLayoutRecord, MediaPropertyEntry } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import { childText, lastChild, type Reading, readRoot, refuse } from './request.ts';
import { unseen } from './request-fields.ts';

const entry = fieldsOf<MediaPropertyEntry>();
const ENTRY = [
  entry.text('displayName', (e) => e.displayName),
  entry.text('mediaProperty', (e) => e.mediaProperty),
  entry.boolean('showInPopOver', (e) => e.showInPopOver),
  entry.boolean('uiEditable', (e) => e.uiEditable),
];

const header = fieldsOf<MediaPropertyEntry>();
const layout = fieldsOf<MediaPropertiesLayoutRecord>();

/** Every release prints name and type: without them nobody could choose among several. */
export const MEDIA_PROPERTIES_LAYOUT: ObjectDescription<MediaPropertiesLayoutRecord> = {
  root: 'MediaPropertiesLayout',
  eventRoot: 'mediaPropertiesLayout',
  declaration: true,
  fields: [
    layout.uri('uri', (l) => `/finesse/api/MediaPropertiesLayout/${l.id}`),
    layout.text('name', (l) => l.name),
    layout.text('description', (l) => l.description),
    layout.oneOf('type', ['DEFAULT', 'CUSTOM'], (l) => (l.isDefault ? 'DEFAULT' : 'CUSTOM')),
    layout.group('header', [header.group('entry', ENTRY, (e) => e)], (l) => l.header ?? undefined),
    layout.list('column', 'entry', ENTRY, (l) => l.columns[0]),
    layout.list('column', 'entry', ENTRY, (l) => l.columns[1]),
  ],
};

/** What a request sets; what it leaves out keeps its value. */
export type MediaPropertiesLayoutChange = Partial<Omit<MediaPropertiesLayoutRecord, 'id' | 'isDefault'>>;

/** @param isNew something has to be set, but of a new one it is told what */
export function readMediaPropertiesLayout(
  body: Uint8Array | undefined,
  isNew = false,
): Reading<MediaPropertiesLayoutChange> {
  const root = readRoot(body, 'MediaPropertiesLayout');
  if (!root.ok) return root;
  const name = lineOf(root.value, 'name');
  const description = lineOf(root.value, 'description');
  const headerAt = lastChild(root.value, 'header');
  const columnsAt = root.value.elements('column');
  if (!isNew && name === undefined && description === undefined && !headerAt && columnsAt.length === 0)
    return refuse(failure('INVALID_INPUT', 'MediaPropertiesLayout', 'At least one element must be given'));
  if (name !== undefined && (name === '' || lengthOf(name) > NAME_MAX))
    return refuse(invalid('name', `name must have 1 to ${NAME_MAX} characters`));
  if (name !== undefined && !hasVisible(name)) return refuse(unseen('name').failure);
  if (description !== undefined && lengthOf(description) > DESCRIPTION_MAX)
    return refuse(invalid('description', `description must have at most ${DESCRIPTION_MAX} characters`));
  if (columnsAt.length > COLUMNS_MAX)
    return refuse(invalid('column', `There can be at most ${COLUMNS_MAX} columns`));
  const headers = headerAt?.elements('entry') ?? [];
  if (headers.length > 1) return refuse(invalid('header', 'The header has one entry'));
  const read = readEntries([headers, ...columnsAt.map((column) => column.elements('entry'))]);
  if (!read.ok) return read;
  const [ofHeader, ...columns] = read.value;
  return {
    ok: true,
    value: {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(headerAt === undefined ? {} : { header: ofHeader?.[0] ?? null }),
      ...(columnsAt.length === 0 ? {} : { columns }),
    },
  };
}

function lineOf(parent: Element, name: string): string | undefined {
  const text = lastChild(parent, name)?.text;
  return text === undefined ? undefined : oneLine(text);
}

/** What must hold of the whole, kept and new parts together. */
export function refuseWhole({ header, columns }: Pick<MediaPropertiesLayoutRecord, 'header' | 'columns'>) {
  return popOverCount({ header, columns }) > POP_OVER_MAX
    ? invalid('showInPopOver', `At most ${POP_OVER_MAX} entries can be shown in the pop-over`)
    : null;
}

const invalid = (data: string, message: string): ApiFailure => failure('INVALID_INPUT', data, message);

function readEntries(groups: readonly (readonly Element[])[]): Reading<MediaPropertyEntry[][]> {
  const read: MediaPropertyEntry[][] = [];
  for (const group of groups) {
    if (group.length > ENTRIES_MAX)
      return refuse(invalid('column', `A column can have at most ${ENTRIES_MAX} entries`));
    const entries: MediaPropertyEntry[] = [];
    for (const element of group) {
      const one = readEntry(element);
      if (!one.ok) return one;
      entries.push(one.value);
    }
    read.push(entries);
  }
  return { ok: true, value: read };
}

function readEntry(element: Element): Reading<MediaPropertyEntry> {
  const displayName = lineOf(element, 'displayName') ?? '';
  if (lengthOf(displayName) > DISPLAY_NAME_MAX)
    return refuse(invalid('displayName', `displayName must have at most ${DISPLAY_NAME_MAX} characters`));
  const mediaProperty = childText(element, 'mediaProperty');
  if (mediaProperty === undefined)
    return refuse(failure('PARAMETER_MISSING', 'mediaProperty', 'mediaProperty Parameter missing'));
  if (!MEDIA_PROPERTY.test(mediaProperty))
    return refuse(invalid('mediaProperty', `${mediaProperty.slice(0, 64)} is no variable of a call`));
  const flags = { showInPopOver: false, uiEditable: false };
  for (const name of ['showInPopOver', 'uiEditable'] as const) {
    const word = childText(element, name)?.toLowerCase() ?? 'false';
    if (word !== 'true' && word !== 'false') return refuse(invalid(name, `${name} must be true or false`));
    flags[name] = word === 'true';
  }
  return { ok: true, value: { displayName, mediaProperty, ...flags } };
}
