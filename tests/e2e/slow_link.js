// SPDX-License-Identifier: Apache-2.0
// A link to a server on loopback that brings as many bytes a second as it is told: browsers'
// developer tools throttle no stream that has begun.

import {once} from 'node:events';
import {connect, createServer} from 'node:net';

export class SlowLink {
  constructor() {
    this.bytesPerSecond = Infinity;
    this.sockets = new Set();
  }

  async start(port) {
    this.server = createServer((browser) => this.#carry(browser, connect(port, '127.0.0.1')));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server?.close();
  }

  #carry(browser, gateway) {
    for (const [socket, other] of [[browser, gateway], [gateway, browser]]) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    browser.pipe(gateway);
    gateway.on('data', (bytes) => {
      browser.write(bytes);
      if (this.bytesPerSecond === Infinity) return;
      gateway.pause();
      setTimeout(() => gateway.resume(), bytes.length * 1000 / this.bytesPerSecond);
    });
  }
}
