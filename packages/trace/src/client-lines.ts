/** Lines of client logs (admin.md 6.6). */
import {
  agentOfPath,
  data,
  epochOf,
  type FactKind,
  type Made,
  nocacheOf,
  squeeze,
  updateOf,
} from './fact.ts';

/** Client log lines (admin.md 6.6): text → kind. The first that matches is it, unless it is one of those that say more. */
const CLIENT: ReadonlyArray<readonly [RegExp, FactKind, ((found: RegExpExecArray, text: string) => Made)?]> =
  [
    [
      /System\s+info\s+status:\s*([A-Z_]+)/,
      'client.info',
      (f) => ({ kind: 'client.info', data: { status: f[1] as string } }),
    ],
    [/Establishing\s+BOSH\s+connection/, 'client.connecting'],
    [
      /(?:Connection\s+status:\s*|notifying\s+listeners\s+of\s+status=)([a-z]+)/,
      'client.status',
      (f) => ({ kind: 'client.status', data: { status: f[1] as string } }),
    ],
    [/_onDisconnect\(\): retryCount=(\d+)/, 'client.disconnect'],
    [/BOSH\s+established/, 'client.established'],
    [
      /requestId=\s*'([^']*)'\s*,\s*(?:Making REST\s+request|Maulr|Murl|Mak)[\s\S]*?(?:method=(\w+),\s*)?url='?\s*([^']*)/,
      'client.request',
      (f, text) => ({
        kind: 'client.request',
        agent: agentOfPath(squeeze(f[3] as string)),
        data: data({
          requestId: squeeze(f[1] as string).replace('undefined', ''),
          method: f[2],
          path: squeeze(f[3] as string).split('?')[0],
          category: /category=(\w+)/.exec(text)?.[1],
          nocache: nocacheOf(squeeze(f[3] as string)),
        }),
        epoch: epochOf(nocacheOf(squeeze(f[3] as string))),
      }),
    ],
    [
      /Returned\s+with\s+status=(\d+)/,
      'client.answer',
      (f, text) => ({
        kind: 'client.answer',
        agent: loginIdOf(text),
        data: { status: f[1] as string, object: /\]\s*(\w+):/.exec(text)?.[1] ?? '' },
      }),
    ],
    [
      /Performing\s+login:\s*extn=\s*(\S+)/,
      'client.login',
      (f) => ({ kind: 'client.login', data: { extension: f[1] as string } }),
    ],
    [
      /Received\s+event\s+on\s+node\s+'([^']*)'/,
      'client.event',
      (f, text) => ({
        kind: 'client.event',
        agent: agentOfPath(squeeze(f[1] as string)),
        data: updateOf(text),
      }),
    ],
    [/Successfully\s+logged\s+in/, 'client.loggedIn'],
    [/FailoverMonitor\.startListening/, 'client.ready'],
    [
      /Drift:\s*(-?\d+)\s*ms,\s*Network\s+Latency\s*\(round\s+trip\):\s*(-?\d+)\s*ms/,
      'client.drift',
      (f) => ({ kind: 'client.drift', data: { drift: f[1] as string, latency: f[2] as string } }),
    ],
    // The page of Poise tells of its connection by steps.
    [/->\s+opening\s+\(info\s+received\)/, 'client.info'],
    [/idle\s+->\s+fetching\s+info\s+\(start\)|The client logger has been initiali[sz]e/, 'client.start'],
    [
      /\bready -> waiting \(|-> waiting \(failed/,
      'client.status',
      () => ({ kind: 'client.status', data: { status: 'disconnected' } }),
    ],
    [/-> ready \(/, 'client.status', () => ({ kind: 'client.status', data: { status: 'connected' } })],
    [
      /certificate\s+(?:is\s+not|was\s+not|not)\s+(?:trusted|accepted)|ERR_CERT_|SEC_ERROR_|MOZILLA_PKIX_ERROR|SSL_ERROR_|ERR_SSL_|0x800c0019/i,
      'client.certificate',
    ],
    [
      /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_ADDRESS_UNREACHABLE|ERR_NAME_NOT_RESOLVED|NS_ERROR_OFFLINE|NS_ERROR_UNKNOWN_HOST|the browser is offline/,
      'client.offline',
    ],
    [
      /ERR_PROXY_|ERR_TUNNEL_|NS_ERROR_PROXY|\bhttp-bind\b[\s\S]{0,120}\b(?:407|502|504)\b|\b(?:407|502|504) (?:\(|Proxy|Bad Gateway|Gateway)/i,
      'client.proxy',
    ],
    [
      /:7443[\s\S]{0,160}(?:ERR_CONNECTION_(?:REFUSED|TIMED_OUT|RESET|CLOSED|FAILED)|ERR_TIMED_OUT|ERR_EMPTY_RESPONSE|NS_ERROR_(?:NET_|CONNECTION_)|0x2ef[df]|Status\s+code:\s+\(null\))|(?:ERR_CONNECTION_(?:REFUSED|TIMED_OUT|RESET|CLOSED|FAILED)|ERR_TIMED_OUT)[\s\S]{0,160}:7443/i,
      'client.port',
    ],
    [
      /(?:browser|Internet\s+Explorer|compatibility\s+(?:view|mode))[\s\S]{0,40}not\s+supported|unsupported\s+browser/i,
      'client.browser',
    ],
    [
      /gadget[\s\S]{0,200}(?:timed out|not respond|threw|uncaught|kept\s+the\s+page\s+from\s+answering)/i,
      'client.gadget',
    ],
    [
      /something kept the page from answering for (\d+) s/,
      'client.busy',
      (f) => ({ kind: 'client.busy', data: { ms: String(Number(f[1]) * 1000) } }),
    ],
    // Browsers tell of scripts that held the page up, and whose they were.
    [
      /\[Violation\]\s+'[^']{1,80}'\s+handler\s+took\s+(\d+)\s?ms|Script\s+terminated\s+by\s+timeout\s+at|script on (?:this|the) page (?:is causing|may be busy)/,
      'client.busy',
      (f, text) => {
        const ms = f[1] ?? '10000';
        if (Number(ms) < BUSY_MIN_MS) return { kind: 'client.line' };
        const script = /https?:\/\/\S+/.exec(text)?.[0];
        const isForeign =
          script !== undefined && !/^https?:\/\/[^/]+\/(?:desktop|gadgets\/js|finesse)\//.test(script);
        return { kind: isForeign ? 'client.gadget' : 'client.busy', data: data({ ms, script }) };
      },
    ],
    [
      /(?:computer|system) (?:was asleep|woke up|resumed after sleep)|ERR_NETWORK_IO_SUSPENDED/i,
      'client.sleep',
    ],
    [
      /timer (?:was )?late by (\d+)/i,
      'client.late',
      (f) => ({ kind: 'client.late', data: { ms: f[1] as string } }),
    ],
    [/page is hidden|page is frozen by the browser/, 'client.hidden'],
    [/page is visible|page goes on after the browser froze it/, 'client.visible'],
    [/\b(?:onbeforeunload|beforeunload|window unload|page unload|unloading)\b/i, 'client.unload'],
    [
      /requestId=\s*'([0-9a-f-\s]{20,})'/i,
      'client.request',
      (f) => ({ kind: 'client.request', data: { requestId: squeeze(f[1] as string) } }),
    ],
  ];

/** A handler that takes less holds no poll up. */
const BUSY_MIN_MS = 5_000;

const loginIdOf = (text: string): string | null => /<loginId>\s*([^<\s]+)/.exec(text)?.[1] ?? null;

/** `clientlog.2001.<stamp>.log` and the original's `Agent2001_…`: whose log it is. */
const agentOfFileName = (file: string): string | null =>
  /(?:^|[/\\])(?:clientlog\.|client-?log[-_.]?|Agent[-_]?)([^./\\_]{1,64})[._-]/i.exec(file)?.[1] ?? null;

export function client(text: string, file: string): Made[] {
  const made: Made[] = [];
  for (const [pattern, kind, make] of CLIENT) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const one = make?.(found, text) ?? { kind };
    if (one.kind === 'client.request' && made.some((m) => m.kind === 'client.request')) continue;
    made.push(one);
  }
  if (made.length === 0) made.push({ kind: 'client.line' });
  const owner = agentOfFileName(file);
  if (owner !== null) for (const one of made) one.agent ??= owner;
  return made;
}
