/** A node's place in the centre: what outlives its processes, and the lines that lead to it. */
import type { Random } from './chance.ts';
import { bytesOf } from './chance.ts';
import type { Side } from './cti.ts';
import type { CtiAnswers } from './cti-answers.ts';
import type { Defect } from './defects.ts';
import type { HubLine } from './hub-line.ts';
import type { Wire } from './network.ts';
import { Disk, type SimNode } from './node.ts';
import { Repetitions } from './repetitions.ts';

export interface PlaceOptions {
  /** Of its processes. */
  readonly name: string;
  readonly host: string;
  readonly ctiWires: Readonly<Record<Side, Wire>>;
  readonly ctiAnswers: CtiAnswers;
  readonly defect: Defect;
  /** Bytes of the processes. */
  readonly random: Random;
  /** To what all nodes share; undefined: there is one node. */
  readonly line: HubLine | undefined;
  readonly broken: (invariant: string, detail: string) => void;
}

export class Place {
  readonly name: string;
  readonly host: string;
  /** Another one when the machine was lost with it. */
  disk = new Disk();
  readonly ctiWires: Readonly<Record<Side, Wire>>;
  readonly ctiAnswers: CtiAnswers;
  readonly defect: Defect;
  readonly bytes: (count: number) => Uint8Array;
  readonly line: HubLine | undefined;
  readonly repetitions: Repetitions;
  /** Until when it and the other nodes do not reach each other past the hub, monotonic ms. */
  apartUntil = Number.NEGATIVE_INFINITY;
  /** Undefined while the node is down, or starts. */
  node: SimNode | undefined;

  constructor({ name, host, ctiWires, ctiAnswers, defect, random, line, broken }: PlaceOptions) {
    this.name = name;
    this.host = host;
    this.ctiWires = ctiWires;
    this.ctiAnswers = ctiAnswers;
    this.defect = defect;
    this.bytes = bytesOf(random);
    this.line = line;
    this.repetitions = new Repetitions(broken);
  }
}
