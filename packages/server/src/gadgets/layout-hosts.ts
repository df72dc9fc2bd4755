/** Hosts of the gadgets that the layouts name: an administrator put them there, so they may be used without being listed again. */
import { defaultLayout, type LayoutEntry, type LayoutModel, parseLayout } from '@poise/layout';
import type { DesktopLayoutRecord, Directory, DirectorySource } from '../store/directory.ts';
import { portOf } from './host-list.ts';

export class LayoutHosts {
  readonly #directory: DirectorySource;
  /** A record lives until it is replaced: each is read once. */
  readonly #known = new WeakMap<DesktopLayoutRecord, readonly string[]>();
  readonly #product = hostsIn(defaultLayout());
  #version = -1;
  #hosts: ReadonlySet<string> = new Set();

  constructor(directory: DirectorySource) {
    this.#directory = directory;
  }

  /** Whether a gadget of some layout is at this host and port. */
  has(url: URL): boolean {
    const { current } = this.#directory;
    if (current.version !== this.#version) {
      this.#hosts = new Set([...this.#product, ...this.#saved(current)]);
      this.#version = current.version;
    }
    return this.#hosts.has(`${url.hostname}:${portOf(url)}`);
  }

  #saved(directory: Directory): string[] {
    return [null, ...directory.teams().map(({ id }) => id)].flatMap((teamId) => {
      const record = directory.desktopLayout(teamId);
      return record === undefined || record.useDefault ? [] : this.#hostsOf(record);
    });
  }

  #hostsOf(record: DesktopLayoutRecord): readonly string[] {
    const known = this.#known.get(record);
    if (known !== undefined) return known;
    const reading = parseLayout(record.xml);
    const hosts = reading.ok ? hostsIn(reading.layout) : [];
    this.#known.set(record, hosts);
    return hosts;
  }
}

function hostsIn({ header, layouts }: LayoutModel): readonly string[] {
  const entries = [
    ...[...header.left, ...header.right].flatMap(({ entry }) => entry ?? []),
    ...layouts.flatMap(({ page, tabs }) => [...page, ...tabs.flatMap(({ columns }) => columns.flat())]),
  ];
  return entries.flatMap(hostsOf);
}

function hostsOf({ kind, url, alternateHosts }: LayoutEntry): string[] {
  if (kind !== 'gadget' || !/^https?:/i.test(url) || !URL.canParse(url)) return [];
  const own = new URL(url);
  return [own.hostname, ...alternateHosts.map((host) => host.toLowerCase())].map(
    (host) => `${host}:${portOf(own)}`,
  );
}
