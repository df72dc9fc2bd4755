/** Topics: tokens with dots between them. Subscriptions may have `*` for one token, and end in `**` for one or more. */

/** Longest topic, in characters. */
const TOPIC_LENGTH_MAX = 1_024;

const isWord = (topic: unknown): topic is string =>
  typeof topic === 'string' && topic !== '' && topic.length <= TOPIC_LENGTH_MAX;

/** Whether something can be published under it: no empty token, no wildcard. */
export function isTopic(topic: unknown): topic is string {
  return isWord(topic) && topic.split('.').every((token) => token !== '' && token !== '*' && token !== '**');
}

/** Whether it can be subscribed to: no empty token, `**` only at the end. */
export function isPattern(topic: unknown): topic is string {
  if (!isWord(topic)) return false;
  const tokens = topic.split('.');
  return tokens.every((token, index) => token !== '' && (token !== '**' || index === tokens.length - 1));
}

/** Whether it names more than one topic. */
export function hasWildcard(pattern: string): boolean {
  return pattern.split('.').some((token) => token === '*' || token === '**');
}

/** @param topic tokens of a topic @param pattern tokens of a pattern */
export function matches(topic: readonly string[], pattern: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.length - 1 : pattern.length;
  if (isOpen ? topic.length <= fixed : topic.length !== fixed) return false;
  for (let at = 0; at < fixed; at++) if (pattern[at] !== '*' && pattern[at] !== topic[at]) return false;
  return true;
}
