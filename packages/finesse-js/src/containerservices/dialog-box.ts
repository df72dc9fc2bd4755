/** A box in the gadget's own page, where no desktop is there to show it. */

interface Box {
  readonly title?: string | false | undefined;
  readonly message: string;
  readonly close?: (() => void) | undefined;
  readonly isBlocking: boolean;
}

let open: HTMLDialogElement | undefined;

export function showOwnDialog({ title, message, close, isBlocking }: Box): HTMLElement | undefined {
  if (!globalThis.document?.body) return undefined;
  hideOwnDialog();
  const box = document.createElement('dialog');
  if (title !== false)
    box.append(Object.assign(document.createElement('h2'), { textContent: title ?? 'Finesse' }));
  box.append(Object.assign(document.createElement('p'), { textContent: message }));
  if (isBlocking) box.addEventListener('cancel', (event) => event.preventDefault());
  else {
    const ok = Object.assign(document.createElement('button'), { textContent: 'Ok', type: 'button' });
    ok.addEventListener('click', () => box.close());
    box.append(ok);
  }
  box.addEventListener('close', () => {
    box.remove();
    if (open === box) open = undefined;
    close?.();
  });
  document.body.append(box);
  box.showModal();
  open = box;
  return box;
}

export function hideOwnDialog(): void {
  open?.close();
}
