/**
 * What lies beside the logs of a node when somebody collects a case: the client's log and its browser's console, a HAR
 * file, syslog, catalina.out, core files. Written as the programs that write them do, at the moment of the simulation.
 */
import { pick, type Random } from '../../test/faults/chance.ts';

const MINUTE = 60_000;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const HOST = 'desk.example';
/** Where the page sends its polls, as its console names it. */
export const BIND = `https://${HOST}:7443/http-bind/`;

const shifted = (at: number, zone: number): string => new Date(at + zone * MINUTE).toISOString();
const offset = (zone: number, separator: string): string => {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${zone < 0 ? '-' : '+'}${two(Math.abs(zone) / 60)}${separator}${two(Math.abs(zone) % 60)}`;
};
const iso = (at: number, zone: number): string => `${shifted(at, zone).slice(0, 23)} ${offset(zone, ':')}`;
const monthAndDay = (text: string): string => `${MONTHS[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10)}`;
const cisco = (at: number, zone: number): string => {
  const text = shifted(at, zone);
  return `${monthAndDay(text)} ${text.slice(0, 4)} ${text.slice(11, 23)} ${offset(zone, '')}`;
};

export interface Clocks {
  /** ms since 1970 by the server's clock. */
  readonly server: () => number;
  /** Minutes east of UTC. */
  readonly serverZone: number;
  readonly clientZone: number;
}

/** The log of one agent's pages, as *Send Error Report* or the browser's storage has it. */
export class ClientEvidence {
  readonly #clocks: Clocks;
  readonly #isOriginal: boolean;
  readonly #lines: string[] = [];
  /** Where the page that runs now begins. */
  #pageFrom = 0;
  #retries = 0;

  constructor(clocks: Clocks, isOriginal: boolean) {
    this.#clocks = clocks;
    this.#isOriginal = isOriginal;
  }

  /** A line of the page's own log as the page wrote it, at `now` by the client's clock. */
  own(now: number, line: string): void {
    const drift = /(Header : Client: .*)$/.exec(line)?.[1];
    if (/idle -> fetching info \(start\)/.test(line)) {
      this.#pageFrom = this.#lines.length;
      this.#retries = 0;
      if (this.#isOriginal) {
        this.#both(now, 'Container : PageServices.init(): Establishing BOSH connection...');
      }
    }
    if (this.#isOriginal && /\(info received\)/.test(line))
      this.#both(now, 'Container : FailoverMonitor.checkSystemInfo(): System info status: IN_SERVICE');
    if (drift !== undefined) this.#both(now, drift);
    else if (!this.#isOriginal) this.#lines.push(line);
  }

  /** A change of the connection, of which the original's page tells. */
  status(now: number, status: string): void {
    if (!this.#isOriginal || !/^(?:connecting|connected|disconnected)$/.test(status)) return;
    this.#both(
      now,
      `Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: ${status}`,
    );
    if (status === 'disconnected')
      this.#both(now, `Container : PageServices._onDisconnect(): retryCount=${this.#retries++}, retrying...`);
    if (status === 'connected') this.#both(now, 'Container : PageServices.onLoad(): BOSH established!');
  }

  /** What the browser's console says, as it is copied together with the log. */
  console(now: number, text: string): void {
    this.#both(now, `Container : ${text}`);
  }

  /** @param persistent it was kept in the browser's storage: earlier pages stand in it, too */
  text(persistent: boolean): string {
    const lines = persistent ? this.#lines : this.#lines.slice(this.#pageFrom);
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  #both(now: number, text: string): void {
    const { server, serverZone, clientZone } = this.#clocks;
    this.#lines.push(`${iso(now, clientZone)}: : ${HOST}: ${cisco(server(), serverZone)}: ${text}`);
  }
}

