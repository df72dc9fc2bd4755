/** Documented answers, to the byte. */

/** The body of a failed call (docs/errors.md). */
export const apiErrors = (type: string, data: string, text: string) =>
  `<ApiErrors>\n  <ApiError>\n    <ErrorType>${type}</ErrorType>\n    <ErrorData>${data}</ErrorData>\n` +
  `    <ErrorMessage>${text}</ErrorMessage>\n  </ApiError>\n</ApiErrors>`;

/** Places depend on the way in which the text was cut. */
export const withoutPlace = (body: string) =>
  body.replace(/ at line \d+, column \d+/, ' at line L, column C');

/** A stream error of RFC 6120 4.9 with or without text. @param prefix declaration of the prefix, in WebSocket frames */
export const streamError = (condition: string, prefix = '') =>
  new RegExp(
    `<stream:error${prefix}><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>` +
      `(<text xmlns="urn:ietf:params:xml:ns:xmpp-streams" xml:lang="en">[^<]*</text>)?</stream:error>`,
  );
export const FRAME_PREFIX = ' xmlns:stream="http://etherx.jabber.org/streams"';
/** The close element of RFC 7395 as Strophe wants it. */
export const FRAME_CLOSE = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />';

/** End of a BOSH session (XEP-0124 17.2). */
export const terminate = (condition: string) =>
  `<body xmlns="http://jabber.org/protocol/httpbind" type="terminate" condition="${condition}"/>`;
export const NOT_A_BODY = 'Not a BOSH request: expected a well-formed <body/> element with a rid.\n';
export const TOO_LARGE = 'The request is too large.\n';
export const NO_SESSION = terminate('item-not-found');

export const PING =
  "<iq xmlns='jabber:client' type='get' id='ping' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
export const subscribe = (node: string, jid: string) =>
  "<iq xmlns='jabber:client' type='set' id='sub' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'>" +
  `<subscribe node='${node}' jid='${jid}'/></pubsub></iq>`;
