/** What happens in a state on an input: the next state and the actions, in order. */
export interface Transition<State extends string, Action extends string> {
  readonly to: State;
  readonly do: readonly Action[];
}

/** A state machine as data. An input that a state does not list has no effect there. */
export type TransitionTable<State extends string, Input extends string, Action extends string> = {
  readonly [S in State]: { readonly [I in Input]?: Transition<State, Action> };
};

/** The table as a Mermaid state diagram, for the documentation. */
export function transitionDiagram(table: TransitionTable<string, string, string>, start: string): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${start}`];
  for (const [state, inputs] of Object.entries(table)) {
    for (const [input, transition] of Object.entries(inputs)) {
      if (transition !== undefined) lines.push(`  ${state} --> ${transition.to}: ${input}`);
    }
  }
  return lines.join('\n');
}
