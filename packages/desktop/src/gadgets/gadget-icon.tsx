/** The picture that a gadget names: an address, or a name of the original's set, for which we have a few of our own. */
import { Icon } from '../parts/icon.tsx';
import type { IconName } from '../parts/icon-paths.ts';

const NAMED: readonly (readonly [RegExp, IconName])[] = [
  [/mail|envelope/i, 'pencil'],
  [/phone|call|handset|audio/i, 'phone'],
  [/contact|user|person|people/i, 'person'],
  [/history|recent/i, 'history'],
  [/setup|setting|task|assistant/i, 'lines'],
];

export function GadgetIcon({ icon }: { icon: { readonly type: string; readonly value: string } | null }) {
  if (icon === null) return <Icon name="message" />;
  // Of this server, or encrypted: the policy of the page refuses the rest.
  if (icon.type === 'url' && /^(https:\/\/|\/(?!\/))/i.test(icon.value))
    return (
      <img
        className="gadget-icon"
        src={icon.value}
        alt=""
        width={20}
        height={20}
        referrerPolicy="no-referrer"
        onError={({ currentTarget }) => {
          currentTarget.hidden = true;
        }}
      />
    );
  return <Icon name={NAMED.find(([pattern]) => pattern.test(icon.value))?.[1] ?? 'message'} />;
}
