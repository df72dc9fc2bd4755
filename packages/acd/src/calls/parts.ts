import type { Clock } from '@poise/clock';
import type { AgentModel } from '../agent-model.ts';
import type { Dialect } from '../dialect.ts';
import type { AgentDesk } from './agent-desk.ts';
import type { AgentLines } from './agent-line.ts';
import type { Board } from './board.ts';
import type { CallFact } from './call-fact.ts';
import type { CallSettings } from './call-settings.ts';
import type { CallTypes } from './call-type.ts';
import type { Clearing } from './clearing.ts';
import type { Dialling } from './dialling.ts';
import type { Figures } from './figures.ts';
import type { Media } from './media.ts';
import type { Monitoring } from './monitoring.ts';
import type { NailedLegs } from './nailed-legs.ts';
import type { Offers } from './offers.ts';
import type { Orders } from './orders.ts';
import type { Outbound } from './outbound.ts';
import type { Routing } from './routing.ts';
import type { Supervision } from './supervision.ts';
import type { Turns } from './turns.ts';
import type { WrapUps } from './wrap-up.ts';

/** The parts of the call model, as each of them sees the others. */
export interface Parts {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly types: CallTypes;
  readonly settings: CallSettings;
  readonly agents: AgentModel;
  readonly emit: (fact: CallFact) => void;
  readonly turns: Turns;
  readonly orders: Orders;
  readonly board: Board;
  readonly media: Media;
  readonly clearing: Clearing;
  readonly dialling: Dialling;
  readonly offers: Offers;
  readonly outbound: Outbound;
  readonly routing: Routing;
  readonly lines: AgentLines;
  readonly desk: AgentDesk;
  readonly wrapUps: WrapUps;
  readonly figures: Figures;
  readonly nailed: NailedLegs;
  readonly monitoring: Monitoring;
  readonly supervision: Supervision;
}
