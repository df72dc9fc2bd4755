import { testNodeSeeds } from './seeds.ts';

testNodeSeeds(2);
