// A real SMTP server with a login over STARTTLS: prints each mail as one line of JSON.
"use strict";
const { readFileSync } = require("fs");
const { SMTPServer } = require("smtp-server");
const [port, certificate, key, password] = process.argv.slice(2);
const server = new SMTPServer({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  onAuth: (auth, session, done) => done(auth.username === "hub" && auth.password === password && session.secure ? null : new Error("wrong password"), { user: auth.username }),
  onData: (stream, session, done) => {
    let text = "";
    stream.on("data", part => { text += part; });
    stream.on("end", () => {
      console.log(JSON.stringify({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(r => r.address), secure: session.secure, text }));
      done();
    });
  },
});
server.on("error", error => console.error("error: " + error.message));
server.listen(Number(port), "127.0.0.1", () => console.log("listening"));
