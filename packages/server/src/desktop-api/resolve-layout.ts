/** Which layout a user sees: that of the team, else the default one, else that of the product; with the properties that count. */
import { createHash } from 'node:crypto';
import {
  configOf,
  DEFAULT_LAYOUT,
  type DesktopProperties,
  defaultLayout,
  type LayoutHeader,
  type LayoutModel,
  layoutFor,
  parseLayout,
  type RoleLayout,
} from '@poise/layout';
import type { DesktopLayoutRecord, Directory, UserRecord } from '../store/directory.ts';

/** Body of `GET /poise/api/desktop/layout`. */
export interface ResolvedLayout {
  readonly role: 'Agent' | 'Supervisor';
  /** Where the layout comes from: saved for the team, saved as default, or the product's own. */
  readonly source: 'team' | 'default' | 'product';
  /** Another one whenever layout or properties changed. What users arranged for an older one is void. */
  readonly version: string;
  /** Null: the user is in no team. */
  readonly teamId: number | null;
  readonly teamName: string;
  /** Names of the teams that the user supervises. */
  readonly teams: readonly string[];
  /** Length of the wrap-up; user objects print it from release 12.6 on only. Null: no team. */
  readonly wrapUpSeconds: number | null;
  readonly header: LayoutHeader;
  readonly layout: RoleLayout;
  readonly properties: DesktopProperties;
  /** Plain sentences for whoever looks after the layouts: values that do not count, and why. */
  readonly problems: readonly string[];
}

interface Known {
  /** Null: it cannot be read any more. */
  readonly model: LayoutModel | null;
  readonly hash: string;
}

const hashOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\0')).digest('base64url').slice(0, 16);

export class LayoutResolver {
  readonly #server: () => Partial<DesktopProperties>;
  /** A record lives until it is replaced: each is parsed once, whoever asks. */
  readonly #known = new WeakMap<DesktopLayoutRecord, Known>();
  readonly #product: Known = { model: defaultLayout(), hash: hashOf(DEFAULT_LAYOUT) };

  /** @param server settings of the server; they may change while it runs */
  constructor(server: () => Partial<DesktopProperties>) {
    this.#server = server;
  }

  resolve(user: UserRecord, directory: Directory): ResolvedLayout {
    const server = this.#server();
    const ownTeam = user.teamId === null ? undefined : directory.team(user.teamId);
    const role = user.roles.includes('Supervisor') ? 'Supervisor' : 'Agent';
    const problems: string[] = [];
    const saved = directory.desktopLayout(null);
    const ofTeam = user.teamId === null ? undefined : directory.desktopLayout(user.teamId);
    const team = ofTeam === undefined || ofTeam.useDefault ? undefined : this.#read(ofTeam, problems);
    const general = saved === undefined ? undefined : this.#read(saved, problems);
    const candidates = [
      { source: 'team', known: team },
      { source: 'default', known: general },
      { source: 'product', known: this.#product },
    ] as const;
    // The product's own has a layout for both roles, so one is always found.
    const { source, model, layout } = candidates
      .map(({ source, known }) => ({
        source,
        model: known?.model ?? null,
        layout: known?.model ? layoutFor(known.model, role) : null,
      }))
      .find(({ layout }) => layout !== null) as { source: ResolvedLayout['source'] } & {
      model: LayoutModel;
      layout: RoleLayout;
    };
    const { properties, problems: values } = configOf({
      team: team?.model?.configs,
      default: (general ?? this.#product).model?.configs,
      server,
    });
    const of = { team: 'of the team', default: 'that is the default' } as const;
    problems.push(...values.map((problem) => `In the layout ${of[problem.source]}: ${problem.message}`));
    return {
      role,
      source,
      version: hashOf(team?.hash ?? '', (general ?? this.#product).hash, hashOf(JSON.stringify(server))),
      teamId: user.teamId,
      teamName: ownTeam?.name ?? '',
      teams: user.supervisedTeamIds.flatMap((id) => directory.team(id)?.name ?? []),
      wrapUpSeconds: ownTeam?.wrapUpTimerSeconds ?? null,
      header: model.header,
      layout,
      properties,
      problems,
    };
  }

  #read(record: DesktopLayoutRecord, problems: string[]): Known {
    let known = this.#known.get(record);
    if (known === undefined) {
      const reading = parseLayout(record.xml);
      known = { model: reading.ok ? reading.layout : null, hash: hashOf(record.xml) };
      this.#known.set(record, known);
    }
    if (known.model === null) {
      const whose = record.teamId === null ? 'default layout' : 'layout of the team';
      problems.push(`The ${whose} cannot be read any more; another one takes its place.`);
    }
    return known;
  }
}
