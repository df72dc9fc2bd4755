/** SystemConfig, ClusterConfig, EnterpriseDatabaseConfig and ChatConfig (objects.md 10), and what requests may hold. */
import type { Element } from '@poise/xml';
import { failure } from '../domain/errors.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import { lastChild, type Reading, readRoot, refuse } from './request.ts';
import { flagOf, integerOf, invalid, missing, reading, short } from './request-fields.ts';

/** Values by the names of their elements; null: none. */
export type ConfigValues = Readonly<Record<string, string | number | boolean | null>>;

const at = fieldsOf<ConfigValues>();
const text = (name: string, from = name) => at.text(name, (values) => values[from]);
const uri = (object: string) => at.uri('uri', () => `/finesse/api/${object}`);
const whole = (values: ConfigValues): ConfigValues => values;

export const SYSTEM_CONFIG: ObjectDescription<ConfigValues> = {
  root: 'SystemConfig',
  eventRoot: 'systemConfig',
  declaration: false,
  fields: [
    uri('SystemConfig'),
    at.group(
      'cti',
      [
        text('host'),
        text('port'),
        text('backupHost'),
        text('backupPort'),
        text('peripheralId'),
        // The link to the CTI server has no TLS.
        at.boolean('secure', () => false),
      ],
      whole,
    ),
  ],
};

export const CLUSTER_CONFIG: ObjectDescription<ConfigValues> = {
  root: 'ClusterConfig',
  eventRoot: 'clusterConfig',
  declaration: false,
  fields: [uri('ClusterConfig'), at.group('secondaryNode', [text('host', 'secondaryNode')], whole)],
};

export const ENTERPRISE_DATABASE_CONFIG: ObjectDescription<ConfigValues> = {
  root: 'EnterpriseDatabaseConfig',
  eventRoot: 'enterpriseDatabaseConfig',
  declaration: false,
  fields: [
    uri('EnterpriseDatabaseConfig'),
    text('host'),
    text('backupHost'),
    text('port'),
    text('databaseName'),
    text('domain'),
    text('username'),
    // Nobody reads it back.
    at.text('password', () => ''),
  ],
};

export const CHAT_CONFIG: ObjectDescription<ConfigValues> = {
  root: 'ChatConfig',
  eventRoot: 'chatConfig',
  declaration: false,
  fields: [uri('ChatConfig'), text('primaryNode'), text('secondaryNode')],
};

const HOST_MAX = 253;
const NAME_MAX = 128;
const URL_MAX = 1_024;

/** What a request sets; what it leaves out keeps its value. `password` apart. */
export interface ConfigRequest {
  readonly values: ConfigValues;
  readonly password?: string;
}

/** An empty element takes a value away; an absent one leaves it. */
const optionalPort = (parent: Element, name: string): number | null | undefined =>
  lastChild(parent, name) === undefined ? undefined : (integerOf(parent, name, 1, 65_535) ?? null);

function requiredInteger(parent: Element, name: string, max: number): number | undefined {
  if (lastChild(parent, name) === undefined) return undefined;
  const value = integerOf(parent, name, 1, max);
  if (value === undefined) throw missing(name);
  return value;
}

function requiredText(parent: Element, name: string, max: number): string | undefined {
  const value = short(parent, name, max);
  if (value === '') throw missing(name);
  return value;
}

function requestOf(
  root: string,
  body: Uint8Array | undefined,
  read: (root: Element) => object,
): Reading<ConfigRequest> {
  return reading(() => {
    const element = readRoot(body, root);
    if (!element.ok) return element;
    const given = Object.entries(read(element.value)).filter(([, value]) => value !== undefined);
    if (given.length === 0)
      return refuse(failure('INVALID_INPUT', root, 'At least one element must be given'));
    const { password, ...values } = Object.fromEntries(given);
    // Who sends back what was read has an empty password in it.
    return { ok: true, value: { values, ...(password !== undefined && password !== '' && { password }) } };
  });
}

export const readSystemConfig = (body: Uint8Array | undefined): Reading<ConfigRequest> =>
  requestOf('SystemConfig', body, (root) => {
    const cti = lastChild(root, 'cti');
    if (cti === undefined) throw missing('cti');
    if (flagOf(cti, 'secure') === true)
      throw invalid('secure', 'Encryption of the CTI link is not supported, secure must be false');
    return {
      host: requiredText(cti, 'host', HOST_MAX),
      port: requiredInteger(cti, 'port', 65_535),
      backupHost: short(cti, 'backupHost', HOST_MAX),
      backupPort: optionalPort(cti, 'backupPort'),
      peripheralId: requiredInteger(cti, 'peripheralId', 32_767),
    };
  });

export const readClusterConfig = (body: Uint8Array | undefined): Reading<ConfigRequest> =>
  requestOf('ClusterConfig', body, (root) => {
    const node = lastChild(root, 'secondaryNode');
    if (node === undefined) throw missing('secondaryNode');
    const host = short(node, 'host', HOST_MAX);
    if (host === undefined) throw missing('host');
    return { secondaryNode: host };
  });

export const readEnterpriseDatabaseConfig = (body: Uint8Array | undefined): Reading<ConfigRequest> =>
  requestOf('EnterpriseDatabaseConfig', body, (root) => ({
    host: requiredText(root, 'host', HOST_MAX),
    backupHost: short(root, 'backupHost', HOST_MAX),
    port: requiredInteger(root, 'port', 65_535),
    databaseName: short(root, 'databaseName', NAME_MAX),
    domain: short(root, 'domain', NAME_MAX),
    username: short(root, 'username', NAME_MAX),
    // Blanks around a password belong to it.
    password: lastChild(root, 'password')?.text,
  }));

export const readChatConfig = (body: Uint8Array | undefined): Reading<ConfigRequest> =>
  requestOf('ChatConfig', body, (root) => ({
    primaryNode: short(root, 'primaryNode', URL_MAX),
    secondaryNode: short(root, 'secondaryNode', URL_MAX),
  }));
