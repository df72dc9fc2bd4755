/**
 * Whom an answer to QUERY_AGENT_STATE_REQ is about. AgentID may be missing in it (ged188.md 12, step 3), so it is held against
 * everything that tells agents apart: AgentID, ICMAgentID as the CTI server's own events and answers have used it (its
 * numbers need not be those of our directory), and the phone, which is nobody else's while another agent is there.
 */
import { ControlFailureCode } from '@poise/ged188';
import type { CtiRefusal } from '../domain/errors.ts';
import { judgePlace, type PlaceClaim, PlaceStrength, type Whereabouts } from './agent-places.ts';
import type { AgentQuestion, AgentSnapshot, FiledAgentQuery, ToldAgent } from './requests.ts';

/** An answer that waits for what is said of another agent. */
interface Claim extends PlaceClaim {
  /** What was said before is too old to speak against it. */
  readonly since: number;
  /** Called once. Null: there is no answer; else whose phone it names, if it is another one's. */
  readonly judged: (verdict: { readonly phoneOf: string | undefined } | null) => void;
}

interface Known {
  readonly agentId: string;
  /** ICMAgentID as last heard. */
  number: number | undefined;
  /** As last heard; empty while signed out. */
  extension: string;
  strength: PlaceStrength;
  /** When the place was last said in this session, and by an event; 0: never, or it has become doubtful. */
  saidAt: number;
  eventAt: number;
  /** The recovery has still to ask. */
  awaited: boolean;
  /** Questions under way. */
  open: number;
  claim: Claim | null;
}

export class AgentIdentities {
  readonly #ask: (agentId: string) => void;
  readonly #known = new Map<string, Known>();
  readonly #byExtension = new Map<string, Set<string>>();
  readonly #byNumber = new Map<number, Set<string>>();
  /** Agent → those whose claims wait for what is said of him. */
  readonly #waiting = new Map<string, Set<string>>();
  /** Counts what is asked and said. */
  #now = 0;
  /** From the recovery to the end of the session. */
  #isOpen = false;
  /** Beginning of the recovery under way. */
  #recoveryAt: number | null = null;

  /** @param ask asks for an agent at whose phone an answer puts another one */
  constructor(ask: (agentId: string) => void) {
    this.#ask = ask;
  }

  /** All these agents are about to be asked for; others are forgotten. */
  recoveryBegins(agentIds: Iterable<string>): void {
    this.lost();
    this.#isOpen = true;
    this.#recoveryAt = ++this.#now;
    const ours = new Set(agentIds);
    for (const [agentId, known] of this.#known) {
      if (ours.has(agentId)) continue;
      this.#move(known, '');
      this.#number(known, undefined);
      this.#known.delete(agentId);
    }
    for (const agentId of ours) this.#get(agentId).awaited = true;
  }

  recovered(): void {
    this.#recoveryAt = null;
  }

