// SPDX-License-Identifier: MIT
// The model behind the views of a run: records to rows, filters, actors, places.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadModel } from './lib/model.mjs';
import { KINDS, Recorder } from './lib/records.mjs';

let model;
before(async () => {
  model = await loadModel();
});

const names = {
  begin: () => 0,
  actor: (pid) => `#${pid}`,
  wait: (value) => ['nothing', 'a message'][value] ?? '',
};

function graphOf(recorder, now = 1000) {
  const store = new model.trace_store.TraceStore(KINDS);
  const graph = new model.actor_graph.ActorGraph();
  store.append(recorder.batch());
  for (let row = 0; row < store.endRow; row++) graph.apply(store.event(row), now);
  return graph;
}

describe('trace store', () => {
  test('reads every field, and texts of several records', () => {
    const store = new model.trace_store.TraceStore(KINDS);
    const text = 'grüße an 😀 und noch viel mehr als sechzehn Bytes';
    const recorder = new Recorder();
    recorder.add('send', 7, { other: 9, value: 2 ** 40 + 3, text, line: 12, worker: 3 });
    recorder.add('exit', 9, { other: 1 });
    store.append(recorder.batch(5));
    assert.equal(store.endRow, 2);
    assert.equal(store.dropped, 5);
    const { sequence, kind, worker, pid, other, value, file, line, text: read } = store.event(0);
    assert.deepEqual(
      { sequence, kind, worker, pid, other, value, file, line, read },
      {
        sequence: 0,
        kind: 'send',
        worker: 3,
        pid: 7,
        other: 9,
        value: 2 ** 40 + 3,
        file: 'main.ttvm',
        line: 12,
        read: text,
      },
    );
    assert.deepEqual(
      [store.event(1).kind, store.event(1).text, store.event(1).file, store.event(2)],
      ['exit', '', '', null],
    );
  });

  test('records that are not aligned are read, too', () => {
    const store = new model.trace_store.TraceStore(KINDS);
    const { records, files } = new Recorder().add('ready', 77).batch();
    const moved = new Uint8Array(records.length + 3);
    moved.set(records, 3);
    store.append({ records: moved.subarray(3), dropped: 0, files });
    assert.equal(store.event(0).pid, 77);
  });

  test('puts the workers’ events in order, texts with their events', () => {
    const store = new model.trace_store.TraceStore(KINDS);
    const recorder = new Recorder();
    for (const worker of [0, 1]) {
      for (let i = 0; i < 5; i++) {
        recorder.add('send', 1, {
          sequence: i * 2 + worker,
          worker,
          text: `message number ${i * 2 + worker}`,
        });
      }
    }
    store.append(recorder.batch());
    const rows = Array.from({ length: store.endRow }, (_, row) => store.event(row));
    assert.deepEqual(
      rows.map((event) => event.sequence),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    for (const { sequence, text } of rows) assert.equal(text, `message number ${sequence}`);
  });

  test('keeps the newest rows and their numbers', () => {
    const store = new model.trace_store.TraceStore(KINDS, 40_000);
    for (let batch = 0; batch < 10; batch++) {
      const recorder = new Recorder();
      recorder.sequence = batch * 10_000;
      for (let i = 0; i < 10_000; i++) recorder.add('ready', i + 1);
      store.append(recorder.batch());
    }
    assert.equal(store.endRow, 100_000);
    const kept = store.endRow - store.firstRow;
    assert.ok(kept <= 40_000 && kept > 20_000, `${kept} kept`);
    assert.equal(store.event(store.firstRow - 1), null);
    assert.equal(store.event(store.firstRow).sequence, store.firstRow);
    assert.equal(store.event(99_999).sequence, 99_999);
  });

  test('a million rows are added and filtered in time', (t) => {
    const store = new model.trace_store.TraceStore(KINDS);
    const recorder = new Recorder();
    for (let i = 0; i < 50_000; i++)
      recorder.add(i % 2 === 0 ? 'send' : 'receive', (i % 1000) + 1, { other: 5 });
    const batch = recorder.batch();
    const begin = performance.now();
    for (let i = 0; i < 20; i++) store.append(batch);
    const added = performance.now();
    const rows = new model.trace_filter.FilteredRows(store, names);
    rows.setFilter({ pid: 7, kinds: new Set(['send']), text: '' });
    while (!rows.scan(30_000));
    const filtered = performance.now();
    t.diagnostic(`added in ${Math.round(added - begin)} ms, filtered in ${Math.round(filtered - added)} ms`);
    assert.equal(rows.length, 1000);
    assert.ok(added - begin < 4000 && filtered - added < 2000);
  });
});

describe('trace filter', () => {
  const store = () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2, text: 'worker' });
    recorder.add('send', 1, { other: 2, text: 'Hello' });
    recorder.add('receive', 2, { other: 1, text: 'Hello' });
    recorder.add('wait', 1, { value: 1 });
    recorder.add('wait', 3, { value: 2 });
    const filled = new model.trace_store.TraceStore(KINDS);
    filled.append(recorder.batch());
    return filled;
  };
  const shown = (filter) => {
    const rows = new model.trace_filter.FilteredRows(store(), names);
    rows.setFilter({ pid: null, kinds: new Set(), text: '', ...filter });
    while (!rows.scan(2));
    return Array.from({ length: rows.length }, (_, index) => rows.at(index));
  };

  test('by actor, as doer and as other', () => {
    assert.deepEqual(shown({ pid: 2 }), [0, 1, 2]);
    // 2 is also the number of what actor 3 waits for, which is no actor.
    assert.deepEqual(shown({ pid: 3 }), [4]);
  });

  test('by kind', () => assert.deepEqual(shown({ kinds: new Set(['wait', 'spawn']) }), [0, 3, 4]));
  test('by text, in any case, also of what is derived', () => {
    assert.deepEqual(shown({ text: 'hello' }), [1, 2]);
    assert.deepEqual(shown({ text: 'a message' }), [3]);
    assert.deepEqual(shown({ text: 'nobody says this' }), []);
  });
  test('all together', () =>
    assert.deepEqual(shown({ pid: 2, kinds: new Set(['send']), text: 'hell' }), [1]));
  test('nothing set shows everything', () => assert.deepEqual(shown({}), [0, 1, 2, 3, 4]));

  test('rows that the store forgets leave the filtered ones', () => {
    const filled = new model.trace_store.TraceStore(KINDS, 20_000);
    const rows = new model.trace_filter.FilteredRows(filled, names);
    rows.setFilter({ pid: 1, kinds: new Set(), text: '' });
    for (let batch = 0; batch < 6; batch++) {
      const recorder = new Recorder();
      for (let i = 0; i < 10_000; i++) recorder.add('ready', (i % 2) + 1);
      filled.append(recorder.batch());
      while (!rows.scan(1000));
    }
    assert.equal(rows.length, (filled.endRow - filled.firstRow) / 2);
    assert.ok(rows.at(0) >= filled.firstRow);
    assert.equal(rows.indexOf(rows.at(17)), 17);
  });
});

