import type { AcdAgent, AcdDialledNumber, AcdDirectory, AcdSkillGroup, AcdTeam } from '../directory.ts';

/** A small contact centre for tests; passwords equal the login id. */
export function demoDirectory(): AcdDirectory & {
  agentList: AcdAgent[];
  teamList: AcdTeam[];
  groupList: AcdSkillGroup[];
  phoneList: string[];
  numberList: AcdDialledNumber[];
  /** Ends a change of the lists. */
  changed(): void;
} {
  const listeners = new Set<() => void>();
  const agent = (
    loginId: string,
    skillTargetId: number,
    teamId: number,
    skillGroups: number[],
    supervisorOf: number[] = [],
  ): AcdAgent => ({
    loginId,
    loginName: `name-${loginId}`,
    firstName: 'First',
    lastName: `Last ${loginId}`,
    skillTargetId,
    teamId,
    skillGroups,
    supervisorOf,
  });
  const directory = {
    peripheralId: 5001,
    agentList: [
      agent('2001', 5001, 5002, [85881]),
      agent('2002', 5002, 5000, [85881, 85882]),
      agent('2050', 5003, 5002, [85881], [5000, 5002]),
      agent('2051', 5004, 5000, [], [5001]),
      agent('agent-x', 5005, 5001, [85882]),
      agent('3001', 5006, 5002, [85883]),
    ],
    teamList: [
      {
        id: 5000,
        name: 'Minnies_Team',
        wrapUpOnIncoming: 'REQUIRED',
        wrapUpTimerSeconds: 30,
        notReadyReasonRequired: true,
        logoutReasonRequired: true,
      },
      { id: 5001, name: 'Maths', wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'OPTIONAL' },
      { id: 5002, name: 'Sandbox', wrapUpOnIncoming: 'NOT_ALLOWED', wrapUpOnOutgoing: 'NOT_ALLOWED' },
    ] as AcdTeam[],
    groupList: [
      { number: 85881, id: 5000, name: 'Sales' },
      { number: 85882, id: 5001, name: 'Support' },
      { number: 85883, id: 5002, name: 'Sandbox' },
    ],
    phoneList: ['2003', '2005', '2006', '3001', 'desk-7'],
    numberList: [
      { number: '6001', skillGroup: 85881 },
      { number: '6002', skillGroup: 85882 },
      { number: '6003', skillGroup: 85883 },
      { number: '6009', skillGroup: 85881, priority: 1 },
    ] as AcdDialledNumber[],
    agents: () => directory.agentList,
    teams: () => directory.teamList,
    skillGroups: () => directory.groupList,
    devices: () => directory.phoneList,
    dialledNumbers: () => directory.numberList,
    checkPassword: async (loginId: string, password: string) => password === loginId,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed: () => {
      for (const listener of listeners) listener();
    },
  };
  return directory;
}
