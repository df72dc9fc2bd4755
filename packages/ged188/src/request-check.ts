import type { Fields } from './data-types.ts';
import type { DecodeOptions, UnknownField } from './decode.ts';
import { Ged188Error, type Ged188ErrorCode } from './error.ts';
import type { FloatingSlot, GroupSlot, Layout } from './layout.ts';
import { isTagNumber, tagByNumber } from './tags.ts';

/** Counts with a failure code of their own. */
const COUNT_CODES: Readonly<Record<string, Ged188ErrorCode>> = {
  NumSkillGroups: 'skill-group-count',
  NumNamedVariables: 'named-variable-count',
  NumNamedArrays: 'named-array-count',
};

/**
 * Checks a decoded request as a server does (GED-188, status codes): no tag of another message or a later
 * version, required fields present, counts equal to what follows. Tag numbers that no table has are
 * skipped, as the messaging conventions ask.
 *
 * @throws Ged188Error with the FailureStatus to answer.
 */
export function checkRequest(
  layout: Layout,
  fields: Fields,
  unknown: readonly UnknownField[],
  options: DecodeOptions,
): void {
  const { name } = layout.def;
  for (const { tag } of unknown) {
    if (tag === 0) throw new Ged188Error('tag-invalid', `${name}: tag 0`);
    if (options.skipUnexpectedTags === true || !isTagNumber(tag)) continue;
    const known = tagByNumber(tag, layout.version);
    throw known === undefined
      ? new Ged188Error('tag-not-in-version', `${name}: tag ${tag} in version ${layout.version}`)
      : new Ged188Error('tag-not-in-message', `${name}: ${known} does not belong here`);
  }
  checkMembers(layout.floating, fields, name, options.mayLack ?? []);
}

function checkMembers(
  members: readonly (FloatingSlot | GroupSlot)[],
  fields: Fields,
  where: string,
  mayLack: readonly string[],
): void {
  for (const member of members) {
    const value = fields[member.name];
    if (member.kind === 'field') {
      if (member.required && value === undefined && !mayLack.includes(member.name)) {
        throw new Ged188Error('field-missing', `${where} needs ${member.name}`, member.name);
      }
    } else {
      const elements = (value as readonly Fields[] | undefined) ?? [];
      const said = fields[member.count] ?? 0;
      if (said !== elements.length) {
        throw new Ged188Error(
          COUNT_CODES[member.count] ?? 'count-mismatch',
          `${where}: ${member.count} is ${String(said)}, ${elements.length} follow`,
          member.count,
        );
      }
      for (const element of elements) checkMembers(member.members, element, `${where}.${member.name}`, []);
    }
  }
}
