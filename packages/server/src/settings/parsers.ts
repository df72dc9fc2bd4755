/** How the text, number or list of a setting becomes its value, and how it is printed again. */
import { isIP } from 'node:net';
import { type Phrase, phrase } from '../messages/catalogue.ts';
import { readHostRule } from './host-rule.ts';
import { addressesIn } from './pg-addresses.ts';

export interface Parser<T> {
  /** What is allowed, to be said when a value is refused. */
  readonly allowed: Phrase;
  /** Undefined: not allowed. `raw` is text (environment, command line) or whatever YAML made of it. */
  parse(raw: unknown): T | undefined;
  /** The form in which the value can be written into the settings file. */
  print(value: T): string | number | boolean;
}

const asText = (raw: unknown): string | undefined =>
  typeof raw === 'string' ? raw.trim() : typeof raw === 'number' ? String(raw) : undefined;

export const boolean: Parser<boolean> = {
  allowed: phrase('allowed.boolean'),
  parse: (raw) =>
    raw === true || raw === 'true' ? true : raw === false || raw === 'false' ? false : undefined,
  print: (value) => value,
};

/** One of a few words, compared exactly. `true` and `false` may be among them: YAML makes no words of those. */
export function choice<const T extends string>(...values: readonly T[]): Parser<T> {
  return {
    allowed: phrase('allowed.choice', { values: values.join(', ') }),
    parse: (raw) => {
      const text = typeof raw === 'boolean' ? String(raw) : asText(raw);
      return values.find((value) => value === text);
    },
    print: (value) => value,
  };
}

/** Something that can be on in some places: `true` is everywhere, `false` nowhere, else the places are named. */
export function places<const T extends string>(...names: readonly T[]): Parser<readonly T[]> {
  const known = list(phrase('allowed.places', { values: names.join(', ') }), (item) =>
    (names as readonly string[]).includes(item),
  );
  return {
    allowed: known.allowed,
    parse: (raw) => {
      const all = boolean.parse(raw);
      if (all !== undefined) return all ? names : [];
      const given = known.parse(raw);
      return given === undefined ? undefined : names.filter((name) => given.includes(name));
    },
    print: (value) => (value.length === 0 ? false : value.length === names.length || value.join(',')),
  };
}

export function integer(min: number, max: number): Parser<number> {
  return {
    allowed: phrase('allowed.integer', { min, max }),
    parse: (raw) => {
      const text = asText(raw);
      if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      return value >= min && value <= max ? value : undefined;
    },
    print: (value) => value,
  };
}

/** A TCP port; null when the listener is off. */
export const port: Parser<number | null> = {
  allowed: phrase('allowed.port'),
  parse: (raw) => {
    if (raw === 'off' || raw === false) return null;
    return integer(0, 65535).parse(raw);
  },
  print: (value) => value ?? 'off',
};

const DURATION_UNITS: ReadonlyArray<readonly [string, number]> = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** 90000 as `90s`: the largest unit that needs no fraction. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const [unit, size] = DURATION_UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** A span of time with its unit; the value is in ms. A bare number is refused, because its unit would be a guess. */
export function duration(minMs: number, maxMs: number): Parser<number> {
  return {
    allowed: phrase('allowed.duration', { min: formatDuration(minMs), max: formatDuration(maxMs) }),
    parse: (raw) => {
      const match = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(asText(raw) ?? '');
      if (match === null) return undefined;
      const unitMs = DURATION_UNITS.find(([unit]) => unit === match[2])![1];
      const value = Math.round(Number(match[1]) * unitMs);
      return value >= minMs && value <= maxMs ? value : undefined;
    },
    print: formatDuration,
  };
}

const SIZE_UNITS: ReadonlyArray<readonly [string, number]> = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

/** 65536 as `64KiB`. */
function formatSize(bytes: number): string | number {
  const unit = SIZE_UNITS.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? bytes : `${bytes / unit[1]}${unit[0]}`;
}

/** An amount of memory or disk; the value is in bytes. */
export function size(minBytes: number, maxBytes: number): Parser<number> {
  return {
    allowed: phrase('allowed.size', { min: formatSize(minBytes), max: formatSize(maxBytes) }),
    parse: (raw) => {
      const match = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(asText(raw) ?? '');
      if (match === null) return undefined;
      const value = Number(match[1]) * (SIZE_UNITS.find(([unit]) => unit === match[2])?.[1] ?? 1);
      return value >= minBytes && value <= maxBytes ? value : undefined;
    },
    print: formatSize,
  };
}

