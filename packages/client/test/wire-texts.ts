import { type Element, escapeText, parse } from '@poise/xml';

export const DOMAIN = 'desk.example';

export function fakeResponse(status: number, body: string, headers: Record<string, string> = {}): Response {
  return {
    status,
    ok: status >= 200 && status < 300,
    statusText: `Status ${status}`,
    headers: new Headers(headers),
    text: async () => body,
  } as unknown as Response;
}

export function userXml(state: string, root = 'user', more = ''): string {
  return (
    `<${root}><dialogs>/finesse/api/User/2001/Dialogs</dialogs><extension>2003</extension><firstName>Mickey</firstName>` +
    `<lastName>Mouse</lastName><loginId>2001</loginId><loginName>mmouse</loginName><mediaType>1</mediaType>` +
    `<pendingState></pendingState><reasonCodeId>-1</reasonCodeId><roles><role>Agent</role></roles>` +
    `<settings><wrapUpOnIncoming>REQUIRED</wrapUpOnIncoming></settings><state>${state}</state>` +
    `<stateChangeTime>2026-11-20T11:07:11.466Z</stateChangeTime><teamId>5000</teamId><teamName>Minnies_Team</teamName>` +
    `<uri>/finesse/api/User/2001</uri><wrapUpTimer>30</wrapUpTimer>${more}</${root}>`
  );
}

export function updateXml(
  data: string,
  requestId: string,
  source = '/finesse/api/User/2001',
  event = 'PUT',
): string {
  return `<Update>\n<data>${data}</data>\n<event>${event}</event>\n<requestId>${requestId}</requestId>\n<source>${source}</source>\n</Update>`;
}

export function eventMessage(node: string, update: string): Element {
  return parse(
    `<message xmlns="jabber:client" from="pubsub.${DOMAIN}" to="2001@${DOMAIN}" id="x">` +
      `<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="${node}"><item id="1">` +
      `<notification xmlns="http://jabber.org/protocol/pubsub">${escapeText(update)}</notification></item></items></event></message>`,
  );
}

/** Lets everything that is due without time passing happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}
