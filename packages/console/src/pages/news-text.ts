/** What befell an agent, in the words of the reader; codes of the logs that nobody has named stand as they are. Pure. */
import { en, type MessageKey, type Translate } from '../messages/index.tsx';

export type NewsKind = 'state' | 'dialog' | 'presence' | 'signOut' | 'request';

/**
 * @param what as `GET /poise/api/trace` tells it (docs/action-trace.md): `NOT_READY 32767`, `monitor.expired`, `presence notReady`
 * @returns the words; `what` itself where it is a call, a request, or something newer than this page
 */
export function newsText(kind: NewsKind, what: string, t: Translate): string {
  const error = /^error (.+)$/s.exec(what)?.[1];
  if (error !== undefined) return t('trace.what.error', { error });
  switch (kind) {
    case 'state': {
      const [, name = '', code] = /^(\w+)(?: (-?\d+))?$/.exec(what) ?? [];
      const state = word(`trace.state.${name}`, t);
      if (state === null) return what;
      return code === undefined ? state : t('trace.what.stateReason', { state, code });
    }
    case 'presence':
      return word(`trace.presence.${what}`, t) ?? what;
    case 'signOut': {
      const [, why = '', how = ''] = /^(\w+) (\w+)$/.exec(what) ?? [];
      const cause = word(`trace.cause.${why}`, t);
      const outcome = word(`trace.outcome.${how}`, t);
      return cause === null || outcome === null ? what : t('trace.what.signOut', { cause, outcome });
    }
    default:
      return what;
  }
}

const word = (key: string, t: Translate): string | null =>
  Object.hasOwn(en, key) ? t(key as MessageKey) : null;
