/** Why the simulation cannot do what a person asked of it. */
export type SimulationProblem =
  /** A value that is no number, no duration, … */
  | 'badValue'
  | 'unknownPhone'
  | 'unknownNumber'
  | 'unknownCustomer'
  | 'outOfService'
  /** Nothing rings there, or nobody talks. */
  | 'noCall'
  | 'busy'
  | 'loadRunning'
  /** A limit of the simulation is reached. */
  | 'tooMany';

/** A plain statement for the person who asked, without capital letter and full stop. */
export class SimulationError extends Error {
  override readonly name: string = 'SimulationError';
  readonly problem: SimulationProblem;

  constructor(problem: SimulationProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
