import { describeSeeds } from "./seeds.ts";

describeSeeds(226, 75);
