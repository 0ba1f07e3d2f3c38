import { Component } from './engine/index.js';

let instance;

/** Takes a compiled component once, then code to run in its instance. Messages are handled in order. */
async function handle({ component, code }) {
  if (component) instance = await Component.fromMessage(component).link().instantiate();
  else postMessage(instance.exports.runCode(code));
}

let last = Promise.resolve();
addEventListener('message', ({ data }) => {
  last = last.then(() => handle(data)).catch((error) => postMessage(`${error.code ?? error.name}: ${error.message}`));
});
