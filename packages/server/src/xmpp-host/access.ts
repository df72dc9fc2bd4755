/** Who may sign in to the notification service and see which node: our accounts and policy as @poise/xmpp asks for them. */
import type { Authenticator, AuthFailure, AuthResult, Peer, ScramMechanism, XmppAccess } from '@poise/xmpp';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import type { DirectorySource } from '../store/directory.ts';

/** The questions about nodes; the policy of accounts/ answers them. */
export interface NodeRules {
  nodeAccess(user: string, node: string): 'allow' | 'forbidden' | 'not-found';
  nodesOf(user: string): Iterable<string>;
  automaticNodes(user: string): readonly string[];
  canonicalNode(node: string): string;
}

/** A node of this kind is subscribed while the user is present, and its end is logged (UNSUBSCRIBE_REQUEST_SUCCESS). */
const PRESENCE_NODE = /\/ClientLog$/;

export function xmppAccess(rules: NodeRules, isService: (user: string) => boolean): XmppAccess {
  return {
    nodeAccess: (user, node) => rules.nodeAccess(user, node),
    nodesOf: (user) => rules.nodesOf(user),
    automaticNodes: (user) => rules.automaticNodes(user).filter((node) => !PRESENCE_NODE.test(node)),
    presenceNodes: (user) => rules.automaticNodes(user).filter((node) => PRESENCE_NODE.test(node)),
    canonicalNode: (node) => rules.canonicalNode(node),
    isService,
  };
}

export interface AuthenticatorDependencies {
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly isService: (user: string) => boolean;
  /** SCRAM keys may be asked for. */
  readonly scram: boolean;
  /** A sign-in failed of which accounts knows nothing; what it refuses it tells itself. */
  readonly onRefused: (authcid: string, reason: AuthFailure) => void;
  readonly onAccepted: (loginId: string) => void;
}

export function xmppAuthenticator(dependencies: AuthenticatorDependencies): Authenticator {
  const { accounts, directory, isService, onRefused, onAccepted } = dependencies;
  const allowed = (principal: Principal, peer: Peer): boolean => {
    // The publisher of load tests may do anything, so it must be on this machine.
    if (isService(principal.loginId)) return peer.loopback;
    // Administrators use the console; they are no users of the notification service.
    return principal.roles.has('Agent') || principal.roles.has('Supervisor');
  };
  const plain = async (authcid: string, password: string, peer: Peer): Promise<AuthResult> => {
    try {
      // By address (notification-service.md 4.1): a stranger's guesses must not keep an agent from coming back.
      const from = peer.address;
      const result = await accounts.authenticate('xmpp', authcid, password, from);
      if (!result.ok) {
        const { reason } = result;
        return {
          ok: false,
          reason: reason === 'locked' || reason === 'unavailable' ? reason : 'not-authorized',
        };
      }
      if (!allowed(result.principal, peer)) {
        onRefused(authcid, 'not-authorized');
        return { ok: false, reason: 'not-authorized' };
      }
      onAccepted(result.principal.loginId);
      return { ok: true, loginId: result.principal.loginId };
    } catch {
      onRefused(authcid, 'unavailable');
      return { ok: false, reason: 'unavailable' };
    }
  };
  if (!dependencies.scram) return { plain };
  const find = (name: string) => directory.current.user(name) ?? directory.current.userByName(name);
  return {
    plain,
    async scram(authcid: string, mechanism: ScramMechanism) {
      const user = find(authcid);
      const mayEnter = user?.roles.some((role) => role === 'Agent' || role === 'Supervisor') === true;
      const keys = mayEnter ? await accounts.scramKeys(authcid, mechanism) : null;
      if (keys === null) return { loginId: null, ...(await accounts.scramDecoy(authcid)) };
      return { loginId: user!.loginId, ...keys };
    },
    async scramConcluded(authcid: string, ok: boolean, peer: Peer) {
      const admitted = await accounts.noteOutcome('xmpp', authcid, ok, peer.address);
      // The user may have been deleted while the client thought about the challenge.
      const user = find(authcid);
      if (!admitted || user === undefined) return false;
      onAccepted(user.loginId);
      return true;
    },
  };
}
