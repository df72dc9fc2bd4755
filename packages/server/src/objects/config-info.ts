/** ConfigInfo and SystemVariables: what there is, for administrators (developer guide 15.0, ConfigInfo and SystemVariable). */
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface ConfigInfoSource {
  readonly skillGroups: number;
  readonly supervisors: number;
  readonly teams: number;
  readonly users: number;
  readonly version: string;
}

const info = fieldsOf<ConfigInfoSource>();

export const CONFIG_INFO: ObjectDescription<ConfigInfoSource> = {
  root: 'ConfigInfo',
  eventRoot: 'configInfo',
  declaration: false,
  fields: [
    info.integer('totalSkillGroups', ({ skillGroups }) => skillGroups),
    info.integer('totalSupervisors', ({ supervisors }) => supervisors),
    info.integer('totalTeams', ({ teams }) => teams),
    info.integer('totalUsers', ({ users }) => users),
    info.uri('uri', () => '/finesse/api/ConfigInfo'),
    info.text('versionInfo', ({ version }) => version),
  ],
};

export interface SystemVariable {
  readonly name: string;
  /** Where it stands in an event, as XPath. */
  readonly node: string;
}

const variable = fieldsOf<SystemVariable>();

export const SYSTEM_VARIABLE: ObjectDescription<SystemVariable> = {
  root: 'SystemVariable',
  eventRoot: 'systemVariable',
  declaration: false,
  fields: [variable.text('name', ({ name }) => name), variable.text('node', ({ node }) => node)],
};
