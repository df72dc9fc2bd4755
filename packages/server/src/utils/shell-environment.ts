/** What a process of the command line is given of this one's environment, where somebody else's command runs in it. */

/**
 * The path of programs, the time zone, and the language of scripts: nothing of the server's settings or secrets.
 * A time zone that is not named is left out, because an empty name is an unknown one.
 */
export const shellEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> => ({
  PATH: env.PATH ?? '',
  POISE_LANGUAGE: 'en',
  ...(env.TZ ? { TZ: env.TZ } : {}),
});
