/** What one team has besides what everybody has, all kinds at once: `teams/{id}/resources` (admin.md A13). */
import type { FieldError } from '../configuration/fields.ts';
import { type JsonObject, same } from '../configuration/validate.ts';
import type { Directory, ReasonCategory } from '../store/directory.ts';
import type { Repositories } from '../store/repositories.ts';
import { layoutErrors, layoutOfTeam } from './desk-work.ts';

interface TeamResources extends JsonObject {
  readonly reasonCodes: Readonly<Record<ReasonCategory, readonly number[]>>;
  readonly wrapUpReasons: readonly number[];
  readonly phoneBooks: readonly number[];
  readonly workflows: readonly number[];
  readonly layout: { readonly useDefault: boolean; readonly xml: string };
}

const ascending = (records: readonly { readonly id: number }[]): number[] =>
  records.map(({ id }) => id).sort((a, b) => a - b);

export function teamResources(directory: Directory, teamId: number): TeamResources {
  const codes = (category: ReasonCategory) =>
    ascending(directory.reasonCodes(category, teamId).filter(({ forAll }) => !forAll));
  return {
    reasonCodes: { NOT_READY: codes('NOT_READY'), LOGOUT: codes('LOGOUT') },
    wrapUpReasons: ascending(directory.wrapUpReasons(teamId).filter(({ forAll }) => !forAll)),
    phoneBooks: ascending(directory.phoneBooks(teamId).filter(({ type }) => type === 'TEAM')),
    workflows: directory.workflows(teamId).map(({ id }) => id),
    layout: layoutOfTeam(directory, teamId),
  };
}

/** What is of everybody, of the system or of another category cannot be given to a team. */
export function teamResourceErrors(directory: Directory, value: JsonObject): readonly FieldError[] {
  const { reasonCodes, wrapUpReasons, phoneBooks, layout } = value as TeamResources;
  const unfit = (field: string, ids: readonly number[], fits: (id: number) => boolean): FieldError[] =>
    ids.flatMap((id, index) =>
      fits(id)
        ? []
        : [
            {
              field: `${field}.${index}`,
              code: 'REFERENCE' as const,
              message: `${id} cannot be given to a team: everybody has it, or it is of another category.`,
            },
          ],
    );
  const codes = (category: ReasonCategory) =>
    unfit(`reasonCodes.${category}`, reasonCodes[category], (id) => {
      const code = directory.reasonCode(id);
      return code !== undefined && !code.forAll && !code.systemCode && code.category === category;
    });
  return [
    ...codes('NOT_READY'),
    ...codes('LOGOUT'),
    ...unfit('wrapUpReasons', wrapUpReasons, (id) => directory.wrapUpReason(id)?.forAll === false),
    ...unfit('phoneBooks', phoneBooks, (id) => directory.phoneBook(id)?.type === 'TEAM'),
    ...layoutErrors(layout, 'layout.xml'),
  ];
}

/** Writes what is different. */
export async function assignTeamResources(
  repositories: Repositories,
  teamId: number,
  value: JsonObject,
  before: TeamResources,
): Promise<void> {
  const { reasonCodes, wrapUpReasons, phoneBooks, workflows, layout } = value as TeamResources;
  for (const category of ['NOT_READY', 'LOGOUT'] as const)
    if (!same(reasonCodes[category], before.reasonCodes[category]))
      await repositories.reasonCodes.assign(teamId, category, reasonCodes[category]);
  if (!same(wrapUpReasons, before.wrapUpReasons))
    await repositories.wrapUpReasons.assign(teamId, wrapUpReasons);
  if (!same(phoneBooks, before.phoneBooks)) await repositories.phoneBooks.assign(teamId, phoneBooks);
  if (!same(workflows, before.workflows)) await repositories.workflows.assign(teamId, workflows);
  if (!same(layout, before.layout)) await repositories.desktopLayouts.save({ teamId, ...layout });
}
