/** The HTTP listeners as a table: name, setting, default port, what each one serves. */

/** `redirect`: nothing but the way to the same address over TLS. */
export type HttpService = 'rest' | 'desktop' | 'httpBind' | 'ws' | 'tunnel' | 'redirect';
export type ListenerName = 'http' | 'https' | 'bosh' | 'boshTls' | 'httpRedirect';

export interface ListenerDefinition {
  readonly name: ListenerName;
  /** Key of the setting that holds the port: named in messages. */
  readonly setting: string;
  readonly defaultPort: number;
  readonly tls: boolean;
  readonly services: readonly HttpService[];
}

const EVERYTHING: readonly HttpService[] = ['rest', 'desktop', 'httpBind', 'ws', 'tunnel'];
const NOTIFICATION: readonly HttpService[] = ['httpBind', 'ws', 'tunnel'];

export const LISTENERS: Readonly<Record<ListenerName, ListenerDefinition>> = {
  http: { name: 'http', setting: 'ports.http', defaultPort: 8082, tls: false, services: EVERYTHING },
  https: { name: 'https', setting: 'ports.https', defaultPort: 8445, tls: true, services: EVERYTHING },
  bosh: { name: 'bosh', setting: 'ports.bosh', defaultPort: 7071, tls: false, services: NOTIFICATION },
  boshTls: {
    name: 'boshTls',
    setting: 'ports.boshTls',
    defaultPort: 7443,
    tls: true,
    services: NOTIFICATION,
  },
  httpRedirect: {
    name: 'httpRedirect',
    setting: 'ports.httpRedirect',
    defaultPort: 80,
    tls: false,
    services: ['redirect'],
  },
};

/** One listener as the settings want it. */
export interface ListenerOptions {
  readonly name: ListenerName;
  readonly host: string;
  /** 0 lets the system choose (tests). */
  readonly port: number;
  /** Default true. */
  readonly enabled?: boolean;
  /** Default: the table's. */
  readonly services?: readonly HttpService[];
}
