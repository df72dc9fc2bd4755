/** The rules of verdicts, in the order in which they are asked. */
import type { Rule } from './incident.ts';
import { CLIENT_RULES } from './rules-client.ts';
import { PEOPLE_RULES } from './rules-people.ts';
import { REST_RULES, SIGN_OUT_RULES } from './rules-rest.ts';
import { SERVER_RULES, SUSPICIONS } from './rules-server.ts';

/** The first rule that finds its lines gives the verdict; later ones that do become candidates. */
export const RULES: readonly Rule[] = [
  ...PEOPLE_RULES,
  ...SERVER_RULES,
  ...SIGN_OUT_RULES,
  ...SUSPICIONS,
  ...CLIENT_RULES,
  ...REST_RULES,
];
