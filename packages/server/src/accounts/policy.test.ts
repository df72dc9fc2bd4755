import { describe, expect, test } from 'vitest';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { benchCrowd } from '../demo/crowd.ts';
import type { Role } from '../store/directory.ts';
import { createDirectory } from '../store/snapshot.ts';
import { LayeredDirectory } from '../store/source.ts';
import { createNodePolicy, type NodeAccess } from './node-policy.ts';
import { type NodeName, nodeOf, nodePath } from './nodes.ts';
import {
  type Decision,
  decide,
  isPublic,
  lockScopeOf,
  OPERATIONS,
  type Operation,
  type Ownership,
  ruleOf,
} from './policy.ts';
import { principalOf } from './principal.ts';

const source = new LayeredDirectory({ ...demoConfiguration(), users: demoUsers() }, benchCrowd(40));
const directory = source.current;
const CALLERS = {
  agent: '2001',
  supervisor: '2050',
  otherSupervisor: '2051',
  administrator: 'admin',
} as const;
type Caller = keyof typeof CALLERS;
const principal = (caller: Caller) => principalOf(directory.user(CALLERS[caller])!);
/** Member of team 5000, which the supervisor 2050 has. */
const TARGET = { userId: '2002', teamId: 5000 };

/** What each kind of ownership means for a caller who has the role: about 2002 and team 5000. */
const EXPECTED: Readonly<Record<Ownership, Readonly<Record<Caller, Decision>>>> = {
  any: { agent: 'allow', supervisor: 'allow', otherSupervisor: 'allow', administrator: 'allow' },
  own: { agent: 'not-own', supervisor: 'not-own', otherSupervisor: 'not-own', administrator: 'not-own' },
  'own-or-administrator': {
    agent: 'not-own',
    supervisor: 'not-own',
    otherSupervisor: 'not-own',
    administrator: 'allow',
  },
  'own-or-supervised': {
    agent: 'not-own',
    supervisor: 'allow',
    otherSupervisor: 'not-supervisor',
    administrator: 'allow',
  },
  'supervised-team': {
    agent: 'not-supervisor',
    supervisor: 'allow',
    otherSupervisor: 'not-supervisor',
    administrator: 'allow',
  },
  'member-team': {
    agent: 'allow',
    supervisor: 'allow',
    otherSupervisor: 'not-supervisor',
    administrator: 'not-supervisor',
  },
};

describe.each(Object.keys(OPERATIONS) as Operation[])('%s', (operation) => {
  const rule = ruleOf(operation);

  test.each(Object.keys(CALLERS) as Caller[])('by %s about others is decided as the table says', (caller) => {
    const who = principal(caller);
    const open = rule.roles === null || rule.roles.length === 0;
    const hasRole = open || rule.roles.some((role) => who.roles.has(role));
    const expected = hasRole ? EXPECTED[rule.ownership][caller] : 'wrong-role';
    expect(decide(who, operation, TARGET, directory)).toBe(expected);
  });

  test.each(['agent', 'supervisor'] as const)('by %s about the own object needs the role only', (caller) => {
    const who = principal(caller);
    const roles: readonly Role[] = rule.roles ?? [];
    const hasRole = roles.length === 0 || roles.some((role) => who.roles.has(role));
    const own = { userId: who.loginId, teamId: 5000 };
    const expected = !hasRole
      ? 'wrong-role'
      : rule.ownership === 'supervised-team' && caller === 'agent'
        ? 'not-supervisor'
        : 'allow';
    expect(decide(who, operation, own, directory)).toBe(expected);
  });

  test('without a target is never decided in favour of ownership', () => {
    if (rule.ownership !== 'any')
      expect(decide(principal('agent'), operation, {}, directory)).not.toBe('allow');
  });
});

