/** Where the work of one node runs: many at a time, or one alone while everything else waits. */
export interface Floor {
  enter<T>(alone: boolean, work: () => Promise<T>): Promise<T>;
}

export function createFloor(): Floor {
  let inside = 0;
  let occupiedAlone = false;
  const waiting: { alone: boolean; enter: () => void }[] = [];

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && mayEnter(next.alone); next = waiting[0]) {
      waiting.shift();
      next.enter();
    }
  }

  function mayEnter(alone: boolean): boolean {
    return !occupiedAlone && (!alone || inside === 0);
  }

  return {
    async enter(alone, work) {
      // First come, first served: otherwise a stream of ordinary work would starve the one that must be alone.
      if (waiting.length > 0 || !mayEnter(alone)) {
        await new Promise<void>((enter) => waiting.push({ alone, enter: () => (occupy(), enter()) }));
      } else {
        occupy();
      }
      function occupy(): void {
        inside++;
        occupiedAlone = alone;
      }
      try {
        return await work();
      } finally {
        inside--;
        occupiedAlone = false;
        admit();
      }
    },
  };
}
