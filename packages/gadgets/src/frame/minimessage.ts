/** Feature minimessage: small messages above the gadget's content, with the classes that gadgets style (gadgets.md 4). */

export interface MiniMessages {
  createDismissibleMessage(message: string | Node, callback?: () => boolean | undefined): HTMLElement;
  createTimerMessage(message: string | Node, seconds: number, callback?: () => void): HTMLElement;
  createStaticMessage(message: string | Node): HTMLElement;
  dismissMessage(message: Node): void;
}

export type MiniMessageClass = new (moduleId?: unknown, container?: HTMLElement) => MiniMessages;

export function miniMessageClass(
  document: Document,
  schedule: (ms: number, run: () => void) => void,
): MiniMessageClass {
  return class MiniMessage implements MiniMessages {
    #container: HTMLElement | null;

    constructor(_moduleId?: unknown, container?: HTMLElement) {
      this.#container = container ?? null;
    }

    createDismissibleMessage(message: string | Node, callback?: () => boolean | undefined) {
      const row = this.#add(message);
      const close = document.createElement('span');
      close.className = 'mmlib_xlink';
      close.setAttribute('role', 'button');
      close.tabIndex = 0;
      close.textContent = '[x]';
      const dismiss = () => {
        if (typeof callback !== 'function' || callback() !== false) row.remove();
      };
      close.addEventListener('click', dismiss);
      close.addEventListener('keydown', ({ key }) => {
        if (key === 'Enter' || key === ' ') dismiss();
      });
      row.append(' ', close);
      return row;
    }

    createTimerMessage(message: string | Node, seconds: number, callback?: () => void) {
      const row = this.#add(message);
      schedule(seconds * 1_000, () => {
        row.remove();
        callback?.();
      });
      return row;
    }

    createStaticMessage(message: string | Node) {
      return this.#add(message);
    }

    dismissMessage(message: Node) {
      message.parentNode?.removeChild(message);
    }

    #add(message: string | Node): HTMLElement {
      if (!this.#container) {
        this.#container = document.createElement('div');
        document.body.prepend(this.#container);
      }
      const row = document.createElement('div');
      row.className = 'mmlib_table';
      row.setAttribute('role', 'status');
      // Texts of gadgets are HTML by tradition.
      if (typeof message === 'string') row.innerHTML = message;
      else row.append(message);
      this.#container.append(row);
      return row;
    }
  };
}
