/** What the tab of the browser shows of the page while another one is looked at (desktop.md D82). Pure. */
import { ringing } from './calls.ts';
import { ringingSentence } from './outbound.ts';
import type { DesktopState, Sentence } from './store.ts';

/** A call that rings, or how many notices nobody has looked at; `none`: nothing to be told. */
export type PageSignal =
  | { readonly kind: 'call'; readonly sentence: Sentence }
  | { readonly kind: 'unread'; readonly count: number }
  | { readonly kind: 'none' };

const NONE: PageSignal = { kind: 'none' };

export function pageSignal(
  { calls, user, notices }: Pick<DesktopState, 'calls' | 'user' | 'notices'>,
  isHidden: boolean,
): PageSignal {
  if (!isHidden) return NONE;
  const extension = user?.extension ?? '';
  const [incoming] = ringing(calls.dialogs, extension);
  if (incoming) return { kind: 'call', sentence: ringingSentence(incoming, extension) };
  return notices.unread > 0 ? { kind: 'unread', count: notices.unread } : NONE;
}

/** Icon of the page; each is a file of its own, since the content security policy is strict. */
export const ICONS: Readonly<Record<PageSignal['kind'], string>> = {
  call: 'favicon-call.svg',
  unread: 'favicon-unread.svg',
  none: 'favicon.svg',
};
