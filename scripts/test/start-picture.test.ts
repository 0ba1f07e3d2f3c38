import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawStart, START_PICTURE } from '../house/start-picture.ts';

test('the picture of the README shows what npm start prints; "npm run docs:start" draws it anew', () => {
  expect(readFileSync(START_PICTURE, 'utf8')).toBe(drawStart());
}, 60_000);
