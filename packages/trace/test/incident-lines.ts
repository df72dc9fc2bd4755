/** Lines of an incident in the forms of the published documents, by the time of the day of 2017-06-17. */

/** Webservices, in the zone +0200; `at` is the time of the day. */
export const ws = (at: string, text: string) => `0000001043: 10.0.0.1: Jun 17 2017 ${at} +0200: ${text}`;
export const presence = (at: string, type: string, agent = '2001') =>
  ws(
    at,
    `%CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${agent}@fin.example/desktop][PRESENCE_TYPE=${type}]: Finesse received a presence notifcation`,
  );
export const others = (at: string) => ['2002', '2003', '2004'].map((id) => presence(at, 'unavailable', id));
export const logoutEvent = (at: string, reason: number) =>
  ws(
    at,
    `%CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=CTIAgentStateEvent [skillGroupState=1 (LOGOUT), agentState=1 (LOGOUT), eventReasonCode=${reason}, agentID=2001, agentExtension=2003]CTIMessageBean [invokeID=null, msgID=30, msgName=AgentStateEvent, deploymentType=CCE]][cti_response_time=1]: Decoded Message to Finesse from backend cti server`,
  );
export const put = (at: string, user: string, state: string) =>
  ws(
    at,
    `%CCBU_http-8080-7-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=${user}][request_identifier=6e210ca9-5786-43bc-babf-64a397a6057f][request_method=user.PUT][request_parameters= state:${state}]: Request from client to webservice api`,
  );
/** openfire: no zone of its own. */
export const active = (at: string, ms: number, agent = '2001') =>
  `2017.06.17 ${at} Session (id=f382a015) was last active ${ms} ms ago: ${agent}@fin.example/desktop`;
export const idle = (at: string) =>
  `2017.06.17 ${at} Closing idle session (id=f382a015): 2001@fin.example/desktop after being inactive for more than threshold value of 60`;
/** A session that falls silent and is closed at 09:16:04. */
export const silence = {
  'debug.log': [
    active('09:14:34', 0),
    active('09:15:04', 13_230),
    active('09:15:34', 43_230),
    active('09:16:04', 63_231),
  ],
  'info.log': idle('09:16:04'),
  'ws.log': presence('09:16:04.630', 'unavailable'),
};
/** The client's own log; its clock is the server's, in the same zone. */
export const client = (at: string, text: string) =>
  `2017-06-17T${at}.000 +02:00: : fin.example: Jun 17 2017 ${at}.012 +0200: ${text}`;
export const drift = (at: string, driftMs: number, latency: number) =>
  client(
    at,
    `Header : Client: 2017-06-17T07:14:00.000Z, Server: 2017-06-17T07:14:00.005Z, Drift: ${driftMs} ms, Network Latency (round trip): ${latency} ms`,
  );
export const clientLog = (...lines: readonly string[]) => ({
  'clientlog.2001.x.log': [
    drift('09:14:00', 5, 9),
    ...lines,
    drift('09:15:00', 5, 9),
    drift('09:16:00', 5, 9),
    drift('09:16:10', 5, 9),
  ],
});
export const LOST = { 'ws.log': presence('09:16:04.630', 'unavailable') };
