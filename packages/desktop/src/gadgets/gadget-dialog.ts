/** The dialog that gadgets ask for (`showDialog`, gadgets.md 7.5). The element is handed to the gadget, which may put its own into it. */
import type { DialogOptions } from '@poise/gadgets';

export interface DialogTexts {
  readonly title: string;
  readonly message: string;
  readonly ok: string;
}

export class GadgetDialog {
  readonly #texts: () => DialogTexts;
  #dialog: HTMLDialogElement | null = null;

  constructor(texts: () => DialogTexts) {
    this.#texts = texts;
  }

  /** Takes the place of the one before it. It is over all else; one that is `isBlocking` goes on with its button alone, not with Escape. */
  show({ title, message, close, isBlocking = false }: DialogOptions): HTMLElement {
    this.hide();
    const texts = this.#texts();
    const dialog = document.createElement('dialog');
    dialog.className = 'gadget-dialog';
    if (title !== false) {
      const heading = document.createElement('h2');
      heading.id = 'gadget-dialog-title';
      heading.textContent = title ?? texts.title;
      dialog.setAttribute('aria-labelledby', heading.id);
      dialog.append(heading);
    }
    const words = document.createElement('p');
    words.textContent = message ?? texts.message;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = texts.ok;
    button.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (this.#dialog === dialog) this.#dialog = null;
      try {
        close?.();
      } catch (error) {
        console.error('the gadget that showed a dialog threw when it was closed', error);
      }
    });
    // Browsers close at the second Escape whatever `cancel` says, so the key itself is kept away.
    if (isBlocking) {
      dialog.addEventListener('cancel', (event) => event.preventDefault());
      dialog.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') event.preventDefault();
      });
    }
    dialog.append(words, button);
    document.body.append(dialog);
    dialog.showModal();
    this.#dialog = dialog;
    return dialog;
  }

  hide(): void {
    this.#dialog?.close();
  }
}
