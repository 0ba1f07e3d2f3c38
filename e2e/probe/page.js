import { compileGuests, probe, toMessages, violations } from './probe.js';

/** The worker gets the components compiled, and tells what it did with them. */
function probeInWorker(components) {
  const worker = new Worker('worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(`worker: ${event.message}`));
    worker.postMessage(toMessages(components));
  });
}

/** Proof that a policy is in force here: code from text must be refused. */
function codeFromText() {
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- that it is refused is what is tested
    return `allowed: ${new Function('return 1')()}`;
  } catch (error) {
    return error.name;
  }
}

async function report() {
  const components = await compileGuests();
  const page = { ...(await probe(components)), violations: [...violations] };
  return { page, worker: await probeInWorker(components), codeFromText: codeFromText() };
}

const done = await report().catch((error) => ({
  failed: { name: error.name, code: error.code, message: error.message, fix: error.fix },
}));
// Violations are reported in a task of their own.
await new Promise((resolve) => setTimeout(resolve));
document.querySelector('#report').textContent = JSON.stringify({ ...done, violations }, null, 2);
