import { ulid } from "ulid";
import { startTestServer } from "./test/support/server.ts";
import { connectNats } from "./src/events/connect.ts";
import { provision } from "./src/events/provision.ts";
import { openJetStreamLog } from "./src/events/jetstream.ts";
import { encode, decode } from "./src/events/envelope.ts";
import { wallClock } from "./src/clock.ts";
import type { NewEvent } from "./src/match/event.ts";
const ev = (): NewEvent => ({ id: "01JZZZZZZZZZZZZZZZZZZZZZZZ", type: "match.analysis.requested", time: Date.now(), actor: "pipeline:dispatch", causationId: null, data: { stage: "analyse", round: 1, attempt: 1, reason: "due", budgetMs: 1000, retroactive: false } });
const m = (id: string) => ({ root: "match" as const, id });
const pred: NewEvent = {...ev(), type: "match.predicted", data: {round:1,retroactive:false,answers:Array.from({length:42},(_,i)=>({model:`m-${i}`,tip:{home:1,away:2},probabilities:{home:.3,draw:.3,away:.4},latencyMs:12.5,cost:0}))}} as NewEvent;
for (const e of [ev(), pred]) { 
  for (let k=0;k<2;k++){ let t = performance.now(); let b!: Uint8Array; const N=e===pred?5000:50000; for (let i=0;i<N;i++) b=encode(m("a"),e); console.log("encode us", (performance.now()-t)/N*1000, b.length);
  t = performance.now(); const subject=`match.a.${e.type.slice(6)}`; for (let i=0;i<N;i++) if(decode({sequence:1,subject,body:b,storedAt:0}).event===null) throw new Error("x"); console.log("decode us", (performance.now()-t)/N*1000);
  t = performance.now(); for (let i=0;i<N;i++) JSON.parse(new TextDecoder().decode(b)); console.log("parse us", (performance.now()-t)/N*1000);}
}
if (process.argv[2]) {
const server = await startTestServer({ syncAlways: true });
try {
  const nc = await connectNats({ url: server.url });
  await provision(nc, { replicas: 1 });
  const log = await openJetStreamLog({ nc, clock: wallClock });
  for (const n of [2000, 2000, 20000, 40000]) {
    const tag = ulid().toLowerCase(); const evs = Array.from({length:n},()=>({...ev(), id: ulid()}) as NewEvent);
    const t = performance.now();
    const rs = await Promise.all(evs.map((e, i) => log.append(m(`c-${tag}-${i}`), 0, [e])));
    console.log(n, "concurrent/s", Math.round(n / (performance.now() - t) * 1000), rs.filter((r) => r.outcome === "appended").length);
  }
  await log.close();
} finally { await server.stop(); }
}
