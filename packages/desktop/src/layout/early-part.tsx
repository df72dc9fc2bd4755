/**
 * Parts that are loaded lazily, but before they are drawn where that can be had. React waits 300 ms until it draws what took the place
 * of something that was still loading; parts that are there already cost none of that.
 */
import { type ComponentType, lazy, useEffect, useState } from 'react';

export interface EarlyPart<Props extends object> {
  readonly Part: ComponentType<Props>;
  /** Loads it once; never rejects: who draws it says what went wrong. */
  load(): Promise<void>;
}

export function earlyPart<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): EarlyPart<Props> {
  let known: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const Late = lazy(load);
  return {
    Part(props) {
      // What was drawn stays what it is: another component would begin anew.
      const [Drawn] = useState<ComponentType<Props>>(() => known ?? Late);
      return <Drawn {...props} />;
    },
    load() {
      loading ??= load().then(
        (loaded) => {
          known = loaded.default;
        },
        () => {},
      );
      return loading;
    },
  };
}

/** @returns whether these parts are there, or cannot be had; at once when none is asked for */
export function useEarly(parts: readonly Pick<EarlyPart<never>, 'load'>[]): boolean {
  const [ready, setReady] = useState<readonly unknown[] | null>(null);
  useEffect(() => {
    let isWanted = true;
    void Promise.all(parts.map((part) => part.load())).then(() => isWanted && setReady(parts));
    return () => {
      isWanted = false;
    };
  }, [parts]);
  // Another list later on is no reason to take the page away.
  return parts.length === 0 || ready !== null;
}