describe('actor graph', () => {
  test('lives, names, mailboxes and states', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2, text: 'worker' }).add('register', 2, { text: 'printer' });
    recorder.add('send', 1, { other: 2, line: 4 }).add('send', 1, { other: 2, line: 5 });
    recorder.add('receive', 2, { other: 1 }).add('wait', 1, { value: 1, line: 6 });
    const graph = graphOf(recorder);
    assert.equal(graph.nameOf(2), 'printer');
    assert.equal(graph.nameOf(1), 'main');
    assert.equal(graph.nameOf(9), '#9');
    const [main, worker] = [graph.nodes.get(1), graph.nodes.get(2)];
    assert.deepEqual([main.state, main.line, main.sent, main.children], ['receiving', 6, 2, [2]]);
    assert.deepEqual([worker.mailbox, worker.received, worker.parent, worker.runs], [1, 1, 1, 'worker']);
    assert.equal(graph.takeFlights().flights.length, 2);
    assert.equal(graph.takeFlights().flights.length, 0, 'taken once');
  });

  test('links are of both and end with either; a crash is told from an end', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2 }).add('spawn', 1, { other: 3 });
    recorder.add('link', 2, { other: 3 }).add('monitor', 1, { other: 2, value: 8 });
    const graph = graphOf(recorder);
    assert.deepEqual([...graph.nodes.get(3).links], [2]);
    assert.deepEqual([...graph.nodes.get(1).monitors], [2]);
    const more = new Recorder();
    more.add('exit', 2, { other: 1, text: 'badarith' }).add('down', 1, { other: 2, value: 8 });
    more.add('exit', 3, { other: 1, text: 'shutdown' });
    const store = new model.trace_store.TraceStore(KINDS);
    store.append(more.batch());
    for (let row = 0; row < store.endRow; row++) graph.apply(store.event(row), 5);
    assert.deepEqual([graph.nodes.get(2).state, graph.nodes.get(2).reason], ['crashed', 'badarith']);
    assert.equal(graph.nodes.get(3).state, 'ended');
    assert.equal(graph.nodes.get(3).links.size, 0);
    assert.equal(graph.nodes.get(1).monitors.size, 0);
    assert.equal(graph.live, 1);
  });

  test('a restarted child has the place of the old one', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2 });
    for (const child of [3, 4, 5]) {
      recorder.add('spawn', 2, { other: child }).add('supervise', 2, { other: child, text: `c${child}` });
    }
    recorder.add('exit', 4, { other: 1, text: 'boom' });
    recorder.add('spawn', 2, { other: 6 }).add('restart', 2, { other: 6, value: 4, text: 'c4' });
    const graph = graphOf(recorder);
    assert.deepEqual(graph.nodes.get(2).children, [3, 6, 5]);
    assert.deepEqual([graph.nodes.get(6).name, graph.nodes.get(6).restarts], ['c4', 1]);
    assert.equal(graph.nodes.has(4), false);
    assert.equal(graph.restarts, 1);
  });

  test('ended actors are kept in bounds, whoever they had started is not lost', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2 }).add('spawn', 2, { other: 3 }).add('exit', 2);
    for (let pid = 10; pid < 3010; pid++) recorder.add('spawn', 1, { other: pid }).add('exit', pid);
    const graph = graphOf(recorder);
    assert.ok(graph.nodes.size <= 203, `${graph.nodes.size} kept`);
    assert.equal(graph.ended, 3001);
    assert.equal(graph.live, 2);
    assert.equal(graph.nodes.get(3).parent, 1);
    assert.ok(graph.nodes.get(1).children.includes(3));
  });

  test('what was missed is put right by looking', () => {
    const graph = graphOf(new Recorder().add('spawn', 1, { other: 2 }).add('spawn', 1, { other: 3 }));
    const fact = { name: null, state: 'receiving', mailbox: 4, file: 'a.ttvm', line: 3, supervisor: null };
    graph.correct(
      [
        { ...fact, pid: 1 },
        { ...fact, pid: 2, name: 'two', supervisor: 1 },
      ],
      9,
    );
    assert.deepEqual(
      [graph.nodes.get(2).mailbox, graph.nameOf(2), graph.nodes.get(2).supervisor],
      [4, 'two', 1],
    );
    assert.equal(graph.nodes.get(3).state, 'ended', 'who is not there has ended');
  });
});

