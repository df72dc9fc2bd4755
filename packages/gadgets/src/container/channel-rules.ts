/** What the three parts of a channel must be (finesse-js.md 9). A gadget need not use finesse.js, which looks at the same. */
import { isObject, type Payload } from './service-request.ts';

type Rule = (value: unknown) => string | null;

const string: Rule = (value) => (typeof value === 'string' ? null : 'is no string');
const boolean: Rule = (value) => (typeof value === 'boolean' ? null : 'is no boolean');
const seconds: Rule = (value) =>
  typeof value === 'number' && value >= 1 && value <= 30 ? null : 'is no number from 1 to 30';
const oneOf =
  (...names: readonly string[]): Rule =>
  (value) =>
    typeof value === 'string' && names.includes(value) ? null : `is none of ${names.join(', ')}`;

type Shape = Readonly<Record<string, Rule>>;

/** A `?` at the end of a name: it may be missing. */
function shape(fields: Shape): (value: unknown) => string[] {
  return (value) => {
    if (!isObject(value)) return ['is no object'];
    return Object.entries(fields).flatMap(([field, rule]) => {
      const name = field.replace('?', '');
      const part = value[name];
      if (part === undefined || part === null) return field.endsWith('?') ? [] : [`${name} is missing`];
      const fault = rule(part);
      return fault === null ? [] : [`${name} ${fault}`];
    });
  };
}

function list(least: number, fields: Shape): Rule {
  const of = shape(fields);
  return (value) => {
    if (!Array.isArray(value)) return 'is no array';
    if (value.length < least) return `has fewer than ${least} entries`;
    for (const [index, each] of value.entries()) {
      const [fault] = of(each);
      if (fault !== undefined) return `[${index}] ${fault}`;
    }
    return null;
  };
}

const PARTS: Readonly<Record<string, (value: unknown) => string[]>> = {
  menuConfig: shape({
    label: string,
    menuItems: list(0, { id: string, label: string, 'iconColor?': string }),
  }),
  channelConfig: shape({
    actionTimeoutInSec: seconds,
    icons: list(1, { type: oneOf('collab-icon', 'url'), value: string }),
  }),
  channelState: shape({
    label: string,
    currentState: string,
    iconColor: string,
    enable: boolean,
    logoutDisabled: boolean,
    iconBadge: oneOf('none', 'info', 'error', 'warning'),
    'hoverText?': string,
  }),
};

/** @param isWhole whether all three are needed @returns one sentence for each fault */
export function channelFaults(parts: Payload, isWhole: boolean): readonly string[] {
  return Object.entries(PARTS).flatMap(([name, rule]) => {
    if (parts[name] === undefined) return isWhole ? [`${name} is missing`] : [];
    return rule(parts[name]).map((fault) => `${name}: ${fault}`);
  });
}
