/** The layout of the page and the desktop properties that go with it, as the server resolved them for this user. */
import { configOf, type DesktopProperties } from '@poise/layout';
import { type PageLayout, pageLayoutOf, productLayout } from '../layout/page-layout.ts';

export interface LayoutState {
  readonly page: PageLayout;
  readonly properties: DesktopProperties;
  /** Length of the wrap-up in the agent's team, seconds; null: the server has not told. */
  readonly wrapUpSeconds: number | null;
  /** Where it comes from; `product`: the page's own, because the server has none or could not be asked. */
  readonly source: 'server' | 'product';
}

interface User {
  readonly roles: readonly string[];
  readonly teamName: string;
}

/** Until the server has told, and while it cannot. */
export function productState({ roles, teamName }: User): LayoutState {
  const role = roles.includes('Supervisor') ? 'Supervisor' : 'Agent';
  return {
    page: productLayout(role, { teamName, teams: [] }),
    properties: configOf({}).properties,
    wrapUpSeconds: null,
    source: 'product',
  };
}

/** The answer to `GET /poise/api/desktop/layout`; null: it cannot be drawn (another server, another release). */
export function readLayoutAnswer(answer: unknown): LayoutState | null {
  const resolved = answer as Parameters<typeof pageLayoutOf>[0] & {
    readonly teamName: string;
    readonly teams: readonly string[];
    readonly properties: DesktopProperties;
    readonly wrapUpSeconds?: unknown;
  };
  try {
    const { teamName, teams, properties, wrapUpSeconds: told } = resolved;
    const wrapUpSeconds = typeof told === 'number' && told > 0 ? told : null;
    const page = pageLayoutOf(resolved, { teamName, teams });
    if (page.tabs.length === 0 || typeof page.version !== 'string') return null;
    // Properties that this server does not know have their defaults.
    return {
      page,
      properties: { ...configOf({}).properties, ...properties },
      wrapUpSeconds,
      source: 'server',
    };
  } catch {
    return null;
  }
}