describe('layout of actors', () => {
  const overlaps = (places) => {
    const list = [...places.values()];
    let count = 0;
    list.forEach((one, i) => {
      for (const two of list.slice(i + 1)) {
        if (Math.hypot(one.x - two.x, one.y - two.y) < one.radius + two.radius - 0.01) count++;
      }
    });
    return count;
  };
  const trees = {
    'one actor': [],
    'a few': [
      [1, 2],
      [1, 3],
      [2, 4],
      [4, 5],
    ],
    'a crowd': Array.from({ length: 1000 }, (_, i) => [1, i + 2]),
    'a chain': Array.from({ length: 60 }, (_, i) => [i + 1, i + 2]),
    groups: Array.from({ length: 600 }, (_, i) => (i < 12 ? [1, i + 2] : [(i % 12) + 2, i + 2])),
  };
  for (const [name, edges] of Object.entries(trees)) {
    for (const supervised of [false, true]) {
      test(`${name}${supervised ? ', supervised' : ''}: everyone has a place, nobody on another's`, () => {
        const recorder = new Recorder().add('ready', 1);
        for (const [parent, child] of edges) {
          recorder.add('spawn', parent, { other: child });
          if (supervised) recorder.add('supervise', parent, { other: child });
        }
        const graph = graphOf(recorder);
        const { places, width, height, left } = model.actor_layout.layoutActors(graph);
        assert.equal(places.size, edges.length + 1);
        assert.equal(left, 0);
        assert.equal(overlaps(places), 0);
        for (const { x, y } of places.values()) assert.ok(Math.abs(x) <= width && Math.abs(y) <= height);
      });
    }
  }

  test('supervisors stand above their children', () => {
    const recorder = new Recorder().add('spawn', 1, { other: 2 });
    for (const child of [3, 4, 5])
      recorder.add('spawn', 2, { other: child }).add('supervise', 2, { other: child });
    const { places } = model.actor_layout.layoutActors(graphOf(recorder));
    for (const child of [3, 4, 5]) assert.ok(places.get(child).y > places.get(2).y);
    assert.ok(places.get(3).x < places.get(4).x && places.get(4).x < places.get(5).x);
    assert.equal(places.get(2).x, places.get(4).x);
  });

  test('a circle of supervision and parenthood is laid out, too', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2 }).add('supervise', 2, { other: 1 });
    assert.equal(model.actor_layout.layoutActors(graphOf(recorder)).places.size, 2);
  });

  test('more than can be seen are counted', () => {
    const recorder = new Recorder();
    for (let pid = 2; pid < 4002; pid++) recorder.add('spawn', 1, { other: pid });
    const { places, left } = model.actor_layout.layoutActors(graphOf(recorder));
    assert.equal(places.size + left, 4001);
    assert.equal(places.size, model.actor_layout.MAX_PLACED);
  });
});
