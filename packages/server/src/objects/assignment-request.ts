/** What a team is to have: a list of objects of which only the `uri` counts (rest-api.md 8, Team). */
import { type Reading, readRoot } from './request.ts';
import { idsOf, invalid, itemsOf, readingBadRequest } from './request-fields.ts';

/** @returns ids in the order of the request; none is there twice */
export function readAssignment(body: Uint8Array | undefined, object: string): Reading<readonly number[]> {
  return readingBadRequest(() => {
    const root = readRoot(body, `${object}s`);
    if (!root.ok) return root;
    const ids = idsOf(itemsOf(root.value, object), object);
    if (new Set(ids).size < ids.length) throw invalid(`${object}s`, `A ${object} stands there twice`);
    return { ok: true, value: ids };
  });
}
