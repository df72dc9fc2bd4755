/** Settings that administrators may store, as single objects (rest-api.md 8; admin.md A1, A2, A3, A5). */
import type { Field, ResourceDescription } from './fields.ts';

const HOST_MAX = 253;
const NAME_MAX = 128;
const URL_MAX = 1_024;

const line = (max: number, min = 0): Field['value'] => ({ type: 'text', min, max });
const port = { type: 'integer', min: 1, max: 65_535 } as const;

/** Told with every one of them, never taken. */
const STATE: readonly Field[] = [
  {
    name: 'inForce',
    about: 'The values with which this server runs.',
    value: { type: 'object', fields: [] },
    readOnly: true,
  },
  {
    name: 'waiting',
    about: 'Fields that are in force from the next start on.',
    value: { type: 'list', of: line(NAME_MAX), max: 20 },
    readOnly: true,
  },
  {
    name: 'fixed',
    about:
      'Fields that cannot be stored, because the settings file, the environment or the command line says them.',
    value: {
      type: 'list',
      max: 20,
      of: {
        type: 'object',
        fields: [
          { name: 'field', value: line(NAME_MAX) },
          { name: 'origin', value: { type: 'choice', values: ['file', 'environment', 'command'] } },
          { name: 'source', about: 'Path, or name of the variable.', value: line(4_096) },
        ],
      },
    },
    readOnly: true,
  },
];

type Description = Pick<ResourceDescription, 'name' | 'object' | 'about' | 'fields'>;

export const SETTINGS_DESCRIPTIONS = {
  cti: {
    name: 'cti',
    object: 'CTI server',
    about: 'Both sides of the CTI server.',
    fields: [
      { name: 'host', about: 'Side A.', value: line(HOST_MAX, 1), required: true },
      { name: 'port', value: port, required: true },
      { name: 'backupHost', about: 'Side B; empty: there is none.', value: line(HOST_MAX), default: '' },
      { name: 'backupPort', value: port, nullable: true, default: null },
      { name: 'peripheralId', value: { type: 'integer', min: 1, max: 32_767 }, required: true },
      ...STATE,
    ],
  },
  cluster: {
    name: 'cluster',
    object: 'cluster',
    about: 'The pair of nodes.',
    fields: [
      {
        name: 'secondaryNode',
        about: 'Host of the second node; empty: there is none.',
        value: line(HOST_MAX),
        default: '',
      },
      ...STATE,
    ],
  },
  enterpriseDatabase: {
    name: 'enterpriseDatabase',
    object: 'enterprise database',
    about:
      'The administration and data server. It is kept for clients that ask for it; this server does not connect to it.',
    fields: [
      { name: 'host', value: line(HOST_MAX), default: '' },
      { name: 'backupHost', value: line(HOST_MAX), default: '' },
      { name: 'port', value: port, required: true },
      { name: 'databaseName', value: line(NAME_MAX), default: '' },
      { name: 'domain', about: 'Empty: an SQL user.', value: line(NAME_MAX), default: '' },
      { name: 'username', value: line(NAME_MAX), default: '' },
      {
        name: 'password',
        about: 'Kept sealed, never told. Left out or empty: it stays as it is; null: none any more.',
        value: { type: 'text', max: NAME_MAX, form: 'password' },
        writeOnly: true,
        nullable: true,
      },
      { name: 'passwordSet', about: 'Whether there is one.', value: { type: 'flag' }, readOnly: true },
      ...STATE,
    ],
  },
  chat: {
    name: 'chat',
    object: 'desktop chat',
    about: 'Servers of the desktop chat, for clients that bring one.',
    fields: [
      { name: 'primaryNode', about: 'https://host:5280/path', value: line(URL_MAX), default: '' },
      { name: 'secondaryNode', value: line(URL_MAX), default: '' },
      ...STATE,
    ],
  },
} as const satisfies Record<string, Description>;

export type SettingsName = keyof typeof SETTINGS_DESCRIPTIONS;
