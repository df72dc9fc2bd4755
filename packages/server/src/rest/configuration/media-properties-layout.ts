/** Layouts of call variables: users read them, administrators write them (rest-api.md 4.9, 8). */
import { MEDIA_PROPERTIES_LAYOUTS_MAX } from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import {
  MEDIA_PROPERTIES_LAYOUT,
  readMediaPropertiesLayout,
  refuseWhole,
} from '../../objects/media-properties-layout.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { MediaPropertiesLayoutRecord } from '../../store/directory.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { locationOf } from '../location.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

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

const unknown = (call: Call): Answer =>
  failed(
    failure('NOT_FOUND', (call.parameters.id ?? 'default').slice(0, 64), `Invalid ${OBJECT} id specified`),
  );

const announceUser = (call: Call): void => {
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
};
const announce = (call: Call): void =>
  call.announce(call.principal!.loginId, (call.parameters.id ?? '').slice(0, 32));

const one = (call: Call, layout: MediaPropertiesLayoutRecord | undefined): Answer =>
  layout === undefined ? unknown(call) : ok(writerOf(call).document(layout));

const list = (call: Call): Answer => ok(listDocument(`${OBJECT}s`, writerOf(call), all(call)));

async function create(call: Call): Promise<Answer> {
  announce(call);
  const read = readMediaPropertiesLayout(call.body);
  if (!read.ok) return failed(read.failure);
  const { name, description = '', header = null, columns = [] } = read.value;
  if (name === undefined) return failed(failure('PARAMETER_MISSING', 'name', 'name Parameter missing'));
  const layout = { name, description, header, columns };
  const refused = refuseWhole(layout);
  if (refused !== null) return failed(refused);
  if (all(call).length >= MEDIA_PROPERTIES_LAYOUTS_MAX) return failed(failure('MAXIMUM_EXCEEDED', OBJECT));
  return written(async () => {
    const id = await call.change(({ mediaPropertiesLayouts }) => mediaPropertiesLayouts.create(layout));
    return { status: 200, body: '', headers: { Location: locationOf(call, `/finesse/api/${OBJECT}/${id}`) } };
  });
}

async function update(call: Call, before: MediaPropertiesLayoutRecord | undefined): Promise<Answer> {
  announce(call);
  if (before === undefined) return unknown(call);
  const read = readMediaPropertiesLayout(call.body);
  if (!read.ok) return failed(read.failure);
  const { id, isDefault: _, ...kept } = before;
  const layout = { ...kept, ...read.value };
  const refused = refuseWhole(layout);
  if (refused !== null) return failed(refused);
  return written(async () => {
    await call.change(({ mediaPropertiesLayouts }) => mediaPropertiesLayouts.update(id, layout));
    return ok('');
  });
}

async function remove(call: Call): Promise<Answer> {
  announce(call);
  const layout = asked(call);
  if (layout === undefined) return unknown(call);
  if (layout.isDefault) return failed(failure('FORBIDDEN', '', 'The default layout cannot be deleted.'));
  await call.change(({ mediaPropertiesLayouts }) => mediaPropertiesLayouts.remove(layout.id));
  return ok('');
}

/** A name that somebody else took meanwhile is refused by the store. */
async function written(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError && error.code === 'duplicate')
      return failed(failure('INVALID_INPUT', 'name', 'Another layout has this name'));
    throw error;
  }
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
        handle: (call) => update(call, theDefault(call)),
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
        handle: (call) => update(call, asked(call)),
      },
      DELETE: { operation: WRITE, request: 'mediaPropertiesLayout.DELETE', always: true, handle: remove },
    },
  },
];
