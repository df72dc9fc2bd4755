/** Layouts of call variables: users read them, administrators write them (rest-api.md 4.9, 8). */
import { MEDIA_PROPERTIES_LAYOUTS_MAX } from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import {
  MEDIA_PROPERTIES_LAYOUT,
  readMediaPropertiesLayout,
  refuseWhole,
} from '../../objects/media-properties-layout.ts';
import { missing, Refused } from '../../objects/request-fields.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { MediaPropertiesLayoutRecord } from '../../store/directory.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';
import { changing, changingQuietly, created } from './configuration.ts';

const OBJECT = 'MediaPropertiesLayout';
const writerOf = (call: Call) => objectWriter(MEDIA_PROPERTIES_LAYOUT, call.dependencies.presenter.profile);
const all = (call: Call) => call.dependencies.directory.current.mediaPropertiesLayouts();
const theDefault = (call: Call) => all(call).find(({ isDefault }) => isDefault);

/** The one of the path. */
function asked(call: Call): MediaPropertiesLayoutRecord | undefined {
  const { id = '' } = call.parameters;
  return /^\d{1,10}$/.test(id)
    ? call.dependencies.directory.current.mediaPropertiesLayout(Number(id))
    : undefined;
}

const unknownId = (call: Call) =>
  failure('NOT_FOUND', (call.parameters.id ?? 'default').slice(0, 64), `Invalid ${OBJECT} id specified`);

const announceUser = (call: Call): void => {
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
};
const announce = (call: Call): void =>
  call.announce(call.principal!.loginId, (call.parameters.id ?? '').slice(0, 32));

const one = (call: Call, layout: MediaPropertiesLayoutRecord | undefined): Answer =>
  layout === undefined ? failed(unknownId(call)) : ok(writerOf(call).document(layout));

const list = (call: Call): Answer => ok(listDocument(`${OBJECT}s`, writerOf(call), all(call)));

const USED = failure('API_ERROR', 'MediaPropertiesLayout', 'Another MediaPropertiesLayout has the same name');

async function create(call: Call): Promise<Answer> {
  announce(call);
  const read = readMediaPropertiesLayout(call.body, true);
  if (!read.ok) return failed(read.failure);
  const { name, description = '', header = null, columns = [] } = read.value;
  if (name === undefined) return failed(missing('name').failure);
  const layout = { name, description, header, columns };
  const refused = refuseWhole(layout);
  if (refused !== null) return failed(refused);
  return changing(
    call,
    OBJECT,
    async ({ mediaPropertiesLayouts }) => {
      if (all(call).length >= MEDIA_PROPERTIES_LAYOUTS_MAX)
        throw new Refused(failure('MAXIMUM_EXCEEDED', OBJECT));
      return created(call, `/finesse/api/${OBJECT}/${await mediaPropertiesLayouts.create(layout)}`);
    },
    USED,
  );
}

/** @param find the one that is meant; it is looked for when its turn has come, and may be another then */
function update(call: Call, find: (call: Call) => MediaPropertiesLayoutRecord | undefined): Promise<Answer> {
  announce(call);
  const read = readMediaPropertiesLayout(call.body);
  return changingQuietly(
    call,
    OBJECT,
    async ({ mediaPropertiesLayouts }) => {
      const before = find(call);
      if (before === undefined) throw new Refused(unknownId(call));
      if (!read.ok) throw new Refused(read.failure);
      const { id, isDefault: _, ...kept } = before;
      const layout = { ...kept, ...read.value };
      const refused = refuseWhole(layout);
      if (refused !== null) throw new Refused(refused);
      await mediaPropertiesLayouts.update(id, layout);
    },
    USED,
  );
}

function remove(call: Call): Promise<Answer> {
  announce(call);
  return changingQuietly(call, OBJECT, async ({ mediaPropertiesLayouts }) => {
    const layout = asked(call);
    if (layout === undefined) throw new Refused(unknownId(call));
    if (layout.isDefault)
      throw new Refused(failure('FORBIDDEN', '', 'The default layout cannot be deleted.'));
    await mediaPropertiesLayouts.remove(layout.id);
  });
}

const READ = 'mediaPropertiesLayout.read';
const WRITE = 'mediaPropertiesLayout.write';
const GET_LIST = {
  operation: READ,
  always: true,
  request: 'mediaPropertiesLayouts.GET',
  handle: (call: Call) => {
    announce(call);
    return list(call);
  },
} as const;
const POST = {
  operation: WRITE,
  request: 'mediaPropertiesLayout.POST',
  always: true,
  handle: create,
} as const;

export const MEDIA_PROPERTIES_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/MediaPropertiesLayout',
    methods: {
      GET: {
        operation: 'user.mediaPropertiesLayout',
        request: 'mediaPropertiesLayout.GET',
        handle: (call) => {
          announceUser(call);
          return one(call, theDefault(call));
        },
      },
    },
  },
  {
    path: 'User/{userId}/MediaPropertiesLayouts',
    methods: {
      GET: {
        operation: 'user.mediaPropertiesLayouts',
        request: 'mediaPropertiesLayouts.GET',
        handle: (call) => {
          announceUser(call);
          return list(call);
        },
      },
    },
  },
  // Creations go to the singular; the plural is taken too (rest-api.md 8).
  { path: 'MediaPropertiesLayout', methods: { POST } },
  { path: 'MediaPropertiesLayouts', methods: { GET: GET_LIST, POST } },
  // Before the one with an id: the first that fits counts.
  {
    path: 'MediaPropertiesLayout/default',
    methods: {
      GET: {
        operation: READ,
        always: true,
        request: 'mediaPropertiesLayout.GET',
        handle: (call) => {
          announce(call);
          return one(call, theDefault(call));
        },
      },
      PUT: {
        operation: WRITE,
        always: true,
        request: 'mediaPropertiesLayout.PUT',
        handle: (call) => update(call, theDefault),
      },
    },
  },
  {
    path: 'MediaPropertiesLayout/{id}',
    methods: {
      GET: {
        operation: READ,
        always: true,
        request: 'mediaPropertiesLayout.GET',
        handle: (call) => {
          announce(call);
          return one(call, asked(call));
        },
      },
      PUT: {
        operation: WRITE,
        always: true,
        request: 'mediaPropertiesLayout.PUT',
        handle: (call) => update(call, asked),
      },
      DELETE: { operation: WRITE, request: 'mediaPropertiesLayout.DELETE', always: true, handle: remove },
    },
  },
];
