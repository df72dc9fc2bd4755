/**
 * Services of 12.x that this page does not have: who asks for them is told so, and does not wait for ever (finesse-js.md, Topics).
 */
import type { GadgetContainer } from './container.ts';

type Payload = Readonly<Record<string, unknown>>;

/** @param log a line for the client log */
export function answerMissingServices(container: GadgetContainer, log: (line: string) => void): void {
  const missing = (what: string, { data }: Payload) =>
    log(
      `Gadget ${String((data as Payload | undefined)?.gadgetId)} asks for ${what}, which this desktop does not have`,
    );
  container.subscribe('finesse.digital.channel.requests', (request) => {
    const asked = (request ?? {}) as Payload;
    if (asked.type === 'MenuClickResultReq') return;
    missing('a digital channel', asked);
    const { channelId } = (asked.data ?? {}) as Payload;
    respond(container, 'finesse.digital.channel.responses', asked.invokeID, {
      channelId,
      status: 'failure',
      error: { errorCode: 'NOT_SUPPORTED', errorDesc: 'This desktop has no digital channels.' },
    });
  });
  container.subscribe('finesse.shortcutkey.requests', (request) => {
    const asked = (request ?? {}) as Payload;
    missing('shortcuts', asked);
    const { shortcuts } = (asked.data ?? {}) as Payload;
    respond(container, 'finesse.shortcutkey.responses', asked.invokeID, {
      // A shortcut in conflict is one that does nothing.
      shortcuts: (Array.isArray(shortcuts) ? shortcuts : []).map((each: Payload | null) => ({
        id: each?.id,
        conflict: true,
      })),
    });
  });
  container.subscribe('finesse.containerservices.popover.requests', (request) => {
    const asked = (request ?? {}) as Payload;
    if (asked.type === 'ShowPopoverReq') missing('a pop-over', asked);
  });
}

function respond(container: GadgetContainer, topic: string, invokeID: unknown, answer: object): void {
  if (typeof invokeID === 'string' && /^[^.*\s]{1,200}$/.test(invokeID))
    container.publish(`${topic}.${invokeID}`, answer);
}
