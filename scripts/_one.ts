import { simulate } from "../test/simulation/run.ts";
const o = await simulate(Number(process.argv[2]));
for (const l of o.logged) console.log(l.slice(0, 220));
console.log(o.digest, o.violations);
