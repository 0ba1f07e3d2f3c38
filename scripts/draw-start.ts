// `npm run docs:start`: draws what `npm start` prints into docs/start.svg, the picture of the README.
import { writeFileSync } from 'node:fs';
import { drawStart, START_PICTURE } from './house/start-picture.ts';

writeFileSync(START_PICTURE, drawStart());
