/** What can go wrong with a single sign-on; apart, for where there is none the client of providers is not loaded. */
export type SignOnProblem = 'refused' | 'noToken' | 'unknownUser' | 'unavailable';

export class SignOnError extends Error {
  override readonly name: string = 'SignOnError';
  readonly problem: SignOnProblem;

  constructor(problem: SignOnProblem, cause?: unknown) {
    super(problem, { cause });
    this.problem = problem;
  }
}
