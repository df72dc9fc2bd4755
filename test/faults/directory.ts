/** Who and what there is in the simulated contact centre. */
import { agent, type TestCentreData } from '../../packages/server/test/centre/test-directory.ts';

const team = (id: number, name: string, supervisor: 'OPTIONAL' | 'REQUIRED') =>
  ({
    id,
    name,
    wrapUpOnIncoming: supervisor,
    wrapUpOnOutgoing: 'NOT_ALLOWED',
    wrapUpTimerSeconds: 10,
  }) as const;

const both = { skillGroupNumbers: [85881, 85882] };
const supervises = (...supervisedTeamIds: number[]) =>
  ({ roles: ['Agent', 'Supervisor'], supervisedTeamIds, skillGroupNumbers: [] }) as const;

export const TEAMS = [5000, 5001] as const;
/** Numbers of the skill groups. */
export const QUEUES = [85881, 85882] as const;

export const CENTRE: TestCentreData = {
  teams: [team(5000, 'North', 'OPTIONAL'), team(5001, 'South', 'REQUIRED')],
  users: [
    agent('2001', 'mmouse', 'Mickey', 'Mouse', 5000, both),
    agent('2002', 'alovelace', 'Ada', 'Lovelace', 5000, both),
    agent('2003', 'ahopper', 'Grace', 'Hopper', 5000, { skillGroupNumbers: [85881] }),
    agent('2004', 'enoether', 'Emmy', 'Noether', 5001, both),
    agent('2005', 'leuler', 'Leonhard', 'Euler', 5001, { skillGroupNumbers: [85882] }),
    agent('2050', 'minnie', 'Minnie', 'Mouse', 5000, supervises(5000, 5001)),
  ],
  reasonCodes: [
    {
      id: 12,
      category: 'NOT_READY',
      code: 10,
      label: 'Lunch',
      forAll: true,
      systemCode: false,
      teamIds: [],
    },
    {
      id: 21,
      category: 'LOGOUT',
      code: 1,
      label: 'End of Shift',
      forAll: true,
      systemCode: false,
      teamIds: [],
    },
  ],
  wrapUpReasons: [{ id: 31, label: 'Sale made', forAll: true, teamIds: [] }],
  phoneBooks: [],
  skillGroups: [
    { number: 85881, id: 5006, name: 'Sales' },
    { number: 85882, id: 5007, name: 'Service' },
  ],
  dialledNumbers: [
    { number: '6001', skillGroupNumber: 85881, priority: 5 },
    { number: '6002', skillGroupNumber: 85882, priority: 5 },
  ],
  devices: ['3001', '3002', '3003', '3004', '3005', '3050', '3099'],
};

/** The phone of each user: 3001 of 2001, and so on. */
export const phoneOf = (loginId: string): string => `3${loginId.slice(1)}`;
