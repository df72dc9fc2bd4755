/** Stanzas of a session: to whom they go, and that nobody speaks for somebody else. */
import type { Element } from '@poise/xml';
import type { Core } from '../core.ts';
import { answerIq } from '../iq.ts';
import { parseJid } from '../jid.ts';
import { quoted } from '../notices.ts';
import { stanzaError } from '../stanza.ts';
import type { ClientStream } from './client-stream.ts';

/** Handles one stanza of a bound session. */
export function dispatch(core: Core, session: ClientStream, stanza: Element): void {
  const from = stanza.attr('from');
  if (from !== undefined && from !== session.fullJid && from !== session.entry.bareJid)
    checkSender(core, session, stanza, from);
  switch (stanza.name) {
    case 'iq':
      answerIq(core, session, stanza);
      break;
    case 'presence':
      core.presence.received(session, stanza);
      break;
    default:
      bounce(core, session, stanza);
  }
}

/**
 * RFC 6120 8.1.2.1: whatever a stanza says of its sender, it is this session's own, as with Openfire. Another
 * domain or resource is a client's slip; another user is logged.
 */
function checkSender(core: Core, session: ClientStream, stanza: Element, from: string): void {
  if (from === '' || parseJid(from)?.local === session.foldedLocal) return;
  core.notices.tell(
    session.entry.bareJid,
    'sender',
    `${session.fullJid} at ${session.transport.remoteAddress} sends ${stanza.name} as from ${quoted(from)}: it is taken as its own`,
  );
}

/** Nobody receives messages from clients; senders are told, except where they talk to the service itself. */
function bounce(core: Core, session: ClientStream, message: Element): void {
  if (message.attr('type') === 'error') return;
  const to = message.attr('to') ?? '';
  if (to.toLowerCase().startsWith(`${core.serviceUser}@`)) return;
  const { entry, fullJid } = session;
  session.transport.stanza(
    stanzaError(message, entry.bareJid, fullJid, { condition: 'service-unavailable' }),
  );
}
