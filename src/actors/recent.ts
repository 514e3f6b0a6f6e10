/** The newest ids of a kind: as many as a node may be handed again, and no more. */
export interface Recent {
  has(id: string): boolean;
  add(id: string): void;
  delete(id: string): void;
}

export function createRecent(max = 10_000): Recent {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > max && oldest !== undefined) ids.delete(oldest);
    },
    delete: (id) => void ids.delete(id),
  };
}
