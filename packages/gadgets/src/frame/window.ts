/** `gadgets.window`: height and title of the gadget's box (gadgets.md 4). */
import type { Rpc } from './rpc.ts';

export interface GadgetWindow {
  /** @param height in px; anything but a number: as high as the content */
  adjustHeight(height?: unknown): void;
  setTitle(title: unknown): void;
  getViewportDimensions(): { readonly width: number; readonly height: number };
  /** Not of OpenSocial, but of Shindig, and used. */
  getHeight(): number;
}

export function gadgetWindow(calls: Rpc, viewport: () => DOMRectSize, measure: () => number): GadgetWindow {
  let told: number | null = null;
  return {
    adjustHeight(height) {
      const given = Number.parseInt(String(height), 10);
      const isMeasured = Number.isNaN(given);
      const wanted = isMeasured ? measure() : given;
      // Nothing has a height in a frame that is not displayed.
      if (wanted === told || wanted < 0 || (isMeasured && wanted === 0)) return;
      told = wanted;
      calls.call(null, 'resize_iframe', null, wanted);
    },
    setTitle: (title) => calls.call(null, 'set_title', null, String(title ?? '')),
    getViewportDimensions: () => viewport(),
    getHeight: measure,
  };
}

interface DOMRectSize {
  readonly width: number;
  readonly height: number;
}

const px = (value: string): number => Number.parseFloat(value) || 0;

/**
 * Height of what is in the body, in px. Not that of the body: it is at least as high as the frame in many documents, and a gadget
 * could only ever grow.
 */
export function contentHeight({ document, getComputedStyle, scrollY }: Window & typeof globalThis): number {
  const { body } = document;
  if (!body) return 0;
  let bottom = Number.NEGATIVE_INFINITY;
  let margin = 0;
  for (const child of body.children) {
    const style = getComputedStyle(child);
    if (style.display === 'none' || style.position === 'fixed') continue;
    const { top, height, width } = child.getBoundingClientRect();
    const overflow = style.overflowY === 'visible' ? child.scrollHeight : 0;
    const full = Math.max(height, overflow);
    if (full === 0 && width === 0) continue;
    const end = top + full;
    if (end < bottom) continue;
    bottom = end;
    margin = style.position === 'absolute' ? 0 : Math.max(0, px(style.marginBottom));
  }
  // Text that stands in the body itself.
  const range = document.createRange();
  for (const node of body.childNodes) {
    if (node.nodeType !== 3) continue;
    range.selectNodeContents(node);
    for (const { bottom: end, height } of range.getClientRects())
      if (height > 0 && end > bottom) {
        bottom = end;
        margin = 0;
      }
  }
  if (bottom === Number.NEGATIVE_INFINITY) return 0;
  const style = getComputedStyle(body);
  const inset = px(style.paddingBottom) + px(style.borderBottomWidth);
  const below =
    inset > 0 ? margin + inset + px(style.marginBottom) : Math.max(margin, px(style.marginBottom));
  return Math.ceil(bottom + scrollY + below);
}
