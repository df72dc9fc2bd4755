/**
 * What a snapshot of a call does not tell, above all since when its parties take part: a node that has started, or whose CTI link was lost,
 * asks the others, which have heard the events (docs/cluster.md).
 */
import { list, type Members, members, name, oneOf, text } from '../commands/word-members.ts';
import type { PartyGaps } from '../domain/call-gaps.ts';
import { type DialogChange, PARTICIPANT_STATES } from '../domain/dialog.ts';
import { DIALOG_LIMITS, type DialogBook } from '../domain/dialogs.ts';
import { ageOf, NodeQuestion, type NodeQuestionDependencies, timeOf } from './node-question.ts';

/** Of a call with as many parties as there may be, with addresses of 64 characters, a node tells less than 4 kB. */
const BATCH = 50;
const PARTIES_MAX = DIALOG_LIMITS.participantsMax;

export interface CallExchangeDependencies extends NodeQuestionDependencies {
  readonly dialogs: Pick<DialogBook, 'withGaps' | 'gapsOf' | 'fill'>;
  /** Something was found out. */
  readonly found: (changes: readonly DialogChange[]) => void;
}

export class CallExchange {
  readonly #d: CallExchangeDependencies;
  readonly #question: NodeQuestion;

  constructor(dependencies: CallExchangeDependencies) {
    this.#d = dependencies;
    this.#question = new NodeQuestion(dependencies, {
      name: 'calls',
      keys: 'calls',
      answers: 'calls',
      batch: BATCH,
      lacking: () => dependencies.dialogs.withGaps(),
      known: (dialogId) => this.#known(dialogId),
      take: (told) => this.#take(told),
    });
  }

  /** The picture is complete. */
  ask(): void {
    this.#question.ask();
  }

  close(): void {
    this.#question.close();
  }

  #known(dialogId: string): Members | undefined {
    const now = this.#d.clock.now();
    const known = this.#d.dialogs.gapsOf(dialogId);
    if (known === null) return undefined;
    const { controller, secondaryId, parties } = known;
    const participants = parties.slice(0, PARTIES_MAX).map(({ startTime, stateChangeTime, ...party }) => ({
      ...party,
      startedForMs: ageOf(startTime, now),
      stateForMs: ageOf(stateChangeTime, now),
    }));
    return { dialogId, controller, secondaryId, participants };
  }

  #take(told: Members): void {
    const { dialogs, clock, found } = this.#d;
    const now = clock.now();
    const parties = list(told.participants, 'participants', PARTIES_MAX).map((one): PartyGaps => {
      const party = members(one, 'participants');
      return {
        mediaAddress: name(party, 'mediaAddress'),
        state: oneOf(party, 'state', PARTICIPANT_STATES),
        stateCause: text(party, 'stateCause'),
        startTime: timeOf(party, 'startedForMs', now),
        stateChangeTime: timeOf(party, 'stateForMs', now),
      };
    });
    const controller = told.controller === null ? null : name(told, 'controller');
    const secondaryId = told.secondaryId === null ? null : name(told, 'secondaryId');
    const changes = dialogs.fill(name(told, 'dialogId'), { controller, secondaryId, parties });
    if (changes.length > 0) found(changes);
  }
}
