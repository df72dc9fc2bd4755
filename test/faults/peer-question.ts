/** What `peers/peer-presence.ts` asks over HTTPS, on the simulated network: no MACs, one question at a time. */
import type { Network, Wire } from './network.ts';
import { webAt } from './node.ts';
import type { SimProcess } from './process.ts';

/** As in the real one. */
const TIMEOUT_MS = 3_000;

type Answer = 'present' | 'absent' | 'unknown';

interface Asker {
  readonly network: Network;
  readonly process: SimProcess;
  wireTo(host: string): Wire;
}

/** Whether a user is at one of these hosts. */
export async function askHosts(loginId: string, hosts: readonly string[], by: Asker): Promise<Answer> {
  const answers = await Promise.all(hosts.map((host) => ask(loginId, host, by)));
  if (answers.includes('present')) return 'present';
  return answers.includes('unknown') ? 'unknown' : 'absent';
}

function ask(loginId: string, host: string, { network, process, wireTo }: Asker): Promise<Answer> {
  return new Promise((resolve) => {
    const end = network.connect(process, wireTo(host), webAt(host), {
      connected: () => end.send({ type: 'presence', loginId }),
      data: (isThere) => resolve(isThere === true ? 'present' : 'absent'),
      closed: (error) => resolve(error === 'ECONNREFUSED' ? 'absent' : 'unknown'),
    });
    process.clock.schedule(TIMEOUT_MS, () => {
      end.reset();
      resolve('unknown');
    });
  });
}
