/**
 * `<base>` names the gadget's own address, so that everything relative is found (gadgets.md H8). A link to `#place`, which every
 * page may have, would lead away from the gadget then: here it stays in the document.
 */

/** The fragment that a link means, without `#`; null: it is none. */
export function fragmentOf(href: string | null): string | null {
  const trimmed = href?.trim() ?? '';
  return trimmed.startsWith('#') ? trimmed.slice(1) : null;
}

export function keepFragmentLinks(frame: Window & typeof globalThis): void {
  const { document, history, location } = frame;
  const follow = (fragment: string) => {
    location.hash = fragment;
  };
  /** Those that a handler has seen to, or that were seen to here. */
  const settle = (event: Event, fragment: string) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    follow(fragment);
  };
  frame.addEventListener(
    'click',
    (event) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const link = (event.composedPath()[0] as Element | undefined)?.closest?.('a[href], area[href]');
      const fragment = fragmentOf(link?.getAttribute('href') ?? null);
      if (fragment === null) return;
      // A handler may end the way of the event before it comes to the window again, and have the default happen.
      for (const name of ['stopPropagation', 'stopImmediatePropagation'] as const) {
        const stop = event[name].bind(event);
        Object.defineProperty(event, name, {
          configurable: true,
          value: () => {
            stop();
            queueMicrotask(() => settled(fragment, event));
            if (!event.defaultPrevented) event.preventDefault();
            else stopped.add(event);
          },
        });
      }
    },
    { capture: true },
  );
  const stopped = new WeakSet<Event>();
  const settled = (fragment: string, event: Event) => {
    if (!stopped.has(event)) follow(fragment);
  };
  frame.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = (event.composedPath()[0] as Element | undefined)?.closest?.('a[href], area[href]');
    const fragment = fragmentOf(link?.getAttribute('href') ?? null);
    if (fragment !== null) settle(event, fragment);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as Element;
    // A form without action goes to the document, one with `#` would go to the base.
    if (fragmentOf(form.getAttribute('action')) !== null) form.setAttribute('action', location.href);
  });
  // These are relative to the base, too.
  for (const name of ['pushState', 'replaceState'] as const) {
    const change = history[name].bind(history);
    history[name] = (data, title, url) =>
      change(
        data,
        title,
        typeof url === 'string' && url.startsWith('#') ? location.href.replace(/#.*$/s, '') + url : url,
      );
  }
}
