import { compile, suspending } from './engine/index.js';

const $ = (id) => document.getElementById(id);

async function load(url, sizeId) {
  const response = await fetch(url);
  const bytes = await response.arrayBuffer();
  $(sizeId).textContent = `${Math.round(bytes.byteLength / 1000).toLocaleString('en')} KB`;
  return compile(bytes);
}

const started = performance.now();
const [bench, agent] = await Promise.all([
  load('guests/c-bench/c-bench.wasm', 'c-size'),
  load('guests/agent/agent.wasm', 'agent-size'),
]);

// What the component in C imports. `tick` gives a promise, so it is marked: the guest is suspended until it settles.
const linked = bench.link({
  'loop:guests/bench-host@0.1.0': {
    log: (message) => console.log(message),
    tick: suspending(async (x) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      $('sum').textContent += `${x} `;
      return x;
    }),
  },
});

// One linked component makes many instances, each with memory of its own.
const greeter = (await linked.instantiate()).exports['loop:guests/bench@0.1.0'];
const counter = (await linked.instantiate()).exports['loop:guests/bench@0.1.0'];

// `greet` cannot reach `tick`, so it stays a plain function.
const greet = () => ($('greeting').textContent = greeter.greet($('name').value));
$('name').oninput = greet;
greet();

// `call-host` can, so it gives a promise.
$('count').onclick = async () => {
  $('count').disabled = true;
  $('sum').textContent = '';
  const sum = await counter.callHost(5);
  $('sum').textContent += `→ sum ${sum}`;
  $('count').disabled = false;
};

// The compiled component goes to a worker as a message. A worker can be ended at any time, whatever its guest does.
let worker;

function startWorker() {
  worker = new Worker('worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => {
    $('result').textContent = data;
    $('run').disabled = false;
  };
  worker.postMessage({ component: agent.toMessage() });
}

$('run').onclick = () => {
  $('run').disabled = true;
  $('result').textContent = '…';
  worker.postMessage({ code: $('code').value });
};
$('stop').onclick = () => {
  worker.terminate();
  startWorker();
  $('result').textContent = 'stopped; a fresh instance is ready';
  $('run').disabled = false;
};

startWorker();
$('code').value = "'components run where their bytes are'\n  .split(' ')\n  .map((word) => word.length)";
$('run').click();
$('status').textContent = `ready after ${Math.round(performance.now() - started)} ms`;
