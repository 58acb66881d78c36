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
    assert.deepEqual([main.state, main.line, main.sent, main.kids], ['receiving', 6, 2, 1]);
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
    assert.deepEqual(
      graph
        .families()
        .get(2)
        .map(({ pid }) => pid),
      [3, 6, 5],
    );
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
    assert.equal(graph.parentOf(graph.nodes.get(3)), 1);
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

function layoutOf(graph, folding = new model.actor_groups.Folding()) {
  return model.actor_layout.layoutActors(folding.picture(graph));
}

describe('folding', () => {
  const family = (count, { parent = 1, from = 2 } = {}) => {
    const recorder = new Recorder();
    for (let pid = from; pid < from + count; pid++)
      recorder.add('spawn', parent, { other: pid, text: 'worker' });
    return recorder;
  };
  const itemsOf = (graph, folding) => [...folding.picture(graph).items.values()];
  const groupOf = (graph, folding) => itemsOf(graph, folding).find(({ group }) => group !== null)?.group;

  test('few actors are all there', () => {
    const graph = graphOf(family(30));
    assert.equal(itemsOf(graph, new model.actor_groups.Folding()).length, 31);
  });

  test('a large family is one item, with numbers; who is notable stays outside', () => {
    const recorder = family(1000);
    recorder.add('register', 5, { text: 'boss' }).add('spawn', 6, { other: 2000, text: 'sub' });
    recorder.add('run', 7).add('send', 1, { other: 8 }).add('send', 1, { other: 8 });
    recorder.add('exit', 9, { other: 1, text: 'oops' });
    const graph = graphOf(recorder);
    const folding = new model.actor_groups.Folding();
    const ids = itemsOf(graph, folding).map(({ id }) => id);
    assert.deepEqual(ids, [1, 5, 6, model.actor_groups.groupId(1), 2000]);
    const group = groupOf(graph, folding);
    assert.deepEqual(
      [group.parent, group.children, group.count, group.mailbox, group.label],
      [1, 998, 997, 2, 'worker'],
    );
    assert.deepEqual([group.states.running, group.states.crashed], [1, 1]);
    assert.equal(graph.nodes.get(8).shownAs, model.actor_groups.groupId(1));
    assert.equal(graph.nodes.get(5).shownAs, 5);
  });

  test('unfolded and folded by hand', () => {
    const graph = graphOf(family(1000));
    const folding = new model.actor_groups.Folding();
    folding.fold(1, false);
    assert.equal(itemsOf(graph, folding).length, 1001);
    folding.fold(1, true);
    assert.equal(itemsOf(graph, folding).length, 2);
    const small = graphOf(family(3));
    const byHand = new model.actor_groups.Folding();
    byHand.fold(1, true);
    assert.equal(groupOf(small, byHand).count, 3, 'whatever its size');
  });

  test('whole subtrees are folded once there are many items', () => {
    const recorder = family(50);
    for (let parent = 2; parent < 52; parent++) {
      const more = family(40, { parent, from: parent * 1000 });
      recorder.events.push(...more.events);
    }
    const graph = graphOf(recorder);
    const items = itemsOf(graph, new model.actor_groups.Folding());
    assert.ok(items.length < 400, `${items.length} items`);
    const inGroups = items.reduce((sum, { group }) => sum + (group?.count ?? 0), 0);
    assert.equal(items.filter(({ node }) => node !== null).length + inGroups, 2051, 'nobody is forgotten');
  });

  test('a hundred thousand actors take one pass', (t) => {
    const graph = graphOf(family(100_000));
    const folding = new model.actor_groups.Folding();
    const begin = performance.now();
    const items = itemsOf(graph, folding);
    t.diagnostic(`${(performance.now() - begin).toFixed(1)} ms`);
    assert.equal(items.length, 2);
    assert.ok(performance.now() - begin < 1000);
    folding.fold(1, false);
    const shown = itemsOf(graph, folding);
    assert.equal(shown.length, model.actor_groups.MAX_ITEMS + 1, 'as many as can be seen, and the rest');
    assert.equal(groupOf(graph, folding).children, 100_002 - model.actor_groups.MAX_ITEMS - 1);
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
        const folding = new model.actor_groups.Folding();
        for (const pid of graph.nodes.keys()) folding.fold(pid, false);
        const { places, width, height } = layoutOf(graph, folding);
        assert.equal(places.size, edges.length + 1);
        assert.equal(overlaps(places), 0);
        for (const { x, y } of places.values()) assert.ok(Math.abs(x) <= width && Math.abs(y) <= height);
      });
    }
  }

  test('supervisors stand above their children', () => {
    const recorder = new Recorder().add('spawn', 1, { other: 2 });
    for (const child of [3, 4, 5])
      recorder.add('spawn', 2, { other: child }).add('supervise', 2, { other: child });
    const { places } = layoutOf(graphOf(recorder));
    for (const child of [3, 4, 5]) assert.ok(places.get(child).y > places.get(2).y);
    assert.ok(places.get(3).x < places.get(4).x && places.get(4).x < places.get(5).x);
    assert.equal(places.get(2).x, places.get(4).x);
  });

  test('a circle of supervision and parenthood is laid out, too', () => {
    const recorder = new Recorder();
    recorder.add('spawn', 1, { other: 2 }).add('supervise', 2, { other: 1 });
    assert.equal(layoutOf(graphOf(recorder)).places.size, 2);
  });

  test('a wide family of a supervisor stands in rows, its group beside it', () => {
    const recorder = new Recorder().add('spawn', 1, { other: 2 });
    for (let child = 3; child < 23; child++)
      recorder.add('spawn', 2, { other: child }).add('supervise', 2, { other: child });
    const { places, width, height } = layoutOf(graphOf(recorder));
    assert.equal(overlaps(places), 0);
    assert.ok(width < 2 * height, `${width} × ${height}`);
  });
});
