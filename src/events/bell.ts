/** Wakes everyone who waits for it; a ring nobody waits for is forgotten, so look before you listen. */
export interface Bell {
  ring(): void;
  heard(): Promise<void>;
}

export function createBell(): Bell {
  let wake: () => void = () => {};
  let next: Promise<void> | null = null;
  return {
    ring() {
      next = null;
      wake();
    },
    heard() {
      next ??= new Promise((resolve) => {
        wake = resolve;
      });
      return next;
    },
  };
}