  /** The session is over: what was heard in it is not certain any more, and nothing is waited for. */
  lost(): void {
    // Told with each question that ends with the session.
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#recoveryAt = null;
    this.#waiting.clear();
    for (const known of this.#known.values()) {
      known.saidAt = 0;
      known.eventAt = 0;
      known.awaited = false;
      known.open = 0;
    }
    for (const known of this.#known.values()) this.#settle(known, null);
  }

  /** Who was last heard at a phone to which this agent comes; nobody while he stays where he is. */
  othersAt(extension: string, agentId: string): readonly string[] {
    if (this.#known.get(agentId)?.extension === extension) return [];
    return [...(this.#byExtension.get(extension) ?? [])];
  }

  /**
   * A live event; agents who were never asked for are none of ours.
   * @param extension empty: signed out; undefined: not said
   * @returns to be called when the event has been passed on: judges the answers that have waited for it
   */
  heard(agentId: string, skillTargetId: number | undefined, extension: string | undefined): () => void {
    const known = this.#known.get(agentId);
    if (known === undefined) return () => {};
    this.#number(known, skillTargetId ?? known.number);
    this.#say(known, extension ?? known.extension, PlaceStrength.SURE);
    known.eventAt = known.saidAt;
    return () => {
      // Whoever asked knows that the answer is too old now.
      this.#settle(known, { phoneOf: undefined });
      this.#wake(agentId);
    };
  }

  /**
   * The question as it is filed: what answers it is judged before it is passed on.
   * @param isLate nobody waits any more for what is said of this agent
   */
  question(question: AgentQuestion, isLate = false): FiledAgentQuery {
    const { agentId } = question;
    const known = this.#get(agentId);
    const askedAt = ++this.#now;
    const since = this.#recoveryAt ?? askedAt;
    const counts = isLate ? 0 : 1;
    known.awaited = false;
    known.open += counts;
    const answered = (snapshot: AgentSnapshot | null, refusal?: CtiRefusal, isNamed = true) => {
      known.open = Math.max(0, known.open - counts);
      if (snapshot !== null && isTelling(snapshot, refusal) && known.eventAt < askedAt) {
        const place = snapshot.state === 'LOGOUT' ? '' : (snapshot.extension ?? known.extension);
        const strength = isNamed ? PlaceStrength.NAMED : PlaceStrength.UNNAMED;
        this.#say(known, place, place === known.extension ? PlaceStrength.SURE : strength);
      }
      question.answered(snapshot, refusal);
      this.#questionOver(known, since);
    };
    const foreign = (invokeId: number, told: string) => {
      known.open = Math.max(0, known.open - counts);
      question.foreign(invokeId, told);
      this.#questionOver(known, since);
    };
    const told = (invokeId: number, answer: ToldAgent) => {
      const other = this.#otherIn(known, answer, question.skillTargetId);
      if (other !== null) {
        foreign(invokeId, other);
        return;
      }
      const { snapshot, skillTargetId } = answer;
      const isNamed = answer.agentId !== undefined;
      const use = () => {
        if (isNamed) this.#number(known, skillTargetId ?? known.number);
        answered(snapshot, undefined, isNamed);
      };
      const extension = snapshot.state === 'LOGOUT' ? '' : (snapshot.extension ?? '');
      if (extension === '' || extension === known.extension || known.eventAt > askedAt) {
        use();
        return;
      }
      let isHeld = false;
      this.#settle(known, null);
      const claim: Claim = {
        agentId,
        extension,
        strength: isNamed ? PlaceStrength.NAMED : PlaceStrength.UNNAMED,
        since,
        judged: (verdict) => {
          if (isHeld) question.waits?.(false);
          if (verdict === null) answered(null);
          else if (verdict.phoneOf === undefined) use();
          else foreign(invokeId, `extension ${extension}, where agent ${verdict.phoneOf} is signed in`);
        },
      };
      known.claim = claim;
      this.#judge(known);
      if (known.claim !== claim) return;
      isHeld = true;
      question.waits?.(true);
    };
    return { ...question, answered, foreign, told };
  }

  /** Whom the ids in an answer tell of instead, in words; null: of nobody else. `asked`: the number that was asked for. */
  #otherIn(known: Known, told: ToldAgent, asked: number | undefined): string | null {
    const { agentId, skillTargetId: number } = told;
    if (agentId !== undefined && agentId !== known.agentId) return `agent ${agentId}`;
    const own = known.number !== undefined && this.#ownerOf(known.number) !== null ? known.number : undefined;
    if (number === undefined || number === own) return null;
    const owner = this.#ownerOf(number);
    const isOthers = owner !== null && owner !== known.agentId;
    // Who is named may have got another number. A server that gives everybody the same one gives none.
    const isContradiction =
      agentId !== undefined
        ? own !== undefined && isOthers
        : own !== undefined || (asked ?? number) !== number || (isOthers && this.#byNumber.size > 1);
    if (!isContradiction) return null;
    return isOthers ? `agent ${owner} (ICMAgentID ${number})` : `an agent with ICMAgentID ${number}`;
  }

  #ownerOf(number: number): string | null {
    const [owner, another] = this.#byNumber.get(number) ?? [];
    return owner === undefined || another !== undefined ? null : owner;
  }

  #judge(known: Known): void {
    const { claim } = known;
    if (claim === null) return;
    const verdict = judgePlace(claim, {
      at: (extension) => this.#byExtension.get(extension) ?? [],
      whereabouts: (agentId) => this.#whereabouts(this.#get(agentId), claim.since),
    });
    if (verdict.type === 'use' || verdict.type === 'foreign') {
      this.#settle(known, { phoneOf: verdict.type === 'foreign' ? verdict.agentId : undefined });
      return;
    }
    const { agentId } = verdict;
    put(this.#waiting, agentId, known.agentId);
    if (verdict.type === 'wait') return;
    const asked = this.#get(agentId);
    this.#ask(agentId);
    // An answer that came at once has woken this one already.
    if (asked.open === 0 && known.claim === claim) this.#questionOver(asked, this.#now);
  }

  #whereabouts(known: Known, since: number): Whereabouts {
    if (known.saidAt > since) return { type: 'there', strength: known.strength };
    if (known.claim !== null) return { type: 'claims', claim: known.claim };
    if (known.awaited || known.open > 0) return { type: 'due' };
    return known.saidAt === 0 ? { type: 'untold' } : { type: 'unasked' };
  }

  /** Where it has told nothing, and no other one is under way, he may be anywhere. */
  #questionOver(known: Known, since: number): void {
    if (known.saidAt < since && known.open === 0) known.saidAt = 0;
    this.#wake(known.agentId);
  }

  #settle(known: Known, verdict: Parameters<Claim['judged']>[0]): void {
    const { claim } = known;
    known.claim = null;
    claim?.judged(verdict);
  }

