import { DEFAULT_LAYOUT, type DesktopProperties } from '@poise/layout';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import type { SystemInfoSource } from '../objects/system-info.ts';
import type { DesktopLayoutRecord } from '../store/directory.ts';
import { desktopConfigPlugin } from './desktop-config.ts';
import { desktopLayoutPlugin } from './desktop-layout.ts';
import type { ResolvedLayout } from './resolve-layout.ts';

const NODE = { httpsPort: 8445, xmppPort: 5222, xmppSecurePort: 5223 };
const SERVER: Partial<DesktopProperties> = {
  forceWrapUp: false,
  securityBannerMessage: 'Private',
  logonMessage: 'Recorded',
  loginFailureRetryAttempts: 5,
};

let app: FastifyInstance;
let directory: TestDirectorySource;
let inService: boolean;
let secondary: boolean;
beforeEach(async () => {
  directory = new TestDirectorySource();
  inService = true;
  secondary = true;
  app = heldToContract();
  await app.register(
    desktopConfigPlugin({
      deployment: 'CCE',
      properties: () => SERVER,
      serviceWorker: true,
      status: {
        get inService() {
          return inService;
        },
      } as never,
      systemInfo: () =>
        ({
          status: inService ? 'IN_SERVICE' : 'OUT_OF_SERVICE',
          systemAuthMode: 'HYBRID',
          primaryNode: { ...NODE, host: 'fin1.example' },
          secondaryNode: secondary ? { ...NODE, host: 'fin2.example' } : null,
        }) as SystemInfoSource,
    }),
    { prefix: '/desktop/api' },
  );
  await app.register(
    desktopLayoutPlugin({ accounts: new TestAccounts(directory), directory, properties: () => SERVER }),
    { prefix: '/poise/api' },
  );
});
afterEach(() => app.close());

describe('GET /desktop/api/desktopConfig', () => {
  const ask = async (host = 'fin1.example:8445') => {
    const answer = await app.inject({ url: '/desktop/api/desktopConfig', headers: { host } });
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    return answer.json();
  };

  it('tells what the sign-in page needs, to everybody', async () => {
    expect(await ask()).toEqual({
      deploymentType: 'UCCE',
      securityBannerMessage: 'Private',
      logonMessage: 'Recorded',
      loginFailureRetryAttempts: 5,
      loginFailureRetryInterval: 60,
      systemStatus: 'IN_SERVICE',
      host: 'fin1.example',
      isAlternateSystemAvailable: true,
      alternateHost: 'fin2.example',
      redirectToAlternateHost: false,
      desktopLicensed: true,
      systemAuthMode: 'HYBRID',
      enableMobileAgentLogin: true,
      serviceWorker: true,
      isProxyRequest: false,
    });
  });

  it('names the other node, whichever is asked, and sends there while out of service', async () => {
    inService = false;
    expect(await ask('FIN2.example:8445')).toMatchObject({
      host: 'fin2.example',
      alternateHost: 'fin1.example',
      redirectToAlternateHost: true,
      systemStatus: 'OUT_OF_SERVICE',
    });
  });

  it('has nowhere to send to when there is one node', async () => {
    secondary = false;
    inService = false;
    expect(await ask()).toMatchObject({
      isAlternateSystemAvailable: false,
      alternateHost: '',
      redirectToAlternateHost: false,
    });
  });
});

