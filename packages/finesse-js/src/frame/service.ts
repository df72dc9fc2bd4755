/** A service of which there is one: its members and `init`, which gives the service itself, as gadgets are used to. */
export type Service<Members, Args extends unknown[]> = Members & {
  /** Begins. Gives the service itself; a second call changes nothing. */
  init(...args: Args): Service<Members, Args>;
};

export function service<Members extends object, Args extends unknown[]>(
  begin: (...args: Args) => void,
  members: Members,
): Service<Members, Args> {
  const whole: Service<Members, Args> = {
    ...members,
    init(...args: Args) {
      begin(...args);
      return whole;
    },
  };
  return whole;
}
