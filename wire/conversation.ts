/** Reads and holds one conversation of this folder; see README.md. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Step {
  readonly line: number;
  readonly kind: 'C' | 'S' | 'R';
  readonly text: string;
  /** Attributes of the BOSH body. */
  readonly attributes?: string;
}

export interface Conversation {
  readonly title: string;
  readonly transport: 'tcp' | 'bosh';
  readonly agent: string;
  readonly steps: readonly Step[];
}

export function readConversation(text: string): Conversation {
  const [head = '', ...rest] = text.split(/^---$/m);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const steps: Step[] = [];
  const before = head.split('\n').length;
  rest
    .join('---')
    .split('\n')
    .forEach((raw, index) => {
      const last = steps.at(-1);
      if (raw.trim() === '' || raw.startsWith('#')) return;
      if (raw.startsWith('  ') && last) {
        steps[steps.length - 1] = { ...last, text: last.text + raw.trim() };
        return;
      }
      const match = /^([CSR])(?:@(\S.*?)@)?(?: (.*))?$/.exec(raw);
      if (!match) throw new Error(`line ${before + index}: neither C, S nor R`);
      const [, kind, attributes, body = ''] = match;
      steps.push({
        line: before + index,
        kind: kind as Step['kind'],
        text: body,
        ...(attributes === undefined ? {} : { attributes }),
      });
    });
  return {
    title: field('title'),
    transport: field('transport') as 'tcp' | 'bosh',
    agent: field('agent'),
    steps,
  };
}

/** A pattern of a step as a regular expression that must match somewhere from the present place on. */
export function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(escaped.replace(/…/g, '[\\s\\S]*?').replace(/\\\{(\w+)\\\}/g, '(?<$1>[^"\'<>]+?)'), 's');
}

export interface Target {
  readonly domain: string;
  readonly xmppPort: number;
  readonly boshUrl: string;
  readonly password: (agent: string) => string;
  readonly rest?: (
    agent: string,
    method: string,
    path: string,
    requestId: string,
    body: string,
  ) => Promise<number>;
}

/** For what has to come: a limit for what hangs, not a measure. */
const PATIENCE_MS = 30_000;

/** Holds the conversation; rejects with the line, what was expected and what came. */
export async function hold(conversation: Conversation, target: Target): Promise<Record<string, string>> {
  const { agent } = conversation;
  const captured: Record<string, string> = {};
  const plain = Buffer.from(`\0${agent}\0${target.password(agent)}`).toString('base64');
  // Java's PLAIN names the user as the one to act for as well (RFC 4616 authzid).
  const plainAs = Buffer.from(`${agent}\0${agent}\0${target.password(agent)}`).toString('base64');
  let rid = 3_000_000_000;
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)\}/g, (all, name: string) => {
      if (name === 'D') return target.domain;
      if (name === 'id') return agent;
      if (name === 'plain') return plain;
      if (name === 'plainAs') return plainAs;
      if (name === 'password') return target.password(agent);
      if (name === 'rid') return String(rid++);
      return captured[name] ?? all;
    });

  let received = '';
  let wake: () => void = () => {};
  const take = (text: string) => {
    received += text;
    wake();
  };
  let socket: Socket | undefined;
  if (conversation.transport === 'tcp') {
    socket = connect(target.xmppPort, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.on('data', (d) => take(String(d)));
    socket.on('error', () => {});
    await once(socket, 'connect');
  }
  const open = new Set<Promise<void>>();
  try {
    for (const step of conversation.steps) {
      const text = fill(step.text);
      if (step.kind === 'R') {
        const [method = '', path = '', requestId = '', ...body] = text.split(' ');
        const status = await target.rest?.(agent, method, path, requestId, body.join(' '));
        if (status !== undefined && status !== 202)
          throw new Error(`line ${step.line}: REST answered ${status}`);
      } else if (step.kind === 'C') {
        if (socket) socket.write(text);
        else {
          const attributes = fill(
            step.attributes ?? "rid='${rid}' sid='${sid}' xmlns='http://jabber.org/protocol/httpbind'",
          );
          const body = text === '' ? `<body ${attributes}/>` : `<body ${attributes}>${text}</body>`;
          const answer = fetch(target.boshUrl, {
            method: 'POST',
            body,
            headers: { 'content-type': 'text/xml' },
          }).then(
            async (r) => take(`${r.status === 200 ? '' : `HTTP ${r.status} `}${await r.text()}`),
            () => {},
          );
          open.add(answer);
        }
      } else {
        const pattern = patternOf(text);
        const deadline = Date.now() + PATIENCE_MS;
        for (;;) {
          const match = pattern.exec(received);
          if (match) {
            Object.assign(captured, match.groups);
            received = received.slice(match.index + match[0].length);
            break;
          }
          const left = deadline - Date.now();
          if (left <= 0)
            throw new Error(
              `line ${step.line}: expected ${text}\nbut have ${received.slice(0, 3000) || 'nothing'}`,
            );
          await new Promise<void>((done) => {
            const late = setTimeout(done, left);
            wake = () => {
              clearTimeout(late);
              done();
            };
          });
        }
      }
    }
  } finally {
    socket?.destroy();
  }
  return captured;
}
