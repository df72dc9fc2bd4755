/** ConfigInfo and SystemVariables: read alone (rest-api.md 8). */
import { SYSTEM_VARIABLES } from '@poise/workflow';
import { CONFIG_INFO, SYSTEM_VARIABLE } from '../../objects/config-info.ts';
import { listDocument } from '../../objects/list.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { handler } from './configuration.ts';

function info(call: Call): Answer {
  const { directory, presenter, version } = call.dependencies;
  const users = directory.current.users();
  return ok(
    objectWriter(CONFIG_INFO, presenter.profile).document({
      skillGroups: directory.current.skillGroups().length,
      supervisors: users.filter(({ roles }) => roles.includes('Supervisor')).length,
      teams: directory.current.teams().length,
      users: users.length,
      // The release whose interfaces are met comes first: that is what clients look for.
      version: `${presenter.profile.release} (Poise ${version})`,
    }),
  );
}

const variables = ({ dependencies: { presenter } }: Call): Answer =>
  ok(listDocument('SystemVariables', objectWriter(SYSTEM_VARIABLE, presenter.profile), SYSTEM_VARIABLES));

export const CONFIG_INFO_RESOURCES: readonly Resource[] = [
  { path: 'ConfigInfo', methods: { GET: handler('configInfo.read', 'configInfo.GET', info) } },
  {
    path: 'SystemVariables',
    methods: { GET: handler('systemVariable.read', 'systemVariables.GET', variables) },
  },
];
