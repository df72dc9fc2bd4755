/** What is served over HTTP, what gadgets may fetch through it, and its certificate. */
import { boolean, duration, hostRules, hosts, integer, networks, origins, path, size } from '../parsers.ts';
import { HOUR, KIB, MIB, MINUTE, SECOND, type SettingTable, setting } from '../setting.ts';

export const HTTP = {
  'http.allowInsecure': setting(boolean, false, 'Serve the clear ports on `host` too, not on loopback only.'),
  'http.bodyMax': setting(
    size(KIB, 256 * MIB),
    8 * MIB,
    'Longest request body of all; most resources take 64 KiB at most. A client log of 1,048,576 characters must fit.',
  ),
  'http.headersTimeout': setting(
    duration(SECOND, 10 * MINUTE),
    10 * SECOND,
    'Time for the headers of a request.',
  ),
  'http.requestTimeout': setting(duration(SECOND, HOUR), 30 * SECOND, 'Time for a whole request to arrive.'),
  'http.keepAlive': setting(
    duration(SECOND, HOUR),
    75 * SECOND,
    'How long an idle connection is kept; longer than `notification.bosh.wait`.',
  ),
  'http.connectionsMax': setting(integer(10, 1_000_000), 20_000, 'Connections of one listener at once.'),
  'http.corsOrigins': setting(
    origins,
    [],
    'Origins whose pages may call REST and `/http-bind/`, open `/ws/`, and put the event tunnel in a frame ([tunnel.md](tunnel.md)). The desktop pages of the pair of nodes may in any case, at the same ports; in demo mode every loopback origin may, too.',
  ),
  'http.workflowOrigins': setting(
    origins,
    [],
    'Origins of other servers that workflows of the desktop page may send requests to ([workflows.md](workflows.md)). Those servers must allow it, too (CORS).',
  ),
  'http.trustedProxies': setting(
    networks,
    [],
    'Reverse proxies that end TLS in front of a clear port. From these addresses `X-Forwarded-Proto: https` counts as TLS for `/http-bind/` and `/ws/`; they must set or remove that header themselves.',
  ),
  'gadgets.hosts': setting(
    hostRules,
    {
      words: '`*` with `--demo`, else none',
      compute: ({ demo }): readonly string[] => (demo ? ['*'] : []),
    },
    'Other hosts that gadgets may be loaded from and may send requests to through the server; those of gadgets in the layouts may be in any case. `crm.example.com` and `*.example.com` mean the usual ports of http and https, `crm.example.com:8444` another one, `crm.example.com:*` all; `*` every host with a public address ([gadgets.md](gadgets.md)).',
  ),
  'gadgets.privateNetworks': setting(
    networks,
    [],
    'Addresses that are not public and yet may be those of such hosts, such as `10.1.0.0/16`. All others that are private, of this machine, link-local or reserved are refused, whatever name leads there.',
  ),
  'gadgets.credentialHosts': setting(
    hostRules,
    [],
    'Hosts that receive the headers Authorization and Cookie which a gadget gives along; to all others they are left out.',
  ),
  'gadgets.cacheTtl': setting(
    duration(0, 24 * HOUR),
    5 * MINUTE,
    'How long gadget files of other hosts are kept before the host is asked again. Files of this server are always read anew.',
  ),
  'gadgets.fileMax': setting(
    size(KIB, 2 * MIB),
    2 * MIB,
    'Largest gadget file, message bundle or remote content that is read.',
  ),
  'gadgets.responseMax': setting(
    size(KIB, 64 * MIB),
    2 * MIB,
    'Largest answer of another host to a request of a gadget.',
  ),
  'gadgets.connectTimeout': setting(
    duration(100, MINUTE),
    5 * SECOND,
    'Time for the name of another host to be resolved, and for the connection to it.',
  ),
  'gadgets.requestTimeout': setting(
    duration(SECOND, 5 * MINUTE),
    15 * SECOND,
    'Time for the whole answer of another host, redirects included.',
  ),
  'gadgets.requestsMax': setting(
    integer(1, 10_000),
    64,
    'Requests to other hosts at once; further ones are refused.',
  ),

  'https.certificate': setting(
    path({ empty: true }),
    '',
    'Certificate chain (PEM). Empty: one is made at the first start.',
  ),
  'https.key': setting(path({ empty: true }), '', 'Private key of the certificate (PEM).'),
  'https.hosts': setting(hosts, [], 'Further names and addresses for the certificate that is made.'),
} as const satisfies SettingTable;
