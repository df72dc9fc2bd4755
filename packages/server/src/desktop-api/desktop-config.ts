/**
 * `GET /desktop/api/desktopConfig`: what a desktop page must know before anybody has signed in, in JSON, without credentials
 * (rest-api.md 9). Everything in it is public on SystemInfo too, but for the texts and the offers of the sign-in page.
 */
import { configOf, type DesktopProperties } from '@poise/layout';
import type { FastifyPluginCallback } from 'fastify';
import type { Deployment } from '../domain/profile.ts';
import type { SystemStatus } from '../domain/system-status.ts';
import type { SystemInfoSource } from '../objects/system-info.ts';

export interface DesktopConfigDependencies {
  readonly deployment: Deployment;
  /** Settings of the server, as they are at the moment. */
  readonly properties: () => Partial<DesktopProperties>;
  /** Whether browsers may keep the page. */
  readonly serviceWorker: boolean;
  readonly status: SystemStatus;
  readonly systemInfo: () => SystemInfoSource;
}

export interface DesktopConfig {
  readonly deploymentType: 'UCCE' | 'UCCX';
  /** Empty: none. */
  readonly securityBannerMessage: string;
  /** To be acknowledged before the sign-in; empty: none. Not in the original's object, as the two that follow. */
  readonly logonMessage: string;
  readonly loginFailureRetryAttempts: number;
  /** Seconds. */
  readonly loginFailureRetryInterval: number;
  readonly systemStatus: SystemInfoSource['status'];
  /** The node that answers, as the page addressed it; the primary one where it used another name. */
  readonly host: string;
  /** Whether there is another node; whether it is in service, its own SystemInfo tells. */
  readonly isAlternateSystemAvailable: boolean;
  /** Empty: there is none. */
  readonly alternateHost: string;
  readonly redirectToAlternateHost: boolean;
  readonly desktopLicensed: true;
  readonly systemAuthMode: SystemInfoSource['systemAuthMode'];
  readonly enableMobileAgentLogin: boolean;
  /** Whether the page may have its service worker. Not in the original's object. */
  readonly serviceWorker: boolean;
  readonly isProxyRequest: false;
}

export const desktopConfigPlugin =
  ({
    deployment,
    properties,
    serviceWorker,
    status,
    systemInfo,
  }: DesktopConfigDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.get('/desktopConfig', (request, reply) => {
      const {
        securityBannerMessage,
        logonMessage,
        loginFailureRetryAttempts,
        loginFailureRetryInterval,
        enableMobileAgentLogin,
      } = configOf({ server: properties() }).properties;
      void reply.header('Cache-Control', 'no-store');
      const { primaryNode, secondaryNode, status: systemStatus, systemAuthMode } = systemInfo();
      const asSecondary =
        secondaryNode !== null && request.hostname.toLowerCase() === secondaryNode.host.toLowerCase();
      const [own, other] = asSecondary ? [secondaryNode, primaryNode] : [primaryNode, secondaryNode];
      const config: DesktopConfig = {
        deploymentType: deployment === 'CCE' ? 'UCCE' : 'UCCX',
        securityBannerMessage,
        logonMessage,
        loginFailureRetryAttempts,
        loginFailureRetryInterval,
        systemStatus,
        host: own.host,
        isAlternateSystemAvailable: other !== null,
        alternateHost: other?.host ?? '',
        redirectToAlternateHost: other !== null && !status.inService,
        desktopLicensed: true,
        systemAuthMode,
        enableMobileAgentLogin: deployment === 'CCE' && enableMobileAgentLogin,
        serviceWorker,
        isProxyRequest: false,
      };
      return reply.send(config);
    });
    done();
  };
