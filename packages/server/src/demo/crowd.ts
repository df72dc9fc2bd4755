/**
 * Many agents at once, for load: `demo.agents` and `--bench`. They live in memory only. Each twenty form
 * a team without reason codes; their phones bear the login id.
 */
import { QUEUE_PRIORITY, type TeamRecord, type UserRecord, type WrapUpMode } from '../store/directory.ts';
import { type DirectoryData, EMPTY_DIRECTORY } from '../store/snapshot.ts';

export const AGENTS_PER_TEAM = 20;
export const AGENTS_MAX = 10_000;
export const FIRST_DEMO_AGENT = 7_000_001;
export const FIRST_BENCH_AGENT = 8_000_001;
/** The service user of `--bench`: creates nodes and publishes; no agent. */
export const BENCH_PUBLISHER = 'publisher';

interface Crowd {
  readonly count: number;
  readonly firstLoginId: number;
  readonly namePrefix: string;
  readonly firstName: string;
  readonly firstTeamId: number;
  readonly teamName: string;
  readonly firstSkillTarget: number;
  readonly skillGroup: { readonly number: number; readonly id: number; readonly name: string };
  readonly dialledNumber: string;
  /** After incoming calls. */
  readonly wrapUp: WrapUpMode;
  readonly wrapUpSeconds: number;
}

function crowd(shape: Crowd): DirectoryData {
  if (shape.count === 0) return EMPTY_DIRECTORY;
  const teams: TeamRecord[] = [];
  const users: UserRecord[] = [];
  const devices: string[] = [];
  const roles = ['Agent'] as const;
  const skillGroupNumbers = [shape.skillGroup.number];
  const supervisedTeamIds: readonly number[] = [];
  for (let index = 0; index < shape.count; index++) {
    const teamId = shape.firstTeamId + Math.floor(index / AGENTS_PER_TEAM);
    if (index % AGENTS_PER_TEAM === 0) {
      teams.push({
        id: teamId,
        name: `${shape.teamName}_${teams.length + 1}`,
        wrapUpOnIncoming: shape.wrapUp,
        wrapUpOnOutgoing: 'NOT_ALLOWED',
        wrapUpTimerSeconds: shape.wrapUpSeconds,
      });
    }
    const loginId = String(shape.firstLoginId + index);
    users.push({
      loginId,
      loginName: `${shape.namePrefix}${index + 1}`,
      firstName: shape.firstName,
      lastName: String(index + 1),
      roles,
      teamId,
      supervisedTeamIds,
      skillTargetId: shape.firstSkillTarget + index,
      skillGroupNumbers,
    });
    devices.push(loginId);
  }
  return {
    ...EMPTY_DIRECTORY,
    users,
    teams,
    devices,
    skillGroups: [shape.skillGroup],
    dialledNumbers: [
      {
        number: shape.dialledNumber,
        skillGroupNumber: shape.skillGroup.number,
        priority: QUEUE_PRIORITY.usual,
      },
    ],
  };
}

/** `demo.agents`: login ids from 7000001. @param count 0 to {@link AGENTS_MAX} */
export function demoCrowd(count: number): DirectoryData {
  return crowd({
    count,
    firstLoginId: FIRST_DEMO_AGENT,
    namePrefix: 'agent',
    firstName: 'Agent',
    firstTeamId: 7001,
    teamName: 'Demo',
    firstSkillTarget: 20_001,
    skillGroup: { number: 85884, id: 5003, name: 'Demo' },
    dialledNumber: '6004',
    wrapUp: 'NOT_ALLOWED',
    wrapUpSeconds: 30,
  });
}

/** `--bench N`: login ids from 8000001 (`bench.firstLoginId`), and the user {@link BENCH_PUBLISHER}. */
export function benchCrowd(count: number, firstLoginId: number = FIRST_BENCH_AGENT): DirectoryData {
  const data = crowd({
    count,
    firstLoginId,
    namePrefix: 'bench',
    firstName: 'Bench',
    firstTeamId: 8001,
    teamName: 'Bench',
    firstSkillTarget: 40_001,
    skillGroup: { number: 85885, id: 5004, name: 'Bench' },
    dialledNumber: '6005',
    // So that calls under load have their whole life.
    wrapUp: 'REQUIRED',
    wrapUpSeconds: 5,
  });
  const publisher: UserRecord = {
    loginId: BENCH_PUBLISHER,
    loginName: BENCH_PUBLISHER,
    firstName: '',
    lastName: '',
    roles: [],
    teamId: null,
    supervisedTeamIds: [],
    skillTargetId: 40_000,
    skillGroupNumbers: [],
  };
  return { ...data, users: [...data.users, publisher] };
}
