// A process of the rig: started, frozen, thawed, killed as a crash does it, started again.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const LAST_BYTES = 6_000;

export class RigProcess {
  #command;
  #how;
  #env;
  #log;
  #child = null;
  #onText;
  #onLog;
  #onEnd;
  #ending = false;
  #last = '';

  /**
   * @param onText called with what it prints on its standard output
   * @param onLog called with what it prints on either output
   * @param onEnd when it ended and nobody wanted it to
   * @param spawn further options of its start, such as whose process it is
   */
  constructor(
    command,
    { env = {}, log, onText = () => {}, onLog = () => {}, onEnd = () => {}, spawn: how = {} },
  ) {
    this.#command = command;
    this.#how = how;
    this.#env = env;
    this.#log = createWriteStream(log, { flags: 'a' });
    this.#onText = onText;
    this.#onLog = onLog;
    this.#onEnd = onEnd;
  }

  get running() {
    return this.#child !== null;
  }

  get pid() {
    return this.#child?.pid;
  }

  get stdin() {
    return this.#child?.stdin;
  }

  /** The end of what it printed. */
  get last() {
    return this.#last;
  }

  start() {
    const [program, ...args] = this.#command;
    const child = spawn(program, args, {
      ...this.#how,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    this.#ending = false;
    running.add(child);
    child.stdin.on('error', () => {});
    child.on('exit', () => {
      running.delete(child);
      if (this.#child === child) this.#child = null;
      if (!this.#ending) this.#onEnd();
    });
    child.stdout.on('data', (chunk) => this.#text(chunk, this.#onText));
    child.stderr.on('data', (chunk) => this.#text(chunk, () => {}));
  }

  /** Starts it and resolves when it has printed this. */
  async startUntil(pattern, ms = 60_000) {
    this.#last = '';
    this.start();
    const end = performance.now() + ms;
    while (!pattern.test(this.#last)) {
      if (!this.running) throw new Error(`${this.#command.join(' ')} ended:\n${this.#last}`);
      if (performance.now() > end)
        throw new Error(`${this.#command.join(' ')} is not ready after ${ms} ms:\n${this.#last}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  freeze() {
    this.#child?.kill('SIGSTOP');
  }

  thaw() {
    this.#child?.kill('SIGCONT');
  }

  /** kill -9; resolves when it is gone. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** Asks it to end (SIGTERM); resolves when it has. */
  endInOrder() {
    return this.#end('SIGTERM');
  }

  /** Resolves when it has ended by itself, or is killed after ms. */
  async endedWithin(ms) {
    const child = this.#child;
    if (child === null) return;
    this.#ending = true;
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    await new Promise((gone) => child.once('exit', gone));
    clearTimeout(timer);
  }

  async #end(signal) {
    const child = this.#child;
    if (child === null) return;
    this.#ending = true;
    await new Promise((gone) => {
      child.once('exit', gone);
      child.kill(signal);
    });
  }

  #text(chunk, then) {
    const text = String(chunk);
    this.#log.write(text);
    this.#onLog(text);
    this.#last = (this.#last + text).slice(-LAST_BYTES);
    then(text);
  }
}
