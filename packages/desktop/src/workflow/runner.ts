/** Runs the workflows of a page: dialogs and Updates go in, windows are opened and requests sent by what is handed in. */
import type { Dialog, Update } from '@poise/client';
import type { ExpandedAction, HttpRequest, PublishedAction } from './action.ts';
import {
  NO_WORKFLOWS_RUN,
  problemsOf,
  type WorkflowRules,
  type WorkflowRun,
  type WorkflowState,
  workflowsBegin,
  workflowsHear,
} from './engine.ts';

export interface WorkflowRunnerOptions {
  readonly rules: WorkflowRules;
  /** Opens a window, or uses the one of this name again; empty: a new one. @returns false: the browser did not let it */
  readonly openWindow: (url: string, windowName: string) => boolean;
  /** Sends a request; rejects when it failed, and ends by itself. Own authorisation with location FINESSE only. */
  readonly request: (request: HttpRequest) => Promise<void>;
  /** Publishes `finesse.containerservices.workflowActionEvent`. */
  readonly publish: (event: PublishedAction['event']) => void;
  /** A line for the log of the client. */
  readonly log: (line: string) => void;
}

export class WorkflowRunner {
  readonly #options: WorkflowRunnerOptions;
  #state: WorkflowState = NO_WORKFLOWS_RUN;

  constructor(options: WorkflowRunnerOptions) {
    this.#options = options;
    for (const problem of problemsOf(options.rules.workflows)) options.log(problem);
  }

  /** The dialogs that are there when the page is ready, also after it was loaded anew. Before this nothing is heard. */
  begin(dialogs: readonly Dialog[]): Promise<void> {
    const { state, runs } = workflowsBegin(this.#options.rules, dialogs);
    this.#state = state;
    return this.#runAll(runs);
  }

  /** An Update of the user's own Dialogs node. @returns when all that follows is done; never rejects */
  async hear({ event, data }: Update): Promise<void> {
    const dialogs = data.type === 'dialogs' ? data.dialogs : data.type === 'dialog' ? [data.dialog] : [];
    const runs = dialogs.flatMap((dialog) => {
      const step = workflowsHear(this.#options.rules, this.#state, dialog, event === 'DELETE');
      this.#state = step.state;
      return step.runs;
    });
    await this.#runAll(runs);
  }

  async #runAll(runs: readonly WorkflowRun[]): Promise<void> {
    await Promise.all(runs.map((run) => this.#run(run)));
  }

  /** One action after the other; one that fails does not keep the next. */
  async #run({ workflow, trigger, dialogId, actions }: WorkflowRun): Promise<void> {
    const { log } = this.#options;
    log(`Workflow ${workflow} runs: ${trigger}, dialog ${dialogId}.`);
    for (const action of actions) {
      try {
        await this.#do(action);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        log(`Workflow ${workflow}: action ${action.action} failed: ${why}.`);
      }
    }
  }

  async #do(action: ExpandedAction): Promise<void> {
    const { openWindow, request, publish } = this.#options;
    switch (action.type) {
      case 'BROWSER_POP':
        if (!openWindow(action.url, action.windowName))
          throw new Error('the browser did not let a window open');
        return;
      case 'HTTP_REQUEST':
        return request(action);
      case 'PUBLISH':
        return publish(action.event);
      case 'PROBLEM':
        throw new Error(action.problem);
    }
  }
}