  #wake(agentId: string): void {
    const waiting = this.#waiting.get(agentId);
    this.#waiting.delete(agentId);
    for (const other of waiting ?? []) this.#judge(this.#get(other));
  }

  #say(known: Known, extension: string, strength: PlaceStrength): void {
    this.#move(known, extension);
    known.strength = strength;
    known.saidAt = ++this.#now;
  }

  #move(known: Known, extension: string): void {
    if (known.extension === extension) return;
    take(this.#byExtension, known.extension, known.agentId);
    known.extension = extension;
    if (extension !== '') put(this.#byExtension, extension, known.agentId);
  }

  #number(known: Known, number: number | undefined): void {
    if (known.number === number) return;
    if (known.number !== undefined) take(this.#byNumber, known.number, known.agentId);
    known.number = number;
    if (number !== undefined) put(this.#byNumber, number, known.agentId);
  }

  #get(agentId: string): Known {
    let known = this.#known.get(agentId);
    if (known === undefined) {
      known = {
        agentId,
        number: undefined,
        extension: '',
        strength: PlaceStrength.UNNAMED,
        saidAt: 0,
        eventAt: 0,
        awaited: false,
        open: 0,
        claim: null,
      };
      this.#known.set(agentId, known);
    }
    return known;
  }
}

/** In a recovery others mean that he is not signed in, too; where he was last heard, they say nothing. */
function isTelling({ state }: AgentSnapshot, refusal: CtiRefusal | undefined): boolean {
  return (
    state !== 'UNKNOWN' && (refusal === undefined || refusal.code === ControlFailureCode.INVALID_OBJECT_STATE)
  );
}

function put<K>(sets: Map<K, Set<string>>, key: K, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function take<K>(sets: Map<K, Set<string>>, key: K, value: string): void {
  const set = sets.get(key);
  if (set?.delete(value) === true && set.size === 0) sets.delete(key);
}
