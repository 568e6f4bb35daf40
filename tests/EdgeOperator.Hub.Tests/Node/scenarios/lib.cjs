'use strict';
// What the scenarios share: names, registry, devices, waiting.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Registry, Client: ServiceClient } = require('azure-iothub');
const { Client, ModuleClient, Message } = require('azure-iot-device');

const host = process.env.HUB_HOST;
const registry = Registry.fromConnectionString(process.env.HUB);
const service = ServiceClient.fromConnectionString(process.env.HUB);
let names = 0;

const name = prefix => `${prefix}-${process.pid}-${++names}`;

const transport = (package_, type) => require(package_)[type];

// Fails the scenario rather than to wait for ever.
const within = (promise, what, ms = 45000) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not in time: ${what}`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const once = (emitter, event, condition = () => true) => within(new Promise(resolve => {
  const listener = value => {
    if (!condition(value)) return;
    emitter.removeListener(event, listener);
    resolve(value);
  };
  emitter.on(event, listener);
}), event);

// Reads until it is as it should be.
const until = (read, condition) => within((async () => {
  for (;;) {
    const value = await read();
    if (condition(value)) return value;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
})(), `${condition}`);

// A listener alone subscribes some time later: what is changed until then reaches nobody.
const subscribed = twin => within(new Promise((resolve, reject) =>
  twin.enableTwinDesiredPropertiesUpdates(error => error ? reject(error) : resolve())), 'subscription');

// A handler alone subscribes some time later: until then the device has no method to call.
const invoked = call_ => within((async () => {
  for (;;) {
    try { return await call_(); } catch (error) { if (error.statusCode !== 404 && error.name !== 'DeviceNotFoundError') throw error; }
  }
})(), 'direct method');

const fails = async (promise, check) => {
  let error;
  try { await promise; } catch (e) { error = e; }
  assert.ok(error, 'it should have failed');
  check(error);
};

const createDevice = async (id = name('device'), extra = {}) => {
  const { responseBody } = await registry.create({ deviceId: id, ...extra });
  return responseBody;
};

const keyOf = identity => identity.authentication.symmetricKey.primaryKey;

const connectionString = (identity, key = keyOf(identity)) =>
  `HostName=${host};DeviceId=${identity.deviceId}${identity.moduleId ? `;ModuleId=${identity.moduleId}` : ''};SharedAccessKey=${key}`;

const report = (twin, patch) => within(new Promise((resolve, reject) =>
  twin.properties.reported.update(patch, error => error ? reject(error) : resolve())), 'reported update');

const respond = (response, status, payload) => new Promise((resolve, reject) =>
  response.send(status, payload, error => error ? reject(error) : resolve()));

// A request to what Azure's SDKs have no call for.
const call = async (method, url, { token, body, headers } = {}) => {
  const https = require('node:https');
  return within(new Promise((resolve, reject) => {
    const request = https.request({ host, port: 443, path: url, method, headers: { authorization: token, ...headers } }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  }), url);
};

const policyToken = () => {
  const crypto = require('node:crypto');
  const parts = Object.fromEntries(process.env.HUB.split(';').map(p => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]));
  const expiry = Math.ceil(Date.now() / 1000) + 3600;
  const signature = crypto.createHmac('sha256', Buffer.from(parts.SharedAccessKey, 'base64')).update(`${host}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${host}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${parts.SharedAccessKeyName}`;
};

const telemetryOf = async device => {
  const answer = await call('GET', `/api/v1/telemetry?device=${encodeURIComponent(device)}`, { token: policyToken() });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
};

// A key and a certificate: self-signed, or signed by another.
const certificate = (commonName, signer) => {
  const folder = fs.mkdtempSync(path.join(process.env.FOLDER, 'certificate-'));
  const file = n => path.join(folder, n);
  const run = (...a) => execFileSync('openssl', a, { stdio: 'pipe' });
  run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file('key'));
  if (!signer) {
    run('req', '-x509', '-new', '-key', file('key'), '-out', file('cert'), '-days', '2', '-subj', `/CN=${commonName}`);
  } else {
    run('req', '-new', '-key', file('key'), '-out', file('csr'), '-subj', `/CN=${commonName}`);
    run('x509', '-req', '-in', file('csr'), '-CA', signer.certFile, '-CAkey', signer.keyFile, '-CAcreateserial', '-out', file('cert'), '-days', '2');
  }
  const cert = fs.readFileSync(file('cert'), 'utf8');
  const thumbprint = new (require('node:crypto').X509Certificate)(cert).fingerprint256.replaceAll(':', '');
  return { cert, key: fs.readFileSync(file('key'), 'utf8'), certFile: file('cert'), keyFile: file('key'), thumbprint };
};

// SDKs leave timers behind: the end is said, not waited for.
const run = scenario => scenario().then(
  () => process.stdout.write('passed\n', () => process.exit(0)),
  error => { console.error(error); process.exit(1); });

module.exports = {
  assert, host, registry, service, Client, ModuleClient, Message, name, transport, within, once, until, subscribed, invoked, fails, createDevice, keyOf,
  connectionString, report, respond, call, policyToken, telemetryOf, certificate, run,
};
