/** SystemConfig, ClusterConfig, EnterpriseDatabaseConfig and ChatConfig: told as they are stored, in force from the next start on (rest-api.md 8). */
import type { Operation } from '../../accounts/policy.ts';
import type { SettingsName } from '../../configuration/settings-descriptions.ts';
import { failure } from '../../domain/errors.ts';
import type { ObjectDescription } from '../../objects/description.ts';
import type { Reading } from '../../objects/request.ts';
import { Refused } from '../../objects/request-fields.ts';
import {
  CHAT_CONFIG,
  CLUSTER_CONFIG,
  type ConfigRequest,
  type ConfigValues,
  ENTERPRISE_DATABASE_CONFIG,
  readChatConfig,
  readClusterConfig,
  readEnterpriseDatabaseConfig,
  readSystemConfig,
  SYSTEM_CONFIG,
} from '../../objects/system-config.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type SettingProblem, saveSettings } from '../../system-settings/system-settings.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { changingQuietly, handler } from './configuration.ts';

interface Kind {
  readonly name: SettingsName;
  readonly description: ObjectDescription<ConfigValues>;
  readonly read: (body: Uint8Array | undefined) => Reading<ConfigRequest>;
  readonly operations: { readonly read: Operation; readonly write: Operation };
  /** Of Unified CCE alone; with CCX the platform knows these. */
  readonly isCce: boolean;
}

function get({ name, description }: Kind, call: Call): Answer {
  const { presenter, systemSettings, directory } = call.dependencies;
  const { next } = systemSettings.view(name, directory.current);
  return ok(objectWriter(description, presenter.profile).document(next));
}

async function put({ name, description, read }: Kind, call: Call): Promise<Answer> {
  const request = read(call.body);
  const answer = await changingQuietly(call, description.root, async (repositories) => {
    if (!request.ok) throw new Refused(request.failure);
    const { systemSettings, directory } = call.dependencies;
    const { values, password } = request.value;
    const { next } = systemSettings.view(name, directory.current);
    const { change, problems } = systemSettings.plan(
      name,
      { ...next, ...values },
      directory.current,
      password,
    );
    const [problem] = problems;
    if (problem !== undefined) throw new Refused(failureOf(problem));
    await saveSettings(repositories, change);
  });
  if (answer.status === 200) {
    const text = `${description.root} was written; it is in force from the next start on.`;
    const detail = { by: call.principal!.loginId };
    call.dependencies.happenings.publish('operator', { level: 'info', text, detail }, call.cause);
  }
  return answer;
}

const failureOf = ({ field, code, message }: SettingProblem) =>
  code === 'MISSING'
    ? failure('PARAMETER_MISSING', field, `${field} Parameter missing`)
    : failure('INVALID_INPUT', field, message.replace(/\.$/, ''));

function resourceOf(kind: Kind): Resource {
  const { description, operations, isCce } = kind;
  const log = description.eventRoot;
  const only = isCce ? { deployment: 'CCE' as const } : {};
  return {
    path: description.root,
    methods: {
      GET: { ...handler(operations.read, `${log}.GET`, (call) => get(kind, call)), ...only },
      PUT: { ...handler(operations.write, `${log}.PUT`, (call) => put(kind, call)), ...only },
    },
  };
}

export const SYSTEM_CONFIG_RESOURCES: readonly Resource[] = [
  resourceOf({
    name: 'cti',
    description: SYSTEM_CONFIG,
    read: readSystemConfig,
    operations: { read: 'systemConfig.read', write: 'systemConfig.write' },
    isCce: true,
  }),
  resourceOf({
    name: 'cluster',
    description: CLUSTER_CONFIG,
    read: readClusterConfig,
    operations: { read: 'clusterConfig.read', write: 'clusterConfig.write' },
    isCce: true,
  }),
  resourceOf({
    name: 'enterpriseDatabase',
    description: ENTERPRISE_DATABASE_CONFIG,
    read: readEnterpriseDatabaseConfig,
    operations: { read: 'enterpriseDatabaseConfig.read', write: 'enterpriseDatabaseConfig.write' },
    isCce: true,
  }),
  resourceOf({
    name: 'chat',
    description: CHAT_CONFIG,
    read: readChatConfig,
    operations: { read: 'chatConfig.read', write: 'chatConfig.write' },
    isCce: false,
  }),
];
