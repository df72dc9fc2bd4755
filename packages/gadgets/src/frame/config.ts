/** `gadgets.config`: what the server tells the features (gadgets.md 3.2). */

type Settings = Readonly<Record<string, unknown>>;
type Listener = (settings: Settings) => void;

export interface Config {
  /** @param callback told of the whole configuration, now if it is there */
  register(component: string, validators?: unknown, callback?: Listener): void;
  get(component?: string): unknown;
  init(settings: Settings, skipValidation?: boolean): void;
  update(settings: Settings): void;
  readonly EnumValidator: unknown;
  readonly RegExValidator: unknown;
  ExistsValidator(value: unknown): boolean;
  NonEmptyStringValidator(value: unknown): boolean;
  BooleanValidator(value: unknown): boolean;
  LikeValidator(): () => boolean;
}

export function config(): Config {
  let settings: Record<string, unknown> = {};
  let isThere = false;
  const listeners: Listener[] = [];
  const tell = () => {
    for (const listener of listeners) listener(settings);
  };
  return {
    register(_component, _validators, callback) {
      if (typeof callback !== 'function') return;
      listeners.push(callback);
      if (isThere) callback(settings);
    },
    get: (component) => (component === undefined ? settings : (settings[component] ?? {})),
    init(given) {
      settings = { ...given };
      isThere = true;
      tell();
    },
    update(given) {
      settings = { ...settings, ...given };
      tell();
    },
    EnumValidator:
      (...values: unknown[]) =>
      (value: unknown) =>
        values.flat().includes(value),
    RegExValidator: (expression: RegExp) => (value: unknown) => expression.test(String(value)),
    ExistsValidator: (value) => value !== undefined,
    NonEmptyStringValidator: (value) => typeof value === 'string' && value !== '',
    BooleanValidator: (value) => typeof value === 'boolean',
    LikeValidator: () => () => true,
  };
}
