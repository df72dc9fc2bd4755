/** Team messages between the nodes, which have them in one store: that there is something new, and for which request (docs/cluster.md). */

import { readMessageWord } from '../commands/request-words.ts';
import type { TeamMessageBoard, ToldMessage } from '../commands/team-message-board.ts';
import type { RequestBus } from './request-exchange.ts';

const TOPIC = 'notice.message';

/** Tells the other nodes of a message. */
export function tellMessage(bus: RequestBus, { id, event, requestId, cause }: ToldMessage): void {
  bus.tell(TOPIC, event === 'POST' ? 'created' : 'deleted', {
    id,
    requestId,
    cause: { nocache: cause.nocache, requestId: cause.requestId, user: cause.user },
  });
}

/** Hears of messages of other nodes; and looks for what was not heard when the others can be reached again. @returns ends it */
export function hearMessages(
  bus: RequestBus,
  board: Pick<TeamMessageBoard, 'heard' | 'compare'>,
): () => void {
  const endNotices = bus.hear(TOPIC, ({ kind, body }) => {
    const word = readMessageWord(body);
    // Whatever it was, the store says what there is.
    if (word === undefined || (kind !== 'created' && kind !== 'deleted')) board.compare();
    else board.heard({ ...word, event: kind === 'created' ? 'POST' : 'DELETE' });
  });
  const endReachable = bus.fabric.onReachable((isReachable) => {
    if (isReachable) board.compare();
  });
  return () => {
    endNotices();
    endReachable();
  };
}
