/** ECCVariableConfig and Devices: lists without an address of their own. */
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface EccVariable {
  readonly name: string;
  /** Longest value, bytes. */
  readonly length: number;
}

const ecc = fieldsOf<EccVariable>();

export const ECC_VARIABLE: ObjectDescription<EccVariable> = {
  root: 'ECCVariable',
  eventRoot: 'eccVariable',
  declaration: false,
  fields: [ecc.text('name', ({ name }) => name), ecc.integer('length', ({ length }) => length)],
};

const device = fieldsOf<string>();

/** Of a phone of the embedded contact centre the extension is all that is known. */
export const DEVICE: ObjectDescription<string> = {
  root: 'Device',
  eventRoot: 'device',
  declaration: false,
  fields: [
    device.text('deviceId', (extension) => extension),
    device.text('deviceType', () => ''),
    device.text('deviceTypeName', () => 'Phone'),
  ],
};
