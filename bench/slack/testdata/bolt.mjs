// An app on Bolt's HTTP receiver that verifies signatures and does nothing with
// what it hears: as little as such an app can do.
import bolt from '@slack/bolt';

const { App, HTTPReceiver, LogLevel } = bolt;
const receiver = new HTTPReceiver({
  signingSecret: process.env.SIGNING_SECRET,
  endpoints: ['/slack/events'],
  logLevel: LogLevel.ERROR,
  customRoutes: [{ path: '/readyz', method: ['GET'], handler: (_, res) => { res.writeHead(200); res.end('ready'); } }],
});
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  authorize: async () => ({ botToken: 'xoxb-bench', botId: 'B0BENCH', botUserId: 'U0BENCH' }),
});
let heard = 0;
app.event('message', async () => { heard += 1; });
await app.start({ port: Number(process.env.PORT), host: '127.0.0.1' });