describe('GET /poise/api/desktop/layout', () => {
  const basic = (user: string, password = user) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const ask = (authorization?: string) =>
    app.inject({
      url: '/poise/api/desktop/layout',
      headers: authorization === undefined ? {} : { authorization },
    });
  const layoutOf = async (user: string): Promise<ResolvedLayout> => {
    const answer = await ask(basic(user));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    return answer.json();
  };
  const save = (...desktopLayouts: readonly DesktopLayoutRecord[]) =>
    directory.replace({ ...directory.data, desktopLayouts });
  const titled = (title: string, more = '') =>
    DEFAULT_LAYOUT.replace('<configs>', `<configs><config key="title" value="${title}"/>${more}`);
  const record = (teamId: number | null, xml: string, useDefault = false) => ({ teamId, xml, useDefault });

  it('gives agents and supervisors the layout of their role, with what its placeholders stand for', async () => {
    const [ofAgent, ofSupervisor] = [await layoutOf('2001'), await layoutOf('2051')];
    expect(ofAgent).toMatchObject({
      role: 'Agent',
      source: 'product',
      teamId: 5000,
      teamName: 'Minnies_Team',
      teams: [],
      wrapUpSeconds: 30,
      problems: [],
      layout: { role: 'Agent', page: [{ url: '/desktop/scripts/js/callcontrol.js' }] },
      properties: { title: null, forceWrapUp: false, securityBannerMessage: 'Private' },
    });
    expect(ofAgent.header.left.map(({ entry }) => entry?.id)).toEqual(['cd-logo', 'agent-voice-state']);
    expect(ofSupervisor).toMatchObject({
      role: 'Supervisor',
      layout: { role: 'Supervisor' },
      teamName: 'Maths',
      teams: ['Maths', 'Sandbox'],
    });
  });

  it('prefers the layout of the team to the default one, and that one to the product’s', async () => {
    const before = await layoutOf('2001');
    save(record(null, titled('All')), record(5000, titled('Mice')), record(5001, titled('Numbers'), true));
    const [mouse, mathematician] = [await layoutOf('2001'), await layoutOf('47483648')];
    expect([mouse.source, mouse.properties.title]).toEqual(['team', 'Mice']);
    expect([mathematician.source, mathematician.properties.title]).toEqual(['default', 'All']);
    expect(new Set([before.version, mouse.version, mathematician.version]).size).toBe(3);
    expect((await layoutOf('2001')).version).toBe(mouse.version);
  });

  it('takes properties of the default layout where that of the team says nothing', async () => {
    save(
      record(null, titled('All', '<config key="forceWrapUp" value="true"/>')),
      record(5000, titled('Mice', '<config key="dtmfRequestTimeoutInMs" value="1"/>')),
    );
    const { properties, problems } = await layoutOf('2001');
    expect(properties).toMatchObject({ title: 'Mice', forceWrapUp: true, dtmfRequestTimeoutInMs: 5000 });
    expect(problems).toEqual([
      'In the layout of the team: The value of dtmfRequestTimeoutInMs must be a whole number from 1000 to 200000.',
    ]);
  });

  it('goes on with another layout when one cannot be read any more, or has none for the role', async () => {
    save(record(null, titled('All')), record(5000, '<broken'));
    expect(await layoutOf('2001')).toMatchObject({
      source: 'default',
      problems: ['The layout of the team cannot be read any more; another one takes its place.'],
    });
    const forSupervisors = titled('Chiefs').replace(/<layout>\s*<role>Agent[\s\S]*?<\/layout>/, '');
    save(record(5000, forSupervisors));
    expect(await layoutOf('2001')).toMatchObject({ source: 'product', properties: { title: 'Chiefs' } });
    expect(await layoutOf('2050')).toMatchObject({ source: 'team' });
  });

  it('tells nobody else', async () => {
    directory.replace({
      ...TEST_DATA,
      users: [...TEST_DATA.users, agent('boss', 'boss', '', '', null, { roles: ['Administrator'] })],
    });
    for (const [authorization, status, problem] of [
      [undefined, 401, 'unauthorized'],
      [basic('2001', 'wrong'), 401, 'unauthorized'],
      [basic('boss'), 403, 'forbidden'],
    ] as const) {
      const answer = await ask(authorization);
      expect([answer.statusCode, answer.json().problem]).toEqual([status, problem]);
      // A browser would ask for a password in a window of its own.
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
  });
});
