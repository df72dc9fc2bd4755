#!/usr/bin/env node
// `node bench/trace.mjs`: verdicts of the tracer on incidents of known cause, then its speed and memory on a large log.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `usage: node bench/trace.mjs [options]
  --seeds N     runs of the simulation for each fault (default 13)
  --from N      first seed (default 1)
  --mb N        size of the large log in MB; 0: none (default 1024)
  --fault a,b   only these faults (bench/trace/faults.ts)
  --damage NAME only this form of the logs (bench/trace/mutilate.ts)
  --wrong       prints each verdict that is wrong, or open without need`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: opt } = parseArgs({
  options: {
    seeds: { type: 'string', default: '13' },
    from: { type: 'string', default: '1' },
    mb: { type: 'string', default: '1024' },
    fault: { type: 'string', default: '' },
    damage: { type: 'string', default: '' },
    wrong: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(HELP);
  process.exit(0);
}

/** Lines of a busy server, as many agents make them: what a webservices log is full of. */
function* shift() {
  const two = (n) => String(n).padStart(2, '0');
  for (let n = 0; ; n++) {
    // One request of an agent, with its events, every 40 ms.
    const ms = n * 40;
    const at = new Date(Date.UTC(2017, 5, 17, 6) + ms).toISOString();
    const stamp = `Jun ${two(Number(at.slice(8, 10)))} 2017 ${at.slice(11, 23)} +0530`;
    const agent = 1_001_000 + (n % 2000);
    const line = (text) => `${String(n).padStart(10, '0')}: 10.10.10.5: ${stamp}: ${text}\n`;
    const id = `6e210ca9-5786-43bc-babf-${String(n).padStart(12, '0')}`;
    const thread = `http-8080-${n % 25}`;
    yield line(
      `%CCBU_${thread}-6-REQUEST_START: %[method_name=PUT][parameter_name={ nocache=[${1_366_756_805_180 + ms}], }][resource_name=/User/${agent}][usr=${agent}]: Request start`,
    );
    yield line(
      `%CCBU_${thread}-6-API_REQUEST: %[REQUEST_URL=User/${agent}][agent_id=${agent}][request_identifier=${id}][request_method=user.PUT][request_parameters= state:READY]: Request from client to webservice api`,
    );
    yield line(
      `%CCBU_pool-5-thread-4-6-MESSAGE_TO_CTI_SERVER: %[cti_message=Invoke id :${n} , agentstate : 3, workmode : 0, reason code: 0, forceflag :0, agentcapacity: 1, agenttext: ${agent}, agentid: ${agent}, supervisorid: null, ssoFlag=false][cti_message_name=SetAgentStateReq]: Message going to the backend cti server`,
    );
    yield line(
      `%CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=CTIAgentStateEvent [skillGroupState=3 (AVAILABLE), stateDuration=0, skillGroupNumber=85881, skillGroupPriority=0, agentState=3 (AVAILABLE), eventReasonCode=0, numFltSkillGroups=0,CTIClientSignature=null, agentID=${agent}, agentExtension=${agent}, agentInstrument=null, agentID_Long=${agent}, duration=null, nextAgentState=null]CTIMessageBean [invokeID=null, cti_sequence_id=${n}, msgID=30, timeTracker={"id":"AgentStateEvent","CTI_MSG_RECEIVED":${1_497_638_824_642 + ms}}, msgName=AgentStateEvent, deploymentType=CCX]][cti_response_time=1][dispatch_phase=DnD-CHECKPOINT-3B]: Decoded Message to Finesse from backend cti server`,
    );
    yield line(
      `%CCBU_pool-5-thread-5-6-XMPP_PUBLISH_ASYNCHRONOUS: %[NodeId=/finesse/api/User/${agent}][Payload=<Update><data><user><dialogs>/finesse/api/User/${agent}/Dialogs</dialogs><extension>${agent}</extension><firstName>A</firstName><lastName>B</lastName><loginId>${agent}</loginId><loginName>a${agent}</loginName><state>READY</state><teamId>5000</teamId><uri>/finesse/api/User/${agent}</uri></user></data><event>PUT</event><requestId>${id}</requestId><source>/finesse/api/User/${agent}</source></Update>]: Publishing XMPP Message Asynchronously`,
    );
    yield line(`%CCBU_${thread}-6-REQUEST_END: %[elapsed_time=${n % 90}]: Request complete`);
    // Somebody is lost every minute, and everybody at once every hour.
    const lost = n % 90_000 === 89_999 ? 300 : n % 1500 === 1499 ? 1 : 0;
    for (let i = 0; i < lost; i++)
      yield line(
        `%CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${1_001_000 + ((n + i) % 2000)}@fin1.example/desktop][PRESENCE_TYPE=unavailable]: Finesse received a presence notifcation`,
      );
  }
}

function write(file, bytes) {
  const to = openSync(file, 'w');
  let size = 0;
  let part = '';
  for (const line of shift()) {
    part += line;
    size += line.length;
    if (part.length > 4 << 20) {
      writeSync(to, part);
      part = '';
    }
    if (size >= bytes) break;
  }
  writeSync(to, part);
  closeSync(to);
}

/** Runs the command as somebody at a shell does; memory is what the kernel says of the whole process. */
function measured(words) {
  const script = `process.on('exit', () => console.error('RSS ' + process.resourceUsage().maxRSS + ' ' + (process.cpuUsage().user / 1e6).toFixed(1)));`;
  const begun = process.hrtime.bigint();
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(script)}`,
      join(root, 'packages/server/bin/poise.mjs'),
      'trace',
      ...words,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const [, kb, user] = /RSS (\d+) ([\d.]+)/.exec(stderr) ?? [];
  return { status, seconds, mb: Number(kb) / 1024, user: Number(user) };
}

const seeds = ['--seeds', opt.seeds, '--from', opt.from, ...(opt.wrong ? ['--wrong'] : [])];
for (const name of ['fault', 'damage']) if (opt[name] !== '') seeds.push(`--${name}`, opt[name]);
if (Number(opt.seeds) > 0) {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const { status } = spawnSync(
    process.execPath,
    [tsx, '--conditions=source', join(root, 'bench/trace/run.ts'), ...seeds],
    { stdio: 'inherit', cwd: root },
  );
  if (status !== 0) process.exit(status ?? 1);
}

if (Number(opt.mb) > 0) {
  const dir = mkdtempSync(join(os.tmpdir(), 'poise-trace-bench-'));
  try {
    const file = join(dir, 'Desktop-webservices.log');
    write(file, Number(opt.mb) * 2 ** 20);
    const mb = statSync(file).size / 2 ** 20;
    console.log(
      `a webservices log of ${mb.toFixed(0)} MB; load ${os.loadavg()[0].toFixed(1)} on ${os.cpus().length} processors`,
    );
    for (const words of [
      ['overview', file],
      ['why', '1001003', file],
      ['signin', '1001003', file],
    ]) {
      const { status, seconds, mb: rss, user } = measured(words);
      console.log(
        `${words[0].padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${user.toFixed(1).padStart(6)} s of processor  ${(mb / seconds).toFixed(0).padStart(4)} MB/s  ${rss.toFixed(0).padStart(4)} MB resident at most  exit ${status}`,
      );
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
