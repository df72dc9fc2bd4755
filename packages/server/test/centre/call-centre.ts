/** The test centre with the agents of the call scripts: a on 2001, b on 2002, and s, who supervises both, on 2050. */
import { SIGNED_IN } from '../domain/call-scenarios.ts';
import type { Step, Style } from '../domain/call-script.ts';
import { TestCentre, type TestCentreOptions } from './test-centre.ts';
import { agent, TEST_DATA, type TestCentreData } from './test-directory.ts';

export const CALL_DATA: TestCentreData = {
  ...TEST_DATA,
  users: [
    ...TEST_DATA.users,
    agent('a', 'aname', 'Agent', 'A', 5000),
    agent('b', 'bname', 'Agent', 'B', 5000),
    agent('s', 'sname', 'Super', 'Visor', 5000, {
      roles: ['Agent', 'Supervisor'],
      supervisedTeamIds: [5000],
    }),
  ],
};

/** In service, the agents signed in, the script played; nothing published before the script is kept. */
export async function callCentre(
  script: readonly Step[] = [],
  options: TestCentreOptions = {},
  style: Style = 'perDevice',
): Promise<TestCentre> {
  const centre = await TestCentre.open({ data: CALL_DATA, ...options });
  centre.play(SIGNED_IN);
  centre.published.length = 0;
  centre.told.length = 0;
  return centre.play(script, style);
}

/** Updates on a user's node of dialogs. */
export const dialogUpdates = (centre: TestCentre, loginId: string): string[] =>
  centre.published.flatMap(({ node, payload }) =>
    node === `/finesse/api/User/${loginId}/Dialogs` ? [payload] : [],
  );

/** `POST 100 ALERTING`: event, id of the dialog and its state; errors as `error <errorData> <errorMessage>`. */
export function inShort(payload: string): string {
  const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)?.[1] ?? '';
  if (payload.includes('<apiErrors>')) return `error ${of('errorData')} ${of('errorMessage')}`;
  const state = /<\/participants>[\s\S]*?<state>(\w+)<\/state>/.exec(payload)?.[1];
  return `${of('event')} ${of('id')} ${state}`;
}

/** `[status, ErrorType, ErrorData]` of an answer. */
export const error = ({ statusCode, body }: { statusCode: number; body: string }) => [
  statusCode,
  /<ErrorType>(.*)<\/ErrorType>/.exec(body)?.[1],
  /<ErrorData>(.*)<\/ErrorData>/.exec(body)?.[1],
];
