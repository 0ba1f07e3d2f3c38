import { fromMessages, probe, violations } from './probe.js';

/** Compiling again here would be a mistake: the message brings the modules. */
let compiles = 0;
const compileModule = WebAssembly.compile;
WebAssembly.compile = (...args) => {
  compiles++;
  return compileModule(...args);
};

async function handle({ data }) {
  const results = await probe(fromMessages(data)).catch((error) => ({ failed: String(error) }));
  postMessage({ ...results, violations, compiles });
}

addEventListener('message', (event) => void handle(event));
