import type { GadgetsHub } from '../../frame/gadgets.ts';
import { report } from '../../frame/report.ts';
import { TOPICS, type TopicRequest, topicOf } from '../../frame/topics.ts';
import { parseBody } from '../../restservices/handlers.ts';
import type { MasterTunnel, TunnelListener } from './master-tunnel.ts';
import { NodeRequests } from './node-requests.ts';

/** After these nothing is asked of the tunnel any more. */
const FINAL: readonly string[] = ['unauthorized', 'conflict', 'unloading'];

type Requests = Pick<MasterTunnel, 'subscribe' | 'unsubscribe' | 'connect'>;

/** Publishes on the hub what comes through the tunnel, and answers requests (gadgets.md 7.1 to 7.4), as the desktop does for gadgets. */
export class MasterPublisher implements TunnelListener {
  readonly #hub: GadgetsHub;
  readonly #nodes: NodeRequests;
  readonly #tunnel: () => Requests;
  #wasConnected = false;
  #last: { readonly status: string; readonly resourceID: string | null } | undefined;

  constructor(hub: GadgetsHub, tunnel: () => Requests) {
    this.#hub = hub;
    this.#tunnel = tunnel;
    this.#nodes = new NodeRequests({
      subscribe: (node) => tunnel().subscribe(node),
      unsubscribe: (node) => tunnel().unsubscribe(node),
    });
    hub.subscribe(TOPICS.requests, (_topic, data) => this.#requested(data as Partial<TopicRequest> | null));
  }

  event(text: string): void {
    const begin = text.search(/[<{]/);
    try {
      if (begin < 1) throw new Error('it names no node');
      const node = decodeURI(text.slice(0, begin));
      this.#hub.publish(topicOf(node), { content: text, object: parseBody(text.slice(begin)) });
    } catch (error) {
      report('an event cannot be read', error);
    }
  }

  presence(xml: string): void {
    try {
      this.#hub.publish(TOPICS.presence, { content: xml, object: parseBody(xml) });
    } catch (error) {
      report('a presence cannot be read', error);
    }
  }

  status(status: string, resourceID: string | null): void {
    const isConnected = status === 'connected';
    // What happened meanwhile was missed: objects read themselves again.
    const told = isConnected && this.#wasConnected ? 'recovered' : status;
    this.#wasConnected ||= isConnected;
    this.#last = { status: told, resourceID };
    this.#hub.publish(TOPICS.connection, this.#last);
    if (FINAL.includes(status)) this.#nodes.refuse(`The connection is ${status}.`);
    else this.#nodes.connected(isConnected);
  }

  answered(action: 'subscribe' | 'unsubscribe', node: string, error: string | undefined): void {
    this.#nodes.answered(action, node, error);
  }

  #requested(request: Partial<TopicRequest> | null): void {
    const { type, data, invokeID } = request ?? {};
    const values = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
    const text = (name: string) => (typeof values[name] === 'string' ? (values[name] as string) : '');
    const id = String(invokeID ?? '');
    if (type === 'ConnectionInfoReq') {
      if (this.#last) this.#hub.publish(TOPICS.connection, { ...this.#last, invokeID });
    } else if (type === 'SubscribeNodeReq' && text('node') !== '')
      this.#ask('subscribe', text('node'), id, id);
    else if (type === 'UnsubscribeNodeReq' && text('node') !== '')
      this.#ask('unsubscribe', text('node'), text('subid'), id);
    else if (type === 'ConnectionReq')
      this.#tunnel().connect(text('id'), text('password'), text('xmppDomain'));
  }

  #ask(action: 'subscribe' | 'unsubscribe', node: string, owner: string, invokeId: string): void {
    this.#nodes.request(action, node, owner, (error) =>
      this.#hub.publish(`${TOPICS.responses}.${invokeId}`, error === undefined ? undefined : refused(error)),
    );
  }
}

/** ApiErrors of the server as they are and parsed; words of our own as an error (gadgets.md 7.2). */
function refused(error: string): object {
  if (!error.startsWith('<')) return { error: { errorType: 'Disconnected', errorMessage: error } };
  try {
    return { subscribe: { content: error, object: parseBody(error) } };
  } catch {
    return { error: { errorType: 'parseError', errorMessage: error } };
  }
}
