/** jabber:iq:auth (XEP-0078) without digest: a digest needs clear-text passwords on the server. */
import type { Element } from '@poise/xml';
import { loginIdOf } from '../jid.ts';
import { NS } from '../namespaces.ts';
import type { StanzaCondition } from '../stanza.ts';

export type IqAuthRequest =
  /** The client asks what it has to send. */
  | { readonly kind: 'fields'; readonly xml: string }
  | {
      readonly kind: 'credentials';
      readonly authcid: string;
      readonly password: string;
      readonly resource: string;
    }
  | { readonly kind: 'error'; readonly condition: StanzaCondition };

const FIELDS = `<query xmlns="${NS.iqAuth}"><username/><password/><resource/></query>`;

export function readIqAuth(iq: Element): IqAuthRequest {
  const query = iq.child('query', NS.iqAuth);
  const type = iq.attr('type');
  if (query === undefined || (type !== 'get' && type !== 'set'))
    return { kind: 'error', condition: 'bad-request' };
  if (type === 'get') return { kind: 'fields', xml: FIELDS };
  const field = (name: string): string => query.child(name)?.text ?? '';
  const resource = field('resource').trim();
  const password = field('password');
  if (resource === '' || field('username') === '' || password === '')
    return { kind: 'error', condition: 'not-acceptable' };
  return { kind: 'credentials', authcid: loginIdOf(field('username')), password, resource };
}
