/** Texts of the notification service's log lines, as operators search for them; the journal puts the time before them. */
import { prettyPresence } from './pretty-presence.ts';

export const STARTED_LINE = 'HTTP bind service started';
export const STOPPED_LINE = 'Openfire stopped';

export const receivedLine = (sid: string, xml: string): string => `HTTPBindLog: HTTP RECV(${sid}): ${xml}`;

export const sentLine = (sid: string, xml: string): string =>
  `HTTPBindLog: HTTP SENT(${sid}): ${withoutSecrets(xml)}`;

/** Ours: the original has no WebSocket. @param id of the stream */
export const socketReceivedLine = (id: string, jid: string, xml: string): string =>
  `SocketLog: RECV(${id}) ${jid}: ${xml}`;

export const socketSentLine = (id: string, jid: string, xml: string): string =>
  `SocketLog: SENT(${id}) ${jid}: ${withoutSecrets(xml)}`;

/** What the server says while somebody signs in may be of use to who knows the password in part. */
const SASL = /(<(?:challenge|success)\b[^>]*xmpp-sasl[^>]*>)[^<]+/g;

/** Error replies repeat what was asked, and so the password of a sign-in that failed or of one that was to be changed. */
const REPEATED =
  /(<(?:[\w.-]+:)?(auth|response|password|digest)(?:\s[^>]*[^/>])?>)(?!<\/)[\s\S]*?(?=<\/(?:[\w.-]+:)?\2>)/g;

/** What was sent as logs may show it (notification-service.md 8.2). */
function withoutSecrets(xml: string): string {
  const shown = xml.includes('xmpp-sasl') ? xml.replace(SASL, '$1***') : xml;
  return shown.includes('type="error"') ? shown.replace(REPEATED, '$1***') : shown;
}

/**
 * The object hash that the original prints is derived from the sid, so that it stays the same for a session.
 * The presence begins on a line of its own, as the original prints it.
 */
export function consumeLine(
  sid: string,
  jid: string,
  status: number,
  presenceXml: string,
  rid: number,
): string {
  return `consumeResponse: org.jivesoftware.openfire.http.HttpSession@${objectHash(sid)} status: ${status} address: ${jid} id: ${sid} presence: \n${prettyPresence(presenceXml, jid)} rid: ${rid}`;
}

export const activeLine = (sid: string, msAgo: number, jid: string): string =>
  `Session (id=${sid}) was last active ${Math.round(msAgo)} ms ago: ${jid}`;

export function statsLine(
  atMs: number,
  jid: string,
  sent: number,
  queued: number,
  dropped: number,
  bytesSent: number,
): string {
  return `time=${Math.floor(atMs)},JID=${jid},msgs_sent=${sent},msgs_queue=${queued},msgs_drop=${dropped},bytes_sent=${bytesSent}`;
}

export const idleClosedLine = (sid: string, jid: string, thresholdSeconds: number): string =>
  `Closing idle session (id=${sid}): ${jid} after being inactive for more than threshold value of ${thresholdSeconds}`;

export const sessionClosedLine = (jid: string): string => `A session is being closed for ${jid}`;

/** An event for a user without an available session. It is dropped, whatever the words say (they are the original's). */
export const unroutableLine = (stanzaXml: string): string =>
  `Unable to route packet. No session is available so store offline. ${stanzaXml}`;

/**
 * What 9.1 logs for every event to a user, whether it arrives or not: it addresses a resource that nobody
 * has, and sends to the bare JID when that fails. The stanza of the line bears the resource too.
 */
export function routedLine91(stanzaXml: string): string {
  const address = /^<message\b[^>]*?\sto="([^"]*)/.exec(stanzaXml);
  if (address === null) return `RoutingTableImpl: Failed to route packet to JID:  packet: ${stanzaXml}`;
  const end = address[0].length;
  return `RoutingTableImpl: Failed to route packet to JID: ${address[1]}/User packet: ${stanzaXml.slice(0, end)}/User${stanzaXml.slice(end)}`;
}

function objectHash(text: string): string {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return (hash >>> 8).toString(16);
}
