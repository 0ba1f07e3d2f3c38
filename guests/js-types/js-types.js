// Every value type in JavaScript. In this engine 64-bit integers are numbers, exact up to 2^53; a result that is a
// function's own is returned or thrown, and one inside of another value is { tag, val }.
const echo = (v) => v;

function echoResult({ tag, val }) {
  if (tag === 'err') throw val;
  return val;
}

const countSet = (flags) => Object.values(flags).filter(Boolean).length;

// A u32 from 2^31 on arrives as a negative number.
function sumOf({ i, l, ...numbers }) {
  return Object.values(numbers).reduce((sum, n) => sum + Number(n), i.codePointAt(0) + (l >>> 0));
}

export const types = {
  echoBool: echo,
  echoS8: echo,
  echoU8: echo,
  echoS16: echo,
  echoU16: echo,
  echoS32: echo,
  echoU32: echo,
  echoS64: echo,
  echoU64: echo,
  echoF32: echo,
  echoF64: echo,
  echoChar: echo,
  echoString: echo,

  echoBools: echo,
  echoBytes: echo,
  echoS8s: echo,
  echoU16s: echo,
  echoS32s: echo,
  echoS64s: echo,
  echoU64s: echo,
  echoF32s: echo,
  echoF64s: echo,
  echoChars: echo,
  echoStrings: echo,
  echoGrid: echo,

  echoOption: echo,
  echoOptionF64: echo,
  echoOptionString: echo,
  echoOptionTwice: echo,

  echoResult,
  echoResultOk: echoResult,
  echoResultError: echoResult,
  echoResultEmpty: echoResult,
  echoResultJoined: echoResult,
  echoResults: echo,

  echoTuple: echo,
  echoColor: echo,
  echoAccess: echo,
  echoMonths: echo,
  echoBits: echo,
  echoPoint: echo,
  echoPerson: echo,
  echoNumbers: echo,
  echoPayload: echo,
  echoReading: echo,

  echoPeople: echo,
  echoPayloads: echo,
  echoPairs: echo,
  echoFlagSets: echo,

  sixteen: (...values) => values,
  spilled: (...values) => values,

  labelOf: ({ name, age, home }) => `${name} (${age}) of ${home.street}`,
  caseOf: ({ tag }) => tag,
  countFlags: (...sets) => sets.reduce((sum, set) => sum + countSet(set), 0),
  sumOf,
  sample: () => ({
    name: 'Ada',
    age: 36,
    home: { street: 'Baker Street', zip: 221, at: { x: 51.5, y: -0.25 } },
    nickname: 'the Countess',
    tags: ['first', 'Zürich', '計算', '🧮'],
  }),
};
