/** Defects of what several nodes do for each other, built in on purpose. */
import { BusGate, ClusterPart } from '../../packages/server/src/cluster/index.ts';
import { NodeLeases } from '../../packages/server/src/cluster/leases.ts';
import { AgentRequests } from '../../packages/server/src/commands/agent-requests.ts';
import { DialogRequests } from '../../packages/server/src/commands/dialog-requests.ts';
import { RequestExchange } from '../../packages/server/src/desk/request-exchange.ts';
import { SharedPresence } from '../../packages/server/src/presence/shared-presence.ts';
import { SignsOfLife } from '../../packages/server/src/presence/signs-of-life.ts';
import { PresenceWatch } from '../../packages/server/src/presence/watch.ts';
import { replace } from './replace.ts';

/** Each with the invariants that it may break. */
export const NODE_DEFECTS = {
  'others not asked before a sign-out': ['no wrongful sign-out'],
  'lease not asked for': ['one node signs out', 'no missing sign-out'],
  'cut off, and signs out': [
    'a node that is cut off signs nobody out',
    'one node signs out',
    'no wrongful sign-out',
  ],
  'cut off, and well': ['a node that is cut off says so'],
  'users of a dead node not inherited': ['no missing sign-out'],
  'signs of life not read': ['no wrongful sign-out'],
  'silent node taken for dead': ['no wrongful sign-out'],
  'words of other nodes not heard': ['every request is answered at every node', 'all nodes tell the same'],
  'word of a request heard only at its end': ['all nodes tell the same'],
  'bus not waited for': ['all nodes tell the same'],
} as const;
export type NodeDefectName = keyof typeof NODE_DEFECTS;

const all =
  (...back: readonly (() => void)[]) =>
  () => {
    for (const one of back) one();
  };

/** Nobody else is asked, and what the others show is not seen. */
const alone = () =>
  all(
    replace(SharedPresence.prototype, 'elsewhere', async () => 'absent'),
    replace(SharedPresence.prototype, 'isStillAbsent', () => true),
    replace(SharedPresence.prototype, 'isShownElsewhere', () => false),
  );

export const IN_NODES: Readonly<Record<NodeDefectName, () => () => void>> = {
  'others not asked before a sign-out': () =>
    all(
      alone(),
      replace(PresenceWatch.prototype, 'movedAway', () => {}),
    ),
  'lease not asked for': () => replace(NodeLeases.prototype, 'take', async () => true),
  'cut off, and signs out': () => {
    const { elsewhere } = SharedPresence.prototype;
    return all(
      replace(SharedPresence.prototype, 'elsewhere', async function (this: SharedPresence, loginId) {
        const answer = await elsewhere.call(this, loginId);
        return answer === 'cutOff' ? 'absent' : answer;
      }),
      replace(SharedPresence.prototype, 'isStillAbsent', () => true),
    );
  },
  'cut off, and well': () => {
    const { health } = ClusterPart.prototype;
    return replace(ClusterPart.prototype, 'health', function (this: ClusterPart) {
      const { reason: _, ...told } = health.call(this);
      return { ...told, ready: true };
    });
  },
  'users of a dead node not inherited': () => replace(PresenceWatch.prototype, 'inherit', () => {}),
  'signs of life not read': () => replace(SignsOfLife.prototype, 'of', async () => ({ type: 'nowhere' })),
  // Of what a node is given (`Defect.noticeMs`).
  'silent node taken for dead': () => () => {},
  'word of a request heard only at its end': () =>
    all(
      replace(AgentRequests.prototype, 'foreignAsked', () => true),
      replace(DialogRequests.prototype, 'foreignAsked', () => true),
    ),
  'bus not waited for': () => replace(BusGate.prototype, 'pass', (then) => then()),
  'words of other nodes not heard': () => replace(RequestExchange.prototype, 'hear', () => {}),
};
