/** Media beside voice between the nodes: no CTI server tells of them, so each node is told what became of them at the others (docs/cluster.md). */
import { type Notice, wordOf } from '../cluster/index.ts';
import type { MediaDesk } from '../commands/media-desk.ts';
import { type MediaWord, readMediaWord } from '../commands/media-words.ts';
import { causeWord } from '../commands/request-words.ts';
import type { UserRecord } from '../store/directory.ts';
import type { RequestBus } from './request-exchange.ts';

const TOPIC = 'request.media';

/** Tells the other nodes of a medium or task. */
export function tellMedia(bus: RequestBus, word: MediaWord): void {
  bus.tell(`${TOPIC}.${wordOf(word.agentId)}`, word.news.type, { ...word, cause: causeWord(word.cause) });
}

/** @returns why the word cannot be used; null when it was. @throws {WordError} */
export function hearMedia(
  { topic, body }: Notice,
  media: Pick<MediaDesk, 'channels' | 'heard'>,
  user: (loginId: string) => UserRecord | undefined,
): string | null {
  const word = readMediaWord(body, media.channels);
  const { agentId, news } = word;
  const isOfOne = !('task' in news) || news.task.loginId === agentId;
  if (topic !== `${TOPIC}.${wordOf(agentId)}` || !isOfOne) return 'about somebody else than its topic';
  const record = user(agentId);
  if (record?.loginId !== agentId) return 'about nobody who is known here';
  media.heard(record, word);
  return null;
}
