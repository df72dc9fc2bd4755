/** What desktop pages ask before they draw themselves (docs/layout.md). */
import {
  answer,
  body,
  ERROR,
  FLAG,
  listOf,
  members,
  nullable,
  oneOf,
  type Paths,
  type Schema,
  TEXT,
  WHOLE,
} from '../contract/operations.ts';

/** docs/layout.md describes it; what gadgets and components have of their own is in it as it was written. */
const DOCUMENT: Schema = { type: 'object' };

export const DESKTOP_PATHS: Paths = {
  '/desktop/api/desktopConfig': {
    get: {
      operationId: 'desktop.config',
      security: [],
      responses: {
        200: answer(
          'What a page must know before anybody has signed in',
          members({
            deploymentType: oneOf('UCCE', 'UCCX'),
            securityBannerMessage: TEXT,
            logonMessage: TEXT,
            loginFailureRetryAttempts: WHOLE,
            loginFailureRetryInterval: WHOLE,
            systemStatus: TEXT,
            host: TEXT,
            isAlternateSystemAvailable: FLAG,
            alternateHost: TEXT,
            redirectToAlternateHost: FLAG,
            desktopLicensed: FLAG,
            systemAuthMode: TEXT,
            enableMobileAgentLogin: FLAG,
            serviceWorker: FLAG,
            isProxyRequest: FLAG,
          }),
        ),
      },
    },
  },
  '/desktop/api/languages': {
    get: {
      operationId: 'desktop.languages',
      security: [],
      responses: {
        200: answer(
          'What the desktop speaks',
          members({ Language: listOf(members({ locale: TEXT, displayName: TEXT })) }),
        ),
      },
    },
  },
  '/desktop/api/resourceUrls': {
    get: {
      operationId: 'desktop.resourceUrls',
      security: [],
      responses: { 200: answer('Files of gadgets on this server', listOf(TEXT)) },
    },
  },
  '/poise/api/desktop/layout': {
    get: {
      operationId: 'desktop.layout',
      description: 'For agents and supervisors: their own.',
      responses: {
        200: answer(
          'The layout, ready to be drawn',
          members({
            role: oneOf('Agent', 'Supervisor'),
            source: oneOf('team', 'default', 'product'),
            version: TEXT,
            teamId: nullable(WHOLE),
            teamName: TEXT,
            teams: listOf(TEXT),
            wrapUpSeconds: nullable(WHOLE),
            header: DOCUMENT,
            layout: DOCUMENT,
            properties: DOCUMENT,
            problems: listOf(TEXT),
          }),
        ),
        default: ERROR,
      },
    },
  },
  '/poise/api/desktop/handover': {
    post: {
      operationId: 'desktop.handover.leave',
      description:
        'For agents and supervisors: what their page that is opened anew here comes for. Only from pages of nodes (Origin).',
      requestBody: body(members({ text: TEXT })),
      responses: {
        200: answer('Good for once and for 30 s', members({ ticket: TEXT })),
        default: ERROR,
      },
    },
  },
  '/poise/api/desktop/handover/take': {
    post: {
      operationId: 'desktop.handover.take',
      security: [{}],
      description:
        'For the page that is opened anew, which has no credentials yet. `from`: origin of the page that has opened it.',
      requestBody: body(members({ ticket: TEXT, from: TEXT })),
      responses: { 200: answer('What was left', members({ text: TEXT })), default: ERROR },
    },
  },
};
