// BOSH by hand, as scripts of integrations have it: one poll at a time, and a new session a second after the loss of one.
import { BoshSession } from './bosh-session.mjs';
import { lost, obey, RETRY_MS } from './desk.mjs';

const { SERVICE } = process.env;
let leaving = false;
let session;

obey(() => {
  leaving = true;
  return session.end();
});
while (!leaving) {
  session = new BoshSession(() => SERVICE, { attempts: 3, pauseMs: 500, lateS: 10 });
  try {
    await session.begin('localhost');
    while (!leaving) await session.poll();
  } catch (error) {
    if (leaving) break;
    lost(error);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}