describe('decisions that clients rely on', () => {
  test.each<[Caller, Operation, { userId?: string; teamId?: number }, Decision]>([
    ['agent', 'user.changeState', { userId: '2002' }, 'not-own'],
    ['supervisor', 'user.changeState', { userId: '2002' }, 'allow'],
    ['supervisor', 'user.changeState', { userId: '3001' }, 'not-supervisor'],
    ['supervisor', 'user.signIn', { userId: '2002' }, 'not-own'],
    ['administrator', 'user.changeState', { userId: '2001' }, 'wrong-role'],
    ['administrator', 'user.get', { userId: '2001' }, 'allow'],
    ['agent', 'user.get', { userId: 'MMOUSE' }, 'allow'],
    ['agent', 'user.list', {}, 'wrong-role'],
    ['agent', 'team.get', { teamId: 5000 }, 'wrong-role'],
    ['supervisor', 'team.get', { teamId: 5001 }, 'not-supervisor'],
    ['administrator', 'team.get', { teamId: 5001 }, 'allow'],
    ['agent', 'user.queues', { userId: '3001' }, 'allow'],
    ['agent', 'user.get', { userId: 'nobody' }, 'not-own'],
  ])('%s, %s, %j: %s', (caller, operation, target, decision) => {
    expect(decide(principal(caller), operation, target, directory)).toBe(decision);
  });

  test('only SystemInfo and UserAuthMode need no credentials', () => {
    expect((Object.keys(OPERATIONS) as Operation[]).filter(isPublic)).toEqual([
      'user.authMode',
      'systemInfo.get',
    ]);
  });

  test('wrong passwords count separately for agents, configuration and serviceability', () => {
    expect(lockScopeOf('user.changeState')).toBe('api');
    expect(lockScopeOf('reasonCode.write')).toBe('configuration');
    expect(lockScopeOf('connectedUsersInfo.get')).toBe('serviceability');
    expect(lockScopeOf('console.signIn')).toBe('console');
  });
});

describe('the name of a node', () => {
  test.each<[string, NodeName]>([
    ['/finesse/api/User/2001', { kind: 'User', userId: '2001' }],
    ['/finesse/api/User/2001/Dialogs', { kind: 'Dialogs', userId: '2001' }],
    ['/finesse/api/User/2001/Dialogs/Media', { kind: 'DialogsMedia', userId: '2001' }],
    ['/finesse/api/User/2001/Media', { kind: 'Media', userId: '2001' }],
    ['/finesse/api/User/2001/Media/5002', { kind: 'Media', userId: '2001', mediaId: '5002' }],
    ['/finesse/api/User/2001/ClientLog', { kind: 'ClientLog', userId: '2001' }],
    ['/finesse/api/User/2001/Queues', { kind: 'Queues', userId: '2001' }],
    ['/finesse/api/User/2001/Queue/85881', { kind: 'UserQueue', userId: '2001', queueId: 85881 }],
    ['/finesse/api/Queue/85881', { kind: 'Queue', queueId: 85881 }],
    ['/finesse/api/Team/5000/Users', { kind: 'TeamUsers', teamId: 5000 }],
    ['/finesse/api/Team/5000/TeamMessages', { kind: 'TeamMessages', teamId: 5000 }],
    ['/finesse/api/SystemInfo', { kind: 'SystemInfo' }],
  ])('%s is read and written', (path, name) => {
    expect(nodeOf(path)).toEqual(name);
    expect(nodePath(name)).toBe(path);
  });

  test.each([
    '',
    '/finesse/api/',
    '/finesse/api/User',
    '/finesse/api/User/',
    '/finesse/api/user/2001',
    '/finesse/api/User/2001/',
    '/finesse/api/User//Dialogs',
    '/finesse/api/Team/Minnies_Team/Users',
    '/finesse/api/Team/05000/Users',
    '/finesse/api/Team/5000',
    '/finesse/api/Queue/-1',
    '/finesse/api/SystemInfo/x',
    'User/2001',
    `/finesse/api/User/${'x'.repeat(600)}`,
  ])('%j is none', (path) => {
    expect(nodeOf(path)).toBeNull();
  });
});

