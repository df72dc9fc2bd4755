/**
 * Feature loadingindicator (gadgets.md 2.1): covers the gadget until it is there, and offers to load it again when it does not come. Drawn
 * in a shadow tree, so that neither styles the other.
 */

export interface LoadingIndicator {
  dismiss(): void;
  showLoading(): void;
  updateLoadingMessage(text: string): void;
  updateTimeoutMessage(text: string): void;
  updateRetryButtonText(text: string): void;
}

/** Seconds until the words change, when the gadget does not say. */
const TIMEOUT_SECONDS = 10;

const TEXTS = {
  en: { loading: 'Loading …', timeout: 'The gadget has not loaded yet.', retry: 'Retry' },
  de: { loading: 'Wird geladen …', timeout: 'Das Gadget ist noch nicht geladen.', retry: 'Erneut versuchen' },
  fr: { loading: 'Chargement …', timeout: 'Le gadget n’est pas encore chargé.', retry: 'Réessayer' },
} as const;

const STYLE = `
:host { position: fixed; inset: 0; z-index: 2147483000; background: Canvas; color: CanvasText; color-scheme: light dark;
  font: 14px/1.4 system-ui, sans-serif; display: flex; align-items: center; justify-content: center; }
div { display: flex; flex-direction: column; gap: 8px; align-items: center; padding: 16px; text-align: center; }
button { font: inherit; padding: 4px 12px; }
[hidden] { display: none; }`;

export interface LoadingIndicatorSettings {
  readonly document: Document;
  readonly lang: string;
  readonly schedule: (ms: number, run: () => void) => () => void;
  readonly retry: () => void;
}

export interface LoadingControl {
  readonly feature: LoadingIndicator;
  /** The gadget requires the feature. @param parameters of the feature */
  begin(parameters: Readonly<Record<string, unknown>>): void;
  /** The document is there. */
  loaded(): void;
}

export function loadingIndicator({
  document,
  lang,
  schedule,
  retry,
}: LoadingIndicatorSettings): LoadingControl {
  const texts: Record<'loading' | 'timeout' | 'retry', string> = {
    ...(TEXTS[lang.slice(0, 2).toLowerCase() as keyof typeof TEXTS] ?? TEXTS.en),
  };
  let isManual = false;
  let seconds = TIMEOUT_SECONDS;
  let isLate = false;
  let cover: { host: HTMLElement; words: HTMLElement; button: HTMLButtonElement } | null = null;
  let cancel = () => {};

  const draw = () => {
    if (!cover) return;
    cover.words.textContent = isLate ? texts.timeout : texts.loading;
    cover.button.textContent = texts.retry;
    cover.button.hidden = !isLate;
  };
  const show = () => {
    cancel();
    isLate = false;
    if (cover === null) {
      const host = document.createElement('div');
      host.setAttribute('role', 'status');
      const root = host.attachShadow({ mode: 'closed' });
      const style = document.createElement('style');
      style.textContent = STYLE;
      const box = document.createElement('div');
      const words = document.createElement('span');
      const button = document.createElement('button');
      button.type = 'button';
      button.addEventListener('click', retry);
      box.append(words, button);
      root.append(style, box);
      // Beside the body, which may not be there yet, and which gadgets empty.
      document.documentElement.append(host);
      cover = { host, words, button };
    }
    cancel = schedule(seconds * 1_000, () => {
      isLate = true;
      draw();
    });
    draw();
  };
  const dismiss = () => {
    cancel();
    cover?.host.remove();
    cover = null;
  };
  const change = (name: keyof typeof texts) => (text: string) => {
    texts[name] = String(text);
    draw();
  };
  return {
    feature: {
      dismiss,
      showLoading: show,
      updateLoadingMessage: change('loading'),
      updateTimeoutMessage: change('timeout'),
      updateRetryButtonText: change('retry'),
    },
    begin(parameters) {
      const [manual, timeout] = ['manual-dismiss', 'loading-timeout'].map((name) =>
        String([parameters[name]].flat()[0] ?? '').trim(),
      );
      isManual = manual?.toLowerCase() === 'true';
      seconds = Number(timeout) > 0 ? Number(timeout) : TIMEOUT_SECONDS;
      show();
    },
    loaded() {
      if (!isManual) dismiss();
    },
  };
}
