/** The default desktop layout and those of teams, for administrators (rest-api.md 8). */
import { failure } from '../../domain/errors.ts';
import { apiErrors } from '../../objects/api-errors.ts';
import {
  defaultLayoutXml,
  LAYOUT_BODY_LIMITS,
  LAYOUT_CONFIG,
  readLayoutConfig,
  readTeamLayoutConfig,
  TEAM_LAYOUT_CONFIG,
} from '../../objects/desktop-layout.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { TeamRecord } from '../../store/directory.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { changing } from './configuration.ts';

function getDefault(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  call.announce(call.principal!.loginId, 'default');
  const xml = defaultLayoutXml(directory.current.desktopLayout(null));
  return ok(objectWriter(LAYOUT_CONFIG, presenter.profile).document(xml));
}

async function putDefault(call: Call): Promise<Answer> {
  call.announce(call.principal!.loginId, 'default');
  const read = readLayoutConfig(call.body);
  if (!read.ok) return { status: 400, body: apiErrors(read.failures) };
  const { xml } = read.value;
  await call.change(({ desktopLayouts }) => desktopLayouts.save({ teamId: null, xml, useDefault: false }));
  tell(call, 'The default desktop layout was changed.');
  return ok('');
}

/** The team of the path. Who asks for another is told of the assignment, unlike elsewhere. */
function teamOf(call: Call): TeamRecord | undefined {
  const { id = '' } = call.parameters;
  call.announce(call.principal!.loginId, id.slice(0, 32));
  return /^\d{1,10}$/.test(id) ? call.dependencies.directory.current.team(Number(id)) : undefined;
}

const unknownTeam = (call: Call): Answer =>
  failed(failure('TEAM_ASSIGNMENT_NOT_FOUND', (call.parameters.id ?? '').slice(0, 64)));

function getOfTeam(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  const team = teamOf(call);
  if (team === undefined) return unknownTeam(call);
  const own = directory.current.desktopLayout(team.id);
  const useDefault = own === undefined || own.useDefault;
  const xml = useDefault ? defaultLayoutXml(directory.current.desktopLayout(null)) : own.xml;
  return ok(objectWriter(TEAM_LAYOUT_CONFIG, presenter.profile).document({ xml, useDefault }));
}

async function putOfTeam(call: Call): Promise<Answer> {
  const { directory } = call.dependencies;
  const answer = await changing(call, 'LayoutConfig', async ({ desktopLayouts }) => {
    const team = teamOf(call);
    if (team === undefined) return unknownTeam(call);
    const read = readTeamLayoutConfig(call.body, directory.current.desktopLayout(team.id));
    if (!read.ok) return { status: 400, body: apiErrors(read.failures) };
    await desktopLayouts.save({ teamId: team.id, ...read.value });
    return ok('');
  });
  if (answer.status === 200) tell(call, `The desktop layout of team ${call.parameters.id} was changed.`);
  return answer;
}

function tell(call: Call, text: string): void {
  const detail = { by: call.principal!.loginId };
  call.dependencies.happenings.publish('operator', { level: 'info', text, detail }, call.cause);
}

export const DESKTOP_LAYOUT_RESOURCES: readonly Resource[] = [
  {
    path: 'LayoutConfig/default',
    methods: {
      GET: { operation: 'layoutConfig.read', request: 'layoutConfig.GET', always: true, handle: getDefault },
      PUT: {
        operation: 'layoutConfig.write',
        request: 'layoutConfig.PUT',
        always: true,
        body: LAYOUT_BODY_LIMITS,
        handle: putDefault,
      },
    },
  },
  {
    path: 'Team/{id}/LayoutConfig',
    methods: {
      GET: {
        operation: 'team.assignments.read',
        request: 'teamLayoutConfig.GET',
        always: true,
        handle: getOfTeam,
      },
      PUT: {
        operation: 'team.assignments.write',
        request: 'teamLayoutConfig.PUT',
        always: true,
        body: LAYOUT_BODY_LIMITS,
        handle: putOfTeam,
      },
    },
  },
];
