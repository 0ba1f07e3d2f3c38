// A JavaScript engine that runs the code it is given. Globals last as long as the instance.
export function runCode(code) {
  try {
    return String((0, eval)(code));
  } catch (error) {
    return `error: ${describe(error)}`;
  }
}

// What is thrown can be anything, even a value that throws when it is read.
function describe(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'a value that cannot be shown';
  }
}
