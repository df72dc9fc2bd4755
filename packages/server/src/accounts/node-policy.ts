/**
 * Who may see which node of the notification service. Own nodes for everybody; team nodes for the
 * supervisors of the team and administrators; queue nodes for the users of the queue and their
 * supervisors; SystemInfo for everybody.
 */
import type { Directory, DirectorySource, UserRecord } from '../store/directory.ts';
import { type NodeName, nodeOf, nodePath } from './nodes.ts';
import { decide } from './policy.ts';
import { principalOf } from './principal.ts';

export type NodeAccess = 'allow' | 'forbidden' | 'not-found';

export interface NodePolicyOptions {
  readonly directory: DirectorySource;
  readonly deployment: 'CCE' | 'CCX';
  /** `notification.access`: `open` lets every user see every node. */
  readonly access: 'roles' | 'open';
  /** Media routing domains whose state and tasks agents are told without asking (CCE, 12.x; notification-service.md 5.1). Default: none. */
  readonly mediaIds?: readonly string[];
  /** Users who may see and subscribe to any node, also ones that are no REST objects (bench). */
  readonly unrestricted?: (user: UserRecord) => boolean;
}

/** The questions that the notification service asks; users by login id. */
export interface NodePolicy {
  nodeAccess(user: string, node: string): NodeAccess;
  /** Nodes that the user is subscribed to without asking. */
  automaticNodes(user: string): readonly string[];
  /** Nodes that the user may see, for disco#items. */
  nodesOf(user: string): Iterable<string>;
  /** The one spelling of a node: the login id as stored. Names that are no nodes stay as they are. */
  canonicalNode(node: string): string;
}

export function createNodePolicy(options: NodePolicyOptions): NodePolicy {
  return new TableNodePolicy(options);
}

const SYSTEM_INFO = nodePath({ kind: 'SystemInfo' });
const USER_KINDS = ['User', 'Dialogs', 'ClientLog'] as const;

class TableNodePolicy implements NodePolicy {
  readonly #options: NodePolicyOptions;
  /** Queues that the members of a supervisor's teams have; built for one version of the directory. */
  #supervisedQueues: { directory: Directory; of: Map<string, ReadonlySet<number>> } | undefined;

  constructor(options: NodePolicyOptions) {
    this.#options = options;
  }

  nodeAccess(user: string, node: string): NodeAccess {
    const directory = this.#options.directory.current;
    const record = directory.user(user);
    if (record === undefined) return 'forbidden';
    if (this.#options.unrestricted?.(record) === true) return 'allow';
    const name = nodeOf(node);
    if (name === null || !this.#exists(name, directory)) return 'not-found';
    return this.#options.access === 'open' || this.#allows(record, name, directory) ? 'allow' : 'forbidden';
  }

  automaticNodes(user: string): readonly string[] {
    const record = this.#options.directory.current.user(user);
    if (record === undefined) return [];
    if (!isAgent(record)) return [SYSTEM_INFO];
    // Messages to a team reach its members and the supervisors who sent them without asking.
    const teams = new Set([...(record.teamId === null ? [] : [record.teamId]), ...record.supervisedTeamIds]);
    return [
      ...USER_KINDS.map((kind) => nodePath({ kind, userId: record.loginId })),
      ...this.#mediaNodes(record.loginId),
      ...[...teams].map((teamId) => nodePath({ kind: 'TeamMessages', teamId })),
      SYSTEM_INFO,
    ];
  }

  *nodesOf(user: string): Iterable<string> {
    const directory = this.#options.directory.current;
    const record = directory.user(user);
    if (record === undefined) return;
    const queues = this.#options.deployment === 'CCE';
    const all = this.#options.access === 'open' || this.#options.unrestricted?.(record) === true;
    for (const owner of all ? directory.users() : [record]) {
      if (!isAgent(owner)) continue;
      for (const kind of USER_KINDS) yield nodePath({ kind, userId: owner.loginId });
      yield* this.#mediaNodes(owner.loginId);
      if (queues) yield nodePath({ kind: 'Queues', userId: owner.loginId });
    }
    for (const team of directory.teams()) {
      for (const kind of ['TeamUsers', 'TeamMessages'] as const) {
        const name: NodeName = { kind, teamId: team.id };
        if (all || this.#allows(record, name, directory)) yield nodePath(name);
      }
    }
    for (const group of queues ? directory.skillGroups() : []) {
      const name: NodeName = { kind: 'Queue', queueId: group.number };
      if (all || this.#allows(record, name, directory)) yield nodePath(name);
    }
    yield SYSTEM_INFO;
  }

  canonicalNode(node: string): string {
    const name = nodeOf(node);
    if (name === null) return node;
    if (name.userId === undefined) return node;
    const record = this.#options.directory.current.user(name.userId);
    return record === undefined ? node : nodePath({ ...name, userId: record.loginId });
  }

  #mediaNodes(userId: string): string[] {
    const { mediaIds = [] } = this.#options;
    if (mediaIds.length === 0) return [];
    return [
      ...mediaIds.map((mediaId) => nodePath({ kind: 'Media', userId, mediaId })),
      nodePath({ kind: 'DialogsMedia', userId }),
    ];
  }

  #exists(name: NodeName, directory: Directory): boolean {
    if (name.userId !== undefined) {
      const owner = directory.user(name.userId);
      if (owner === undefined || !isAgent(owner)) return false;
    }
    if (name.teamId !== undefined && directory.team(name.teamId) === undefined) return false;
    if (name.kind !== 'Queue' && name.kind !== 'UserQueue' && name.kind !== 'Queues') return true;
    if (this.#options.deployment !== 'CCE') return false;
    return name.queueId === undefined || directory.skillGroup(name.queueId) !== undefined;
  }

  #allows(record: UserRecord, name: NodeName, directory: Directory): boolean {
    const decision = decide(principalOf(record), `node.subscribe:${name.kind}`, name, directory);
    if (decision !== 'allow') return false;
    if (name.queueId === undefined || record.roles.includes('Administrator')) return true;
    return (
      record.skillGroupNumbers.includes(name.queueId) ||
      this.#queuesSupervisedBy(record, directory).has(name.queueId)
    );
  }

  #queuesSupervisedBy(record: UserRecord, directory: Directory): ReadonlySet<number> {
    if (this.#supervisedQueues?.directory !== directory)
      this.#supervisedQueues = { directory, of: new Map() };
    const { of } = this.#supervisedQueues;
    let queues = of.get(record.loginId);
    if (queues === undefined) {
      const members = record.supervisedTeamIds.flatMap((teamId) => directory.teamMembers(teamId));
      queues = new Set(members.flatMap((member) => member.skillGroupNumbers));
      of.set(record.loginId, queues);
    }
    return queues;
  }
}

const isAgent = (record: UserRecord): boolean =>
  record.roles.includes('Agent') || record.roles.includes('Supervisor');
