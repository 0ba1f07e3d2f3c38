// Copied into an empty project by `npm run check:exports`, beside the packed package: type-checked strictly, then run.
import { main } from '@loophost/cli';

const lines: string[] = [];
const print = (text: string): void => void lines.push(text);

const code: number = await main(['help'], { out: print, err: print, hasColours: false });
if (code !== 0 || !lines.join('\n').includes('loop run'))
  throw new Error(`"loop help" ended with ${code}: ${lines.join('\n')}`);
