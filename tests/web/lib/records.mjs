// SPDX-License-Identifier: MIT
// Records as the VM's event rings hold them, made by hand: the model of the views is tested with these.

export const KINDS = [
  'text',
  'spawn',
  'exit',
  'send',
  'receive',
  'wait',
  'ready',
  'run',
  'preempt',
  'link',
  'unlink',
  'monitor',
  'demonitor',
  'down',
  'register',
  'unregister',
  'supervise',
  'restart',
  'exception',
];

/** Collects events; `batch()` gives what was added since the last one, as the engine hands it over. */
export class Recorder {
  sequence = 0;
  events = [];
  files = ['main.ttvm'];

  add(kind, pid, { other = 0, value = 0, text = '', line = 0, worker = 0, sequence = this.sequence++ } = {}) {
    this.events.push({ kind, pid, other, value, text, line, worker, sequence });
    return this;
  }

  batch(dropped = 0) {
    const encoder = new TextEncoder();
    const texts = this.events.map((event) => encoder.encode(event.text));
    const count = texts.reduce((sum, text) => sum + 1 + Math.ceil(text.length / 16), 0);
    const records = new Uint8Array(count * 32);
    const view = new DataView(records.buffer);
    let at = 0;
    this.events.forEach((event, i) => {
      view.setBigUint64(at, BigInt(event.sequence), true);
      view.setUint8(at + 8, KINDS.indexOf(event.kind));
      view.setUint8(at + 9, event.worker);
      view.setUint16(at + 10, event.line > 0 ? 1 : 0, true);
      view.setUint32(at + 12, event.pid, true);
      view.setUint32(at + 16, event.line, true);
      view.setUint32(at + 20, event.other, true);
      view.setBigUint64(at + 24, BigInt(event.value), true);
      at += 32;
      for (let from = 0; from < texts[i].length; from += 16) {
        view.setUint8(at + 9, event.worker);
        records.set(texts[i].subarray(from, from + 16), at + 16);
        at += 32;
      }
    });
    this.events = [];
    return { records, dropped, files: this.files };
  }
}
