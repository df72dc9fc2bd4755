import { type Config, configOfFrame } from '../frame/config.ts';

let initialised: Partial<Config> | undefined;
let own: Config | undefined;

/** What ClientServices.init was given. */
export function initialise(config: Partial<Config>): void {
  initialised = config;
}

/**
 * The settings that requests are made with: those of ClientServices.init, else what stands in `finesse.gadget.Config` (gadgets
 * before release 11 put their own there), else the frame's preferences.
 */
export function clientConfig(): Partial<Config> {
  const { finesse } = globalThis as { finesse?: { gadget?: { Config?: Partial<Config> } } };
  own ??= configOfFrame();
  return initialised ?? finesse?.gadget?.Config ?? own;
}