describe('access to nodes', () => {
  const roles = createNodePolicy({ directory: source, deployment: 'CCE', access: 'roles' });

  test.each<[string, string, NodeAccess]>([
    ['2001', '/finesse/api/User/2001', 'allow'],
    ['2001', '/finesse/api/User/2001/ClientLog', 'allow'],
    ['2001', '/finesse/api/User/2002', 'forbidden'],
    ['2050', '/finesse/api/User/2001', 'forbidden'],
    ['2001', '/finesse/api/User/9999', 'not-found'],
    ['2001', '/finesse/api/User/admin', 'not-found'],
    ['2001', '/finesse/api/SystemInfo', 'allow'],
    ['admin', '/finesse/api/SystemInfo', 'allow'],
    ['2001', '/finesse/api/Team/5000/Users', 'forbidden'],
    ['2050', '/finesse/api/Team/5000/Users', 'allow'],
    ['2050', '/finesse/api/Team/5001/Users', 'forbidden'],
    ['2050', '/finesse/api/Team/1/Users', 'not-found'],
    ['admin', '/finesse/api/Team/5001/Users', 'allow'],
    ['2001', '/finesse/api/Team/5000/TeamMessages', 'allow'],
    ['2001', '/finesse/api/Queue/85881', 'allow'],
    ['2001', '/finesse/api/Queue/85882', 'forbidden'],
    ['2051', '/finesse/api/Queue/85883', 'allow'],
    ['2050', '/finesse/api/Queue/85883', 'forbidden'],
    ['admin', '/finesse/api/Queue/85883', 'allow'],
    ['2001', '/finesse/api/Queue/1', 'not-found'],
    ['2001', '/finesse/api/User/2001/Queue/85881', 'allow'],
    ['2001', '/finesse/api/User/2001/Queue/85882', 'forbidden'],
    ['2001', 'anything', 'not-found'],
    ['nobody', '/finesse/api/SystemInfo', 'forbidden'],
    ['publisher', '/finesse/api/User/2001', 'forbidden'],
  ])('of %s to %s: %s', (user, node, access) => {
    expect(roles.nodeAccess(user, node)).toBe(access);
  });

  test('of every user to every node that is listed for him is allowed, and nothing else is listed', () => {
    const all = createNodePolicy({ directory: source, deployment: 'CCE', access: 'open' });
    for (const user of ['2001', '2050', '2051', 'admin', '3001']) {
      const listed = new Set(roles.nodesOf(user));
      for (const node of all.nodesOf('admin')) {
        expect([user, node, listed.has(node)]).toEqual([
          user,
          node,
          roles.nodeAccess(user, node) === 'allow',
        ]);
      }
    }
  });

  test('is open to every user in the laboratory, but only to nodes that exist', () => {
    const open = createNodePolicy({ directory: source, deployment: 'CCE', access: 'open' });
    expect(open.nodeAccess('2001', '/finesse/api/User/2002')).toBe('allow');
    expect(open.nodeAccess('2001', '/finesse/api/User/9999')).toBe('not-found');
  });

  test('is unrestricted for bench users, also to nodes that are no objects', () => {
    const bench = createNodePolicy({
      directory: source,
      deployment: 'CCE',
      access: 'roles',
      unrestricted: (user) => user.loginId.startsWith('8') || user.loginId === 'publisher',
    });
    expect(bench.nodeAccess('8000001', '/finesse/api/User/8000002')).toBe('allow');
    expect(bench.nodeAccess('8000001', 'team-node')).toBe('allow');
    expect(bench.nodeAccess('2001', '/finesse/api/User/8000002')).toBe('forbidden');
  });

  test('to queues does not exist with CCX', () => {
    const ccx = createNodePolicy({ directory: source, deployment: 'CCX', access: 'roles' });
    expect(ccx.nodeAccess('2001', '/finesse/api/Queue/85881')).toBe('not-found');
    expect([...ccx.nodesOf('2001')].filter((node) => node.includes('Queue'))).toEqual([]);
  });

  test('is given to the own nodes without asking', () => {
    expect(roles.automaticNodes('2001')).toEqual([
      '/finesse/api/User/2001',
      '/finesse/api/User/2001/Dialogs',
      '/finesse/api/User/2001/ClientLog',
      '/finesse/api/Team/5000/TeamMessages',
      '/finesse/api/SystemInfo',
    ]);
    // Of a supervisor also the teams whose messages he sends.
    expect(roles.automaticNodes('2051').filter((node) => node.includes('TeamMessages'))).toEqual([
      '/finesse/api/Team/5001/TeamMessages',
      '/finesse/api/Team/5002/TeamMessages',
    ]);
    expect(roles.automaticNodes('admin')).toEqual(['/finesse/api/SystemInfo']);
    expect(roles.automaticNodes('nobody')).toEqual([]);
  });

  test('is given to the own media without asking, where there are any', () => {
    const mediaIds = ['5001', '5002'];
    const media = createNodePolicy({ directory: source, deployment: 'CCE', access: 'roles', mediaIds });
    const nodes = ['Media/5001', 'Media/5002', 'Dialogs/Media'].map(
      (name) => `/finesse/api/User/2001/${name}`,
    );
    const isMedia = (node: string) => node.includes('Media');
    expect(media.automaticNodes('2001').filter(isMedia)).toEqual(nodes);
    expect([...media.nodesOf('2001')].filter(isMedia)).toEqual(nodes);
    expect(media.automaticNodes('admin')).toEqual(['/finesse/api/SystemInfo']);
  });

  test('knows one spelling of each node', () => {
    const letters = createDirectory(1, {
      ...demoConfiguration(),
      users: [{ ...demoUsers()[0]!, loginId: 'JDoe' }],
    });
    const policy = createNodePolicy({
      directory: { current: letters, onChange: () => () => {} },
      deployment: 'CCE',
      access: 'roles',
    });
    expect(policy.canonicalNode('/finesse/api/User/jdoe/Dialogs')).toBe('/finesse/api/User/JDoe/Dialogs');
    expect(policy.nodeAccess('jdoe', '/finesse/api/User/jdoe')).toBe('allow');
    expect(policy.canonicalNode('whatever')).toBe('whatever');
  });
});
