import { createWorld } from "../test/simulation/world.ts";
const w = createWorld(Number(process.argv[2]));
for (const f of w.fixtures) console.log(f.id, new Date(f.visibleAt).toISOString(), new Date(f.lastChangeAt).toISOString(), JSON.stringify(f.look(w.start)), new Date(f.look(w.start).kickoff).toISOString());
console.log(JSON.stringify(w.plan.sourceOutages.map(o=>({...o,from:new Date(o.from).toISOString(),to:new Date(o.to).toISOString()}))), new Date(w.healAt).toISOString());
