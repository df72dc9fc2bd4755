/** Gadgets as the server has to do with them: their frames, their requests, the files that they load (docs/gadgets.md). */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Clock } from '@poise/clock';
import type { FastifyPluginCallback } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import type { Happenings } from '../happenings.ts';
import { StaticFolder } from '../http/index.ts';
import type { DirectorySource } from '../store/directory.ts';
import { assetsPlugin } from './assets.ts';
import { GadgetFiles } from './gadget-files.ts';
import { type FetchLimits, GuardedFetcher, type GuardedFetcherOptions } from './guarded-fetcher.ts';
import { HostList } from './host-list.ts';
import { LayoutHosts } from './layout-hosts.ts';
import { Networks } from './network.ts';
import { OWN_LIMITS, type OwnListener, OwnServer } from './own-server.ts';
import { gadgetsPlugin } from './plugin.ts';
import { GadgetProxy } from './proxy.ts';
import { GadgetRenderer } from './renderer.ts';
import { SecurityTokens } from './security-token.ts';
import { TroubleLog } from './trouble-log.ts';

export { layoutWithGadgets, watchFolder } from './development.ts';
export type { OwnListener } from './own-server.ts';

/** The settings `gadgets.…`: durations in ms, sizes in bytes. */
export interface GadgetSettings {
  readonly hosts: readonly string[];
  readonly privateNetworks: readonly string[];
  readonly credentialHosts: readonly string[];
  readonly cacheTtl: number;
  readonly fileMax: number;
  readonly responseMax: number;
  readonly connectTimeout: number;
  readonly requestTimeout: number;
  readonly requestsMax: number;
}

export interface GadgetsOptions {
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly settings: GadgetSettings;
  /** Files below `/3rdpartygadget/files/`. */
  readonly files: Pick<StaticFolder, 'file'>;
  /** Grows whenever frames have to load their gadgets anew; absent: they never have to. */
  readonly changes?: (() => number) | undefined;
  /** Built files of other packages: @poise/gadgets, @poise/finesse-js. */
  readonly scriptsDir: string;
  readonly finesseJsDir: string;
  /** Key of security tokens. */
  readonly key: () => Promise<Uint8Array>;
  /** Names of this server beside localhost, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Open listeners of the pages, clear before TLS. */
  readonly listeners: () => readonly OwnListener[];
  /** Ports that anything of this server listens on. */
  readonly ownPorts: ReadonlySet<number>;
  readonly certificate: () => string | undefined;
  /** Whether an address is a reverse proxy whose X-Forwarded-Proto counts. */
  readonly trustsProxy: (address: string) => boolean;
  /** Whether pages of an origin may ask here; absent: none. */
  readonly allowsOrigin?: (origin: string) => boolean;
  /** Instead of the resolver of this machine (tests). */
  readonly resolve?: GuardedFetcherOptions['resolve'];
  readonly ownAddresses?: GuardedFetcherOptions['ownAddresses'];
}

export interface Gadgets {
  /** Routes below `/gadgets`. */
  readonly plugin: FastifyPluginCallback;
  /** Routes below `/desktop`: scripts and styles that gadgets load. */
  readonly assets: FastifyPluginCallback;
  close(): void;
}

export function createGadgets(options: GadgetsOptions): Gadgets {
  const { clock, happenings, accounts, settings } = options;
  const names = {
    hosts: () => options.hosts,
    ports: () => new Set(options.listeners().map(({ port }) => port)),
  };
  const limits: FetchLimits = {
    connectMs: settings.connectTimeout,
    totalMs: settings.requestTimeout,
    bodyBytesMax: settings.responseMax,
    redirectsMax: 5,
    concurrentMax: settings.requestsMax,
  };
  const listed = new HostList(settings.hosts);
  const layouts = new LayoutHosts(options.directory);
  const allowed = (url: URL) => listed.has(url) || layouts.has(url);
  const fetcher = new GuardedFetcher({
    clock,
    limits,
    allowed,
    privateNetworks: new Networks(settings.privateNetworks),
    credentialHosts: new HostList(settings.credentialHosts),
    names,
    ownAddresses: options.ownAddresses ?? addressesOfThisMachine,
    ownPorts: () => options.ownPorts,
    resolve: options.resolve ?? ((name) => lookup(name, { all: true, verbatim: true })),
  });
  const ownServer = new OwnServer({
    clock,
    listener: () => options.listeners()[0],
    certificate: options.certificate,
    limits: OWN_LIMITS,
  });
  const files = new GadgetFiles({
    clock,
    fetcher,
    lifeMs: settings.cacheTtl,
    bytesMax: settings.fileMax,
    async ownFile(path) {
      const file = await options.files.file(path);
      return file === null ? null : { etag: file.etag, bytes: file.content ?? null };
    },
  });
  const tokens = new SecurityTokens(clock, options.key);
  return {
    plugin: gadgetsPlugin({
      renderer: new GadgetRenderer(files, names, {
        isInLayout: (url) => layouts.has(url),
      }),
      proxy: new GadgetProxy({ fetcher, ownServer, tokens, names }),
      tokens,
      names,
      changes: options.changes,
      allowed,
      accounts,
      scripts: new StaticFolder({ root: options.scriptsDir }),
      allowsOrigin: options.allowsOrigin ?? (() => false),
      isSecure: ({ ip, headers }) => headers['x-forwarded-proto'] === 'https' && options.trustsProxy(ip),
      troubles: new TroubleLog(clock, happenings),
    }),
    assets: assetsPlugin({ finesseJsDir: options.finesseJsDir }),
    close: () => ownServer.close(),
  };
}

function addressesOfThisMachine(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []),
  );
}
