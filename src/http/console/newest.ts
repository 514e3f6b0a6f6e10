/**
 * One answer for all who ask for the same: every open console asks again at every change, and some answers take a second. Only the
 * newest is kept, and none that failed. `isSame` tells whether what was asked for before is as good as what is asked for now.
 */
export function createNewest<Key, T>(
  isSame: (known: Key, wanted: Key) => boolean,
): (wanted: Key, make: () => Promise<T>) => Promise<T> {
  let newest: { key: Key; answer: Promise<T> } | null = null;

  return (wanted, make) => {
    if (newest !== null && isSame(newest.key, wanted)) return newest.answer;
    const made = { key: wanted, answer: make() };
    newest = made;
    made.answer.catch(() => {
      if (newest === made) newest = null;
    });
    return made.answer;
  };
}