export function text(min: number, max: number): Parser<string> {
  return {
    allowed: phrase('allowed.text', { min, max }),
    parse: (raw) => {
      const value = raw === null ? '' : asText(raw);
      if (value === undefined || value.length < min || value.length > max) return undefined;
      return /[\u0000-\u001f\u007f]/.test(value) ? undefined : value;
    },
    print: (value) => value,
  };
}

/** A secret keeps the white space at its ends. */
export function secretText(min: number, max: number): Parser<string> {
  const plain = text(min, max);
  return {
    ...plain,
    parse: (raw) =>
      typeof raw === 'string' && raw !== raw.trim() && plain.parse(`x${raw}x`) ? raw : plain.parse(raw),
  };
}

/** A name that DNS or /etc/hosts could know (RFC 1123), or an address. Not looked up. */
export function isHost(value: string): boolean {
  if (isIP(value) !== 0) return true;
  return (
    value.length <= 253 &&
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i.test(
      value,
    )
  );
}

export function host(options: { empty?: boolean } = {}): Parser<string> {
  return {
    allowed: phrase('allowed.host'),
    parse: (raw) => {
      const value = raw === null ? '' : asText(raw);
      if (value === '') return options.empty === true ? '' : undefined;
      return value !== undefined && isHost(value) ? value : undefined;
    },
    print: (value) => value,
  };
}

function list(allowed: Phrase, valid: (item: string) => boolean): Parser<readonly string[]> {
  return {
    allowed,
    parse: (raw) => {
      const items = Array.isArray(raw) ? raw.map(asText) : raw === null ? [] : asText(raw)?.split(',');
      if (items === undefined) return undefined;
      const values: string[] = [];
      for (const item of items) {
        if (item === undefined) return undefined;
        const value = item.trim();
        if (value === '') continue;
        if (!valid(value)) return undefined;
        values.push(value);
      }
      return values;
    },
    print: (value) => value.join(','),
  };
}

export const hosts: Parser<readonly string[]> = list(phrase('allowed.hosts'), isHost);

