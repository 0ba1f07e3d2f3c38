import { MemoryStore } from '@loophost/capabilities';
import { keyValueSuite } from './suite.ts';

keyValueSuite('a store in memory', (bounds) => new MemoryStore(bounds));