/** Files that other programs write. */
export class Surroundings {
  readonly files = new Map<string, string>();
  readonly #clocks: Clocks;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** A line of the platform's syslog; `before`: so many ms ago. */
  syslog(text: string, before = 0): void {
    const local = shifted(this.#clocks.server() - before, this.#clocks.serverZone);
    this.#append('syslog/CiscoSyslog', `${monthAndDay(local)} ${local.slice(11, 19)} fin1 ${text}`);
  }

  catalina(text: string): void {
    const local = shifted(this.#clocks.server(), this.#clocks.serverZone);
    this.#append('finesse/logs/catalina.out', `${monthAndDay(local)} ${local.slice(11, 19)} fin1 ${text}`);
  }

  openfireError(text: string, before = 0): void {
    const local = shifted(this.#clocks.server() - before, this.#clocks.serverZone);
    this.#append(
      'desktop/logs/openfire/error.log',
      `${local.slice(0, 10).replaceAll('-', '.')} ${local.slice(11, 19)} ${text}`,
    );
  }

  /** A file that says what it says by its name, or holds the answer of a command. */
  file(name: string, content = ''): void {
    this.files.set(name, content);
  }

  core(process: string, signal: number): void {
    this.file(
      `core/core.${20_000 + (this.#clocks.server() % 9_973)}.${signal}.${process}.${Math.floor(this.#clocks.server() / 1000)}`,
    );
  }

  #append(name: string, line: string): void {
    this.files.set(name, `${this.files.get(name) ?? ''}${line}\n`);
  }
}

/** What browsers say of a request that failed, by what was the matter. */
const CONSOLE = {
  asleep: [`POST ${BIND} net::ERR_NETWORK_IO_SUSPENDED`],
  offline: [
    `POST ${BIND} net::ERR_INTERNET_DISCONNECTED`,
    `POST ${BIND} net::ERR_NETWORK_CHANGED`,
    `GET https://${HOST}:8445/finesse/api/SystemInfo net::ERR_ADDRESS_UNREACHABLE`,
    `GET https://${HOST}:8445/finesse/api/SystemInfo net::ERR_NAME_NOT_RESOLVED`,
  ],
  certificate: [
    `POST ${BIND} net::ERR_CERT_DATE_INVALID`,
    `POST ${BIND} net::ERR_CERT_AUTHORITY_INVALID`,
    `${HOST}:7443 uses an invalid security certificate. Error code: SEC_ERROR_UNKNOWN_ISSUER`,
    'XMLHttpRequest: Network Error 0x800c0019, Security certificate required to access this resource is invalid.',
  ],
  port: [
    `POST ${BIND} net::ERR_CONNECTION_REFUSED`,
    `POST ${BIND} net::ERR_CONNECTION_TIMED_OUT`,
    `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${BIND}. (Reason: CORS request did not succeed). Status code: (null).`,
  ],
  proxy: [
    `POST ${BIND} net::ERR_TUNNEL_CONNECTION_FAILED`,
    `POST ${BIND} 502 (Bad Gateway)`,
    `POST ${BIND} 504 (Gateway Timeout)`,
    `POST ${BIND} 407 (Proxy Authentication Required)`,
  ],
} as const;

export const consoleText = (random: Random, what: keyof typeof CONSOLE): string =>
  pick(random, CONSOLE[what] as readonly string[]);

/** A HAR file as a browser saves it, of polls that something on the way answered. */
export function harOf(
  polls: ReadonlyArray<{ readonly at: number; readonly status: number }>,
  agent: string,
): string {
  return JSON.stringify(
    {
      log: {
        version: '1.2',
        entries: polls.map(({ at, status }, i) => ({
          startedDateTime: new Date(at).toISOString(),
          time: 40,
          request: {
            method: 'POST',
            url: BIND,
            headers: [{ name: 'Cookie', value: `finesse_ag_extension=3${agent.slice(1)}` }],
            postData: { mimeType: 'text/xml', text: `<body rid="${1000 + i}" sid="0"/>` },
          },
          response: { status, content: { mimeType: 'text/html', text: '<html>gateway</html>' } },
        })),
      },
    },
    null,
    1,
  );
}
