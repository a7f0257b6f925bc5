import type { RememberedPort } from '../dock/index.ts';

/**
 * Gives every place a volume can appear in a port number that it keeps for the life of the station process; places that
 * have had a number before keep that one.
 */
export function createPorts(remembered: readonly RememberedPort[]) {
  const numbers = new Map(remembered.map(({ place, port }) => [place, port]));
  const learned = new Set(remembered.flatMap((one) => (one.learned ? [one.place] : [])));

  function forget(port: number): void {
    for (const [slot, number] of numbers) {
      if (number !== port) continue;
      numbers.delete(slot);
      learned.delete(slot);
    }
  }

  return {
    /** The number of a slot; a new slot gets the lowest number nobody has. */
    numberOf(slot: string): number {
      const known = numbers.get(slot);
      if (known !== undefined) return known;
      const taken = new Set(numbers.values());
      let free = 1;
      while (taken.has(free)) free += 1;
      numbers.set(slot, free);
      return free;
    },
    /** Null for a slot that nothing has been in yet. */
    numberIfAny: (slot: string) => numbers.get(slot) ?? null,
    isLearned: (slot: string) => learned.has(slot),
    /** Whether cameras are expected there: everywhere, until an admin has shown the first port of the dock. */
    isOfDock: (slot: string) => learned.size === 0 || learned.has(slot),
    /** The slot has this number from now on, and is of the dock; whichever slot had the number has none. */
    learn(slot: string, port: number): void {
      forget(port);
      numbers.set(slot, port);
      learned.add(slot);
    },
    forget,
    list: () => [...numbers].map(([slot, port]) => ({ slot, port })),
  };
}
export type Ports = ReturnType<typeof createPorts>;
