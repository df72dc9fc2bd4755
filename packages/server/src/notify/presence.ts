/**
 * What the notification service tells of its sessions. The timed sign-out that follows the last
 * unavailable presence (notification-service.md 6) hangs on this entry.
 */
import type { Happenings } from '../happenings.ts';

export interface PresenceDependencies {
  readonly happenings: Happenings;
  /** Ends the subscription of a bare JID; undefined where the notification service does it by itself. */
  readonly unsubscribe?: (node: string, bareJid: string) => void;
  /** Called when a user's last session went, and when a first one came. */
  readonly onUserPresence?: (user: string, present: boolean) => void;
}

export class PresenceWatch {
  readonly #d: PresenceDependencies;

  constructor(dependencies: PresenceDependencies) {
    this.#d = dependencies;
  }

  /**
   * @param user login id of the session's user
   * @param jid full JID
   * @param last whether the user has no available session left
   */
  presenceChanged(user: string, jid: string, type: 'available' | 'unavailable', last: boolean): void {
    const { happenings, unsubscribe, onUserPresence } = this.#d;
    happenings.publish('presence', { jid, type }, { user });
    if (type === 'unavailable' && last) {
      // The original removes this one subscription itself, one millisecond later (seed 001).
      const node = `/finesse/api/User/${user}/ClientLog`;
      const bare = jid.split('/', 1)[0]!;
      unsubscribe?.(node, bare);
      happenings.publish('unsubscribe', { node, jid: bare }, { user });
    }
    if (type === 'available' || last) onUserPresence?.(user, type === 'available');
  }
}
