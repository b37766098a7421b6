// A mail intake as one writes it with npm: smtp-server takes the mail, mailparser
// reads it, and it is acknowledged when it is on the disk. Mails that come while
// a sync is under way share the next one.
import { SMTPServer } from 'smtp-server';
import { simpleParser } from 'mailparser';
import fs from 'node:fs';

const [port, file] = process.argv.slice(2);
const fd = fs.openSync(file, 'a');
let waiting = [];
let syncing = false;

function sync() {
  if (syncing || waiting.length === 0) return;
  const group = waiting;
  waiting = [];
  syncing = true;
  fs.write(fd, group.map((w) => w.line).join(''), (failed) => {
    fs.fdatasync(fd, (err) => {
      syncing = false;
      for (const w of group) w.done(failed || err || undefined);
      sync();
    });
  });
}

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  authOptional: true,
  disableReverseLookup: true,
  size: 25 << 20,
  onData(stream, _session, done) {
    simpleParser(stream).then((m) => {
      if (!m.messageId || !m.subject || !m.text) throw new Error('the mail is not whole');
      waiting.push({ line: JSON.stringify({ id: m.messageId, subject: m.subject, from: m.from.text, text: m.text, html: m.html }) + '\n', done });
      sync();
    }).catch(done);
  },
});
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
