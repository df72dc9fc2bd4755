// Defects that are put into the server while it is loaded, and the sentence by which the rig has to find each of them.
//
//   what     the defect, in words
//   edits    { file below the repository, find: text that is there once, put }
//   faults   with which the rig is run; a run has few of them, and few clients
//   found    a broken invariant has to read like this
//   nodes    how many; each of them has the defect. One unless it is said

const SERVER = 'packages/server/dist';
const XMPP = 'packages/xmpp/dist';

export const MUTANTS = {
  'reason-wrong': {
    what: 'another reason of the team is told than the one that the agent gave',
    edits: [
      {
        file: `${SERVER}/objects/presenter.js`,
        find: 'this.#directory.current.reasonCodeByCode(agent.state, agent.reasonCode)',
        put: 'this.#directory.current.reasonCodes(agent.state, this.#directory.current.user(agent.loginId)?.teamId).find(({ code, systemCode }) => !systemCode && code !== agent.reasonCode)',
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /shows “.*(NOT_READY|LOGOUT) \d+\b.*the CTI server believes “.*(NOT_READY|LOGOUT) \d+\b/,
  },
  'action-missing': {
    what: 'HOLD is missing among the actions of an active call',
    edits: [
      {
        file: `${SERVER}/domain/dialog-actions.js`,
        find: "'CONSULT_CALL',\n        'HOLD',",
        put: "'CONSULT_CALL',",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    rounds: 3,
    found: /shows “.*; CONSULT_CALL\+DROP\+SEND.*the CTI server believes “.*; CONSULT_CALL\+DROP\+HOLD/,
  },
  'held-action-missing': {
    what: 'RETRIEVE is missing among the actions of a held call',
    edits: [
      {
        file: `${SERVER}/domain/dialog-actions.js`,
        find: "HELD: row(['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA', 'PARTICIPANT_DROP'],",
        put: "HELD: row(['DROP', 'UPDATE_CALL_DATA', 'PARTICIPANT_DROP'],",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    rounds: 3,
    found: /shows “.*; DROP\+UPDATE_CALL_DATA.*the CTI server believes “.*; DROP\+RETRIEVE/,
  },
  'member-missing': {
    what: 'one member of a team is in no list, and told of by no Update, of the team',
    edits: [
      {
        file: `${SERVER}/objects/presenter.js`,
        find: '.filter(isApiUser)\n            .filter((member) => includeLoggedOut',
        put: ".filter(isApiUser)\n            .filter(({ loginId }) => loginId !== '3002')\n            .filter((member) => includeLoggedOut",
      },
      {
        file: `${SERVER}/notify/notifier.js`,
        find: '#publishSummary(record, from, requestId, cause) {',
        put: "#publishSummary(record, from, requestId, cause) {\n        if (record.loginId === '3002') return;",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /shows “.*member 3002: not shown.*the CTI server believes “.*member 3002: /,
  },
  'node-wrong': {
    what: 'what is told of one agent is told on the node of another one, too',
    edits: [
      {
        file: `${SERVER}/notify/notifier.js`,
        find: "if (record.teamId === null || event !== 'PUT' || !toTeam)",
        put: "if (record.loginId === '3002') this.#publish('user', '/finesse/api/User/3004', updateOf(presenter.user.event(from), { event, requestId: '', source }), cause);\n        if (record.teamId === null || event !== 'PUT' || !toTeam)",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /told on \/finesse\/api\/User\/3004 of another one: \/finesse\/api\/User\/3002/,
  },
  'sign-out-missing': {
    what: 'the grace period has no end',
    edits: [
      {
        file: `${SERVER}/presence/watch.js`,
        find: "this.#after(watched, this.#d.graceMs, () => this.#input(loginId, 'graceOver'));",
        put: '',
      },
    ],
    faults: ['client-kill-for-long', 'client-leave'],
    found: /was away for [\d.]+ s and was not signed out/,
  },
  'sign-out-early': {
    what: 'the grace period is a fifth of what is set',
    edits: [
      {
        file: `${SERVER}/presence/watch.js`,
        find: 'this.#after(watched, this.#d.graceMs,',
        put: 'this.#after(watched, this.#d.graceMs / 5,',
      },
    ],
    faults: ['client-kill', 'client-refresh', 'client-black-hole'],
    rounds: 2,
    found: /was signed out wrongly \(reason \d+\)/,
  },
  'sign-out-without-cause': {
    what: 'an agent is signed out some time after he came, although he is there',
    edits: [
      {
        file: `${SERVER}/presence/watch.js`,
        find: "this.#input(user, 'available');",
        put: "this.#input(user, 'available');\n        this.#d.clock.schedule(20_000, () => {\n            const present = this.#watched.get(user);\n            if (present === undefined) return;\n            present.phase = 'due';\n            this.#ask(user, present);\n        });",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /was signed out wrongly \(reason \d+\)/,
  },
  'request-unanswered': {
    what: 'every fourth answer to a request for a state is not published',
    edits: [
      {
        file: `${SERVER}/notify/notifier.js`,
        find: 'publishAgent(agentId, requestId, cause, toTeam = true) {',
        put: "publishAgent(agentId, requestId, cause, toTeam = true) {\n        if (requestId !== '' && (globalThis.answers = (globalThis.answers ?? 0) + 1) % 4 === 0) return;",
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /: accepted, and no Update followed/,
  },
  'published-twice': {
    what: 'every tenth Update is published once more',
    edits: [
      {
        file: `${SERVER}/notify/publisher.js`,
        find: 'this.#port.publish(node, payload);',
        put: 'this.#port.publish(node, payload);\n            if ((globalThis.updates = (globalThis.updates ?? 0) + 1) % 10 === 0) this.#port.publish(node, payload);',
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /told twice on .*, and nobody had asked|answered by 2 Updates/,
  },
  'delivered-twice': {
    what: 'every tenth item of a node is delivered twice',
    edits: [
      {
        file: `${XMPP}/core.js`,
        find: 'session.transport.message(observed ?? event.addressed(to, bareJidXml));',
        put: 'for (let times = serial % 10 === 0 ? 2 : 1; times > 0; times--) session.transport.message(observed ?? event.addressed(to, bareJidXml));',
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /was told twice: /,
  },
  'session-dropped': {
    what: 'a connection over WebSocket is cut after 6 s',
    edits: [
      {
        file: `${XMPP}/websocket/websocket-transport.js`,
        find: '#open(open) {',
        put: '#open(open) {\n        setTimeout(() => this.#webSocket.terminate(), 6_000);',
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /lost its session \(.*\), and there was no fault/,
  },
  'node-others-not-asked': {
    what: 'no other node is asked before a sign-out, nor heard of who has moved there',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/presence/shared-presence.js`,
        find: 'async elsewhere(loginId) {',
        put: "async elsewhere(loginId) {\n        return 'absent';",
      },
      {
        file: `${SERVER}/presence/shared-presence.js`,
        find: 'isStillAbsent(loginId) {',
        put: 'isStillAbsent(loginId) {\n        return true;',
      },
      {
        file: `${SERVER}/presence/watch.js`,
        find: 'movedAway(loginId) {',
        put: 'movedAway(loginId) {\n        return;',
      },
    ],
    faults: ['client-node-cut', 'client-node-black-hole'],
    found: /was signed out wrongly \(reason \d+\)/,
  },
  'node-cut-off-signs-out': {
    what: 'a node that is cut off takes it that nobody is at another one',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/presence/shared-presence.js`,
        find: 'async elsewhere(loginId) {',
        put: "async elsewhere(loginId) {\n        const answer = await this.whereElse(loginId);\n        return answer === 'cutOff' ? 'absent' : answer;\n    }\n    async whereElse(loginId) {",
      },
      {
        file: `${SERVER}/presence/shared-presence.js`,
        find: 'isStillAbsent(loginId) {',
        put: 'isStillAbsent(loginId) {\n        return true;',
      },
    ],
    faults: ['both-client-kill-for-long+node-nats-cut'],
    rounds: 3,
    found: /was signed out by node\d, which was cut off/,
  },
  'node-signs-not-read': {
    what: 'the signs of life of a node that is cut off are not read',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/presence/signs-of-life.js`,
        find: '    of(loginId) {\n',
        put: '    of(loginId) {\n        return Promise.resolve(NOWHERE);\n',
      },
    ],
    faults: ['node-island'],
    found: /was signed out wrongly \(reason \d+\)/,
  },
  'node-words-not-heard': {
    what: 'what other nodes say of requests is not heard',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/desk/request-exchange.js`,
        find: 'this.counts.heard += 1;',
        put: 'return;',
      },
    ],
    faults: ['client-delay', 'client-loss'],
    found: /^at 127\.0\.0\.\d: request .*: accepted, and no Update followed/,
  },
  'node-heir-missing': {
    what: 'the users of a dead node are nobody’s',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/presence/watch.js`,
        find: 'inherit({ loginId, isPresent, session, departure, awaySince, lastActiveAt }) {',
        put: 'inherit({ loginId, isPresent, session, departure, awaySince, lastActiveAt }) {\n        return;',
      },
    ],
    faults: ['node-kill-with-client'],
    rounds: 2,
    found: /was away for [\d.]+ s and was not signed out/,
  },
  'node-cut-off-and-well': {
    what: 'a node that is cut off says that it is well',
    nodes: 2,
    edits: [
      {
        file: `${SERVER}/cluster/part.js`,
        find: '    health() {\n        const { cluster, engine } = this.#o;',
        put: '    health() {\n        const told = this.whatIs();\n        delete told.reason;\n        return { ...told, ready: true };\n    }\n    whatIs() {\n        const { cluster, engine } = this.#o;',
      },
    ],
    faults: ['node-nats-cut'],
    found: /does not say in its health that cluster is out of reach/,
  },
};
