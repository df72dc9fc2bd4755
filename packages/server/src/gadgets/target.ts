/**
 * Where a URL leads that a gadget, a layout or a redirect names: to this server, elsewhere, or nowhere. Only the plain form of a
 * URL is taken. Two readers of one odd URL that disagree are how requests get to where they must not.
 */
import { isIP } from 'node:net';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import { hostOf, portOf } from './host-list.ts';

/** On this server: path and query, as they go into the request line. */
export interface OwnTarget {
  readonly kind: 'own';
  readonly path: string;
  /** With `?`, or empty. */
  readonly search: string;
}

export interface ForeignTarget {
  readonly kind: 'foreign';
  readonly url: URL;
}

export type Target = OwnTarget | ForeignTarget;

/** How this server is called. */
export interface OwnNames {
  /** Hosts, lower case: localhost, the names of the nodes, that of the request at hand. */
  hosts(): ReadonlySet<string>;
  /** Ports of the pages and of REST that are open now. */
  ports(): ReadonlySet<number>;
}

const URL_LENGTH_MAX = 8_192;

/** Ports that the original has; gadgets name them whatever the offset of ours is. */
const WELL_KNOWN_PORTS: ReadonlySet<number> = new Set([80, 443, 8082, 8445]);
/** Never really there: the base of paths without a host. */
const OWN_ORIGIN = 'http://own.invalid';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Reads a URL, absolute or as a path that begins with `/`.
 * @param requestHost host, with its port where there is one, that the browser reached this server by: another name of it. Behind a load
 * balancer neither need be one of its own
 * @throws GadgetError 400 when it is not in plain form
 */
export function readTarget(text: string, names: OwnNames, requestHost = ''): Target {
  if (text.length > URL_LENGTH_MAX) throw refuse(text, `longer than ${URL_LENGTH_MAX} characters`);
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)) throw refuse(text, 'control characters');
  if (/^\/(?![/\\])/.test(text)) return own(new URL(text, OWN_ORIGIN));
  const match = /^(https?):\/\/([^/?#]*)/i.exec(text);
  if (match === null) throw refuse(text, 'neither http: nor https:');
  const authority = match[2] as string;
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(authority))
    throw refuse(text, 'the host is not written plainly');
  const url = parsed(text);
  const written = authority.replace(/:\d+$/, '').toLowerCase();
  // Where the reader of URLs made another host of it, it was an address in disguise: 0x7f.1, 2130706433, [::ffff:7f00:1] …
  const plain = isIP(written.slice(1, -1)) === 6 ? isIP(hostOf(url)) === 6 : url.hostname === written;
  if (!plain || url.hostname.endsWith('.') || url.hostname.startsWith('.'))
    throw refuse(text, 'the host is not written plainly');
  if (url.port === '0') throw refuse(text, 'port 0');
  url.hash = '';
  if (!isOwnHost(hostOf(url), names, requestHost)) return { kind: 'foreign', url };
  const port = portOf(url);
  const isOwnPort = names.ports().has(port) || WELL_KNOWN_PORTS.has(port) || port === portIn(requestHost);
  return isOwnPort ? own(url) : { kind: 'foreign', url };
}

/**
 * A reference inside a document, such as `gadget.html` or `../messages/de_ALL.xml`.
 * @throws GadgetError 400 when it is not in plain form
 */
export function resolveTarget(reference: string, base: Target, names: OwnNames, requestHost = ''): Target {
  const text = reference.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('//'))
    return readTarget(text.startsWith('//') ? `https:${text}` : text, names, requestHost);
  if (/[\u0000-\u001f\u007f\\]/.test(text)) throw refuse(text, 'control characters or backslashes');
  const from = base.kind === 'own' ? new URL(base.path + base.search, OWN_ORIGIN) : base.url;
  let url: URL;
  try {
    url = new URL(text, from);
  } catch {
    throw refuse(text, 'not a URL');
  }
  url.hash = '';
  return base.kind === 'own' ? own(url) : { kind: 'foreign', url };
}

/** The URL as a text: a path for this server. */
export const targetText = (target: Target): string =>
  target.kind === 'own' ? target.path + target.search : target.url.href;

function isOwnHost(name: string, names: OwnNames, requestHost: string): boolean {
  return LOOPBACK_HOSTS.has(name) || name === nameOf(requestHost) || names.hosts().has(name);
}

/** Undefined: it names none. */
function portIn(host: string): number | undefined {
  const port = /:(\d+)$/.exec(host)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Without port and brackets; IPv6 has its brackets where it has a port. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^([^:]*):\d+$/, '$1');

function own(url: URL): OwnTarget {
  return { kind: 'own', path: url.pathname, search: url.search };
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw refuse(text, 'not a URL');
  }
}

/** A URL for the log, without what may be secret in it: user name, password and query. */
export const shownUrl = (text: string): string =>
  text
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z]*:?\/\/)[^/]*@/is, '$1***@')
    .slice(0, 200);

const refuse = (text: string, reason: string): GadgetError =>
  new GadgetError(400, phrase('gadget.badUrl'), `${JSON.stringify(shownUrl(text))}: ${reason}`);
