/** Names of the nodes of the notification service: the path of the REST object that they tell about. */

export type NodeKind =
  | 'User'
  | 'Dialogs'
  | 'Media'
  | 'DialogsMedia'
  | 'ClientLog'
  | 'Queues'
  | 'UserQueue'
  | 'Queue'
  | 'TeamUsers'
  | 'TeamMessages'
  | 'SystemInfo'
  | 'Configuration';

export interface NodeName {
  readonly kind: NodeKind;
  /** As written in the name. */
  readonly userId?: string;
  readonly teamId?: number;
  readonly queueId?: number;
  /** Media routing domain; absent for the alias without one. */
  readonly mediaId?: string;
}

const PREFIX = '/finesse/api/';
/** What was configured, for those who ask for it. No node of the original: nobody is subscribed to it by itself, and no list names it. */
const CONFIGURATION = '/poise/api/configuration';
const NODE_LENGTH_MAX = 512;

type Part = 'user' | 'team' | 'queue' | 'media';

/** Segments after /finesse/api/; a name in braces stands for an id. */
const PATTERNS: ReadonlyArray<readonly [NodeKind, readonly string[]]> = [
  ['User', ['User', '{user}']],
  ['Dialogs', ['User', '{user}', 'Dialogs']],
  ['DialogsMedia', ['User', '{user}', 'Dialogs', 'Media']],
  ['Media', ['User', '{user}', 'Media']],
  ['Media', ['User', '{user}', 'Media', '{media}']],
  ['ClientLog', ['User', '{user}', 'ClientLog']],
  ['Queues', ['User', '{user}', 'Queues']],
  ['UserQueue', ['User', '{user}', 'Queue', '{queue}']],
  ['Queue', ['Queue', '{queue}']],
  ['TeamUsers', ['Team', '{team}', 'Users']],
  ['TeamMessages', ['Team', '{team}', 'TeamMessages']],
  ['SystemInfo', ['SystemInfo']],
];

/** The patterns by their number of segments and their first word, so that few are compared. */
const PATTERNS_BY_SHAPE = new Map<string, Array<readonly [NodeKind, readonly string[]]>>();
for (const pattern of PATTERNS) {
  const shape = `${pattern[1].length}${pattern[1][0]}`;
  PATTERNS_BY_SHAPE.set(shape, [...(PATTERNS_BY_SHAPE.get(shape) ?? []), pattern]);
}

/** Reads a node name; null when it is none of ours. Object names are compared exactly, as in REST paths. */
export function nodeOf(path: string): NodeName | null {
  if (path === CONFIGURATION) return { kind: 'Configuration' };
  if (path.length > NODE_LENGTH_MAX || !path.startsWith(PREFIX)) return null;
  const segments = path.slice(PREFIX.length).split('/');
  for (const [kind, pattern] of PATTERNS_BY_SHAPE.get(`${segments.length}${segments[0]}`) ?? []) {
    const name = matched(kind, pattern, segments);
    if (name !== null) return name;
  }
  return null;
}

function matched(kind: NodeKind, pattern: readonly string[], segments: readonly string[]): NodeName | null {
  const found: { userId?: string; teamId?: number; queueId?: number; mediaId?: string } = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index]!;
    if (!expected.startsWith('{')) {
      if (segment !== expected) return null;
      continue;
    }
    if (segment === '') return null;
    const part = expected.slice(1, -1) as Part;
    if (part === 'user') found.userId = segment;
    else if (part === 'media') found.mediaId = segment;
    else {
      if (!/^(?:0|[1-9]\d{0,9})$/.test(segment)) return null;
      found[part === 'team' ? 'teamId' : 'queueId'] = Number(segment);
    }
  }
  return { kind, ...found };
}

/** The name of a node. @param userId the stored form of the login id */
export function nodePath(name: NodeName): string {
  const { kind, userId = '', teamId = 0, queueId = 0, mediaId } = name;
  const user = `${PREFIX}User/${userId}`;
  switch (kind) {
    case 'User':
      return user;
    case 'Dialogs':
      return `${user}/Dialogs`;
    case 'DialogsMedia':
      return `${user}/Dialogs/Media`;
    case 'Media':
      return mediaId === undefined ? `${user}/Media` : `${user}/Media/${mediaId}`;
    case 'ClientLog':
      return `${user}/ClientLog`;
    case 'Queues':
      return `${user}/Queues`;
    case 'UserQueue':
      return `${user}/Queue/${queueId}`;
    case 'Queue':
      return `${PREFIX}Queue/${queueId}`;
    case 'TeamUsers':
      return `${PREFIX}Team/${teamId}/Users`;
    case 'TeamMessages':
      return `${PREFIX}Team/${teamId}/TeamMessages`;
    case 'SystemInfo':
      return `${PREFIX}SystemInfo`;
    case 'Configuration':
      return CONFIGURATION;
  }
}
