/** Lists of hosts in the settings, and whether a URL is in one. */
import { isIP } from 'node:net';
import { type HostRule, readHostRule } from '../settings/host-rule.ts';

/** What a URL has for a port, the scheme's where it says none. */
export const portOf = ({ protocol, port }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);

/** The name of a URL's host as lists and resolvers know it: without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

export class HostList {
  readonly #rules: readonly HostRule[];

  /** @param texts entries that {@link readHostRule} takes; others match nothing */
  constructor(texts: readonly string[]) {
    this.#rules = texts.flatMap((text) => readHostRule(text) ?? []);
  }

  has(url: URL): boolean {
    const name = hostOf(url);
    return this.#rules.some((rule) => nameFits(rule.name, name) && portFits(rule.port, url));
  }
}

function nameFits(rule: string, name: string): boolean {
  if (rule === '*') return true;
  // A pattern is for names: no address has parent domains.
  if (rule.startsWith('*.')) return isIP(name) === 0 && name.endsWith(rule.slice(1));
  return rule === name;
}

function portFits(rule: string | undefined, url: URL): boolean {
  if (rule === '*') return true;
  return rule === undefined ? url.port === '' : Number(rule) === portOf(url);
}
