// SPDX-License-Identifier: Apache-2.0
// The programs under test, as child processes on free ports.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

import {SlowLink} from './slow_link.js';

// Node.js 18, Debian 12's own, has no import.meta.dirname.
const bin = process.env.E2E_BIN_DIR ??
    fileURLToPath(new URL('../../build/release/bin', import.meta.url));
const kReadyMs = 30_000;
// The gateway reads every variable that begins so.
const environment =
    Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));

// Free now; the page has to know the gateway's port before the gateway runs.
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function start(program, args) {
  const child =
      spawn(join(bin, program), args, {stdio: ['ignore', 'pipe', 'pipe'], env: environment});
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) {
    // Enough to see why it failed, whatever it writes.
    stream.on('data', (text) => (child.output = (child.output + text).slice(-20_000)));
  }
  child.on('error', (error) => (child.output += `cannot start: ${error.message}`));
  child.exited = new Promise((resolve) => {
    child.on('error', resolve);
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  return child;
}

async function until(what, child, check) {
  const giveUp = Date.now() + kReadyMs;
  while (Date.now() < giveUp && child.exitCode === null) {
    if (await check()) return;
    await sleep(50);
  }
  throw new Error(`${what}: not ready\n${child.output}`);
}

// One gateway; it can be killed and started again on the same port.
export class Gateway {
  constructor({port, upstream, origins, folder}) {
    Object.assign(this, {port, upstream, origins, folder});
    this.url = `http://127.0.0.1:${port}`;
  }

  async start() {
    const config = join(this.folder, `gateway-${this.port}.yaml`);
    await writeFile(config, [
      `listen: 127.0.0.1:${this.port}`,
      `ops: {listen: "127.0.0.1:${await freePort()}"}`,
      `upstreams: {demo: {target: "${this.upstream}"}}`,
      `cors: {origins: ${JSON.stringify(this.origins)}, credentials: true}`,
      'drain: {delay: 0s, window: 0s}',
      '',
    ].join('\n'));
    this.child = start('sluice', ['serve', '--config', config]);
    await until('sluice', this.child, async () => {
      try {
        await this.usage();
        return true;
      } catch {
        return false;
      }
    });
  }

  // As a crash: nothing is said to anyone.
  async kill() {
    this.child.kill('SIGKILL');
    await this.child.exited;
  }

  async stop() {
    this.child?.kill('SIGTERM');
    return this.child?.exited;
  }

  // How often the service generated an answer.
  async usage() {
    const response = await fetch(`${this.url}/demo.v1.Tokens/GetUsage`);
    if (!response.ok) throw new Error(`GetUsage: ${response.status}`);
    return (await response.json()).generations ?? '0';
  }

  // Calls of Clock.Watch: how many run at the service, and how many there were.
  async watches() {
    const response = await fetch(`${this.url}/demo.v1.Clock/GetWatches`);
    if (!response.ok) throw new Error(`GetWatches: ${response.status}`);
    const {running = 0, total = '0'} = await response.json();
    return {running, total: Number(total)};
  }

  async post(room, member, text) {
    const response = await fetch(`${this.url}/demo.v1.Room/Post`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({room, member, text}),
    });
    if (!response.ok) throw new Error(`Post: ${response.status} ${await response.text()}`);
    return (await response.json()).id;
  }
}

async function startDemo(gateway) {
  const demo = start(
      'sluice-demo',
      ['--listen', '127.0.0.1:0', '--page-listen', '127.0.0.1:0', '--gateway', gateway]);
  await until('sluice-demo', demo, () => /page on \S+,/.test(demo.output));
  return demo;
}

const pageOf = (demo) => /page on (\S+),/.exec(demo.output)[1];

// The demo services, their page, and two gateways before them: the one that the page uses, directly
// or through a slow link (from another page: a page may call only the gateway that it is told), and
// one through which tests reach the services while the first is down.
export class Stage {
  async start() {
    this.folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
    const [port, otherPort] = [await freePort(), await freePort()];
    this.slowLink = new SlowLink();
    await this.slowLink.start(port);
    this.demo = await startDemo(`http://127.0.0.1:${port}`);
    this.slowDemo = await startDemo(this.slowLink.url);
    const upstream = /services on (\S+)/.exec(this.demo.output)[1];
    this.page = pageOf(this.demo);
    this.slowPage = pageOf(this.slowDemo);
    const shared = {upstream, origins: [this.page, this.slowPage], folder: this.folder};
    this.gateway = new Gateway({port, ...shared});
    this.other = new Gateway({port: otherPort, ...shared});
    await Promise.all([this.gateway.start(), this.other.start()]);
  }

  // What each program's exit was.
  async stop() {
    this.slowLink?.stop();
    const exits = {gateway: await this.gateway?.stop(), other: await this.other?.stop()};
    this.demo?.kill('SIGTERM');
    exits.demo = await this.demo?.exited;
    this.slowDemo?.kill('SIGTERM');
    await this.slowDemo?.exited;
    if (this.folder) await rm(this.folder, {recursive: true});
    return exits;
  }
}
