/** What can be done with a simulated phone: one table for the command line and the administrator's API. */
import { type AutoAnswer, type PhoneView, type Simulation, SimulationError } from '@poise/acd';

type Exchange = Simulation['switch'];

interface PhoneAction {
  /** What the action needs beside its name; null: nothing. */
  readonly value: string | null;
  readonly run: (exchange: Exchange, extension: string, value: string) => void;
}

/** In place of an extension, for auto-answer: every phone without a setting of its own. */
export const ALL = 'all';

const AUTO_ANSWER: readonly AutoAnswer[] = ['on', 'off', 'default'];

export const PHONE_ACTIONS: Readonly<Record<string, PhoneAction>> = {
  'auto-answer': {
    value: 'on, off or default',
    run: (exchange, extension, value) => {
      const wished = AUTO_ANSWER.find((each) => each === value);
      if (wished === undefined)
        throw new SimulationError(
          'badValue',
          `auto-answer is on, off or default, not ${JSON.stringify(value.slice(0, 64))}`,
        );
      if (extension === ALL) exchange.usualAutoAnswer = wished;
      else exchange.setAutoAnswer(extension, wished);
    },
  },
  'out-of-service': { value: null, run: (exchange, extension) => exchange.setInService(extension, false) },
  'in-service': { value: null, run: (exchange, extension) => exchange.setInService(extension, true) },
  answer: { value: null, run: (exchange, extension) => exchange.answer(extension) },
  'hang-up': { value: null, run: (exchange, extension) => exchange.hangUp(extension) },
  hold: { value: null, run: (exchange, extension) => exchange.hold(extension) },
  retrieve: { value: null, run: (exchange, extension) => exchange.unhold(extension) },
  dial: { value: 'a number', run: (exchange, extension, value) => void exchange.dial(extension, value) },
  press: { value: 'digits', run: (exchange, extension, value) => exchange.press(extension, value) },
  transfer: { value: 'a number', run: (exchange, extension, value) => exchange.transfer(extension, value) },
};

/** The phone, or what stands for {@link ALL}. @throws SimulationError `unknownPhone` */
export function phoneOrAll(exchange: Exchange, extension: string): PhoneView {
  if (extension !== ALL) return exchange.phone(extension);
  return { extension: ALL, autoAnswer: exchange.usualAutoAnswer, inService: true, legs: [] };
}

/** @throws SimulationError */
export function actOnPhone(
  exchange: Exchange,
  extension: string,
  action: string,
  value: string | undefined,
): void {
  const found = Object.hasOwn(PHONE_ACTIONS, action) ? PHONE_ACTIONS[action] : undefined;
  if (found === undefined)
    throw new SimulationError(
      'badValue',
      `there is no action ${JSON.stringify(action.slice(0, 64))}; the actions are ${Object.keys(PHONE_ACTIONS).join(', ')}`,
    );
  if (found.value !== null && (value === undefined || value === ''))
    throw new SimulationError('badValue', `${action} needs ${found.value}`);
  if (found.value === null && value !== undefined)
    throw new SimulationError('badValue', `${action} takes no further word`);
  found.run(exchange, extension, value ?? '');
}