/** Addresses, and networks with the number of their bits. */
export const networks: Parser<readonly string[]> = list(phrase('allowed.networks'), (value) => {
  const [address = '', bits, more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
});

/** Origins as browsers send them: scheme, host, port, nothing after it. */
export const origins: Parser<readonly string[]> = list(phrase('allowed.origins'), (value) => {
  if (!/^https?:\/\//.test(value)) return false;
  try {
    return new URL(value).origin === value;
  } catch {
    return false;
  }
});

/** Address of a desktop chat server: https, no user in it; empty: none. */
export const chatUrl: Parser<string> = {
  allowed: phrase('allowed.chatUrl'),
  parse: (raw) => {
    const value = raw === null ? '' : asText(raw);
    if (value === undefined || value === '') return value;
    if (value.length > 1024 || !/^https:\/\/[^\s\u0000-\u001f\u007f]+$/.test(value)) return undefined;
    try {
      const { username, password, hostname } = new URL(value);
      return username === '' && password === '' && isHost(hostname.replace(/^\[|\]$/g, ''))
        ? value
        : undefined;
    } catch {
      return undefined;
    }
  },
  print: (value) => value,
};

/**
 * Hosts that gadgets may come from or send requests to: `crm.example.com`, `*.example.com:8444`, `10.1.2.3:*`, `*`. Without a port
 * the usual one of http and https is meant.
 */
export const hostRules: Parser<readonly string[]> = list(
  phrase('allowed.hostRules'),
  (value) => readHostRule(value) !== undefined,
);

const CHANNEL = /^(\d{1,9}):([^\u0000-\u001f\u007f]{1,64})$/;
const channelItems = list(phrase('allowed.mediaChannels'), (value) => CHANNEL.test(value));

export interface NamedNumber {
  /** Digits. */
  readonly id: string;
  readonly name: string;
}

/** Media routing domains: `number:name`, no number twice. */
export const mediaChannels: Parser<readonly NamedNumber[]> = {
  allowed: channelItems.allowed,
  parse: (raw) => {
    const channels = channelItems.parse(raw)?.map((item) => {
      const [, id = '', name = ''] = CHANNEL.exec(item) ?? [];
      return { id, name: name.trim() };
    });
    if (channels === undefined || new Set(channels.map(({ id }) => id)).size < channels.length)
      return undefined;
    return channels;
  },
  print: (value) => channelItems.print(value.map(({ id, name }) => `${id}:${name}`)),
};

/** Names of users or teams. */
export const texts: Parser<readonly string[]> = list(
  phrase('allowed.texts'),
  (value) => value.length <= 128 && !/[\u0000-\u001f\u007f]/.test(value),
);

const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Issuer of OpenID Connect: https, or http on this machine. Empty: none. */
export const issuer: Parser<string> = {
  allowed: phrase('allowed.issuer'),
  parse: (raw) => {
    const value = raw === null ? '' : asText(raw);
    if (value === undefined || value === '') return value;
    try {
      const { protocol, hostname, search, hash, username, password } = new URL(value);
      if (search !== '' || hash !== '' || username !== '' || password !== '') return undefined;
      return protocol === 'https:' || (protocol === 'http:' && LOCAL_HOST.test(hostname)) ? value : undefined;
    } catch {
      return undefined;
    }
  },
  print: (value) => value,
};

/** Collector of OpenTelemetry: https, or http on this machine, so that its key does not go in clear. Empty: none. */
export const collector: Parser<string> = { ...issuer, allowed: phrase('allowed.collector') };

const HEADERS =
  /^(?:\s*[\w!#$%&'*+.^`|~-]+\s*=\s*[\x21-\x7e](?:[\x20-\x2b\x2d-\x7e]*[\x21-\x2b\x2d-\x7e])?\s*(?:,|$))*$/;

/** Headers as `name=value,name=value`. Empty: none. */
export const headerPairs: Parser<string> = {
  allowed: phrase('allowed.headers'),
  parse: (raw) => {
    const value = raw === null ? '' : asText(raw);
    return value === undefined || value.length > 2048 || !HEADERS.test(value) ? undefined : value;
  },
  print: (value) => value,
};

/** A database of PostgreSQL, as libpq writes it. Empty: none. */
export const postgresUrl: Parser<string> = {
  allowed: phrase('allowed.postgres'),
  parse: (raw) => {
    const value = raw === null ? '' : asText(raw);
    if (value === undefined || value === '') return value;
    if (value.length > 2048 || !/^postgres(?:ql)?:\/\//.test(value)) return undefined;
    try {
      // A name of a database is needed: without one, that of the user would be taken.
      return addressesIn(value).urls.every((url) => new URL(url).pathname.length > 1) ? value : undefined;
    } catch {
      return undefined;
    }
  },
  print: (value) => value,
};

/** Servers of NATS, all with TLS or all without; no user in them. Empty: none. */
export const natsUrls: Parser<readonly string[]> = (() => {
  const urls = list(phrase('allowed.nats'), (value) => {
    if (value.length > 1024 || !/^(?:nats|tls):\/\//.test(value)) return false;
    try {
      const { hostname, username, password, pathname, search, hash } = new URL(value);
      return (
        username + password + search + hash === '' && /^\/?$/.test(pathname) && isHost(unbracketed(hostname))
      );
    } catch {
      return false;
    }
  });
  return {
    ...urls,
    parse: (raw) => {
      const values = urls.parse(raw);
      return new Set(values?.map((value) => value.slice(0, 4))).size > 1 ? undefined : values;
    },
  };
})();

const unbracketed = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** The host of one of {@link natsUrls}. */
export const natsHost = (url: string): string => unbracketed(new URL(url).hostname);

/** What a subject and a bucket of NATS may begin with. */
export const clusterName: Parser<string> = {
  allowed: phrase('allowed.clusterName'),
  parse: (raw) => {
    const value = asText(raw);
    return value !== undefined && /^[A-Za-z0-9_-]{1,32}$/.test(value) ? value : undefined;
  },
  print: (value) => value,
};

/** Where a peer listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `[::1]:42027` or `cti.example.com:42027`. */
const formatAddress = (value: Address): string =>
  value.host.includes(':') ? `[${value.host}]:${value.port}` : `${value.host}:${value.port}`;

/** Host and port; null when empty. */
export const address: Parser<Address | null> = {
  allowed: phrase('allowed.address'),
  parse: (raw) => {
    const value = raw === null ? '' : asText(raw);
    if (value === undefined) return undefined;
    if (value === '') return null;
    const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(value);
    if (match === null) return undefined;
    const name = match[1] ?? match[2]!;
    const number = Number(match[3]);
    return isHost(name) && number <= 65535 ? { host: name, port: number } : undefined;
  },
  print: (value) => (value === null ? '' : formatAddress(value)),
};

export function path(options: { empty?: boolean } = {}): Parser<string> {
  return {
    allowed: phrase('allowed.path'),
    parse: (raw) => {
      const value = raw === null ? '' : typeof raw === 'string' ? raw : asText(raw);
      if (value === undefined || value.includes('\0') || value.length > 4096) return undefined;
      return value !== '' || options.empty === true ? value : undefined;
    },
    print: (value) => value,
  };
}
