/**
 * Gives every place a volume can appear in a port number that it keeps for the life of the station process; places that
 * have had a number before keep that one.
 */
export function createPorts(remembered: readonly { place: string; port: number }[]) {
  const numbers = new Map(remembered.map(({ place, port }) => [place, port]));
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
    isNumbered: (slot: string) => numbers.has(slot),
    list: () => [...numbers].map(([slot, port]) => ({ slot, port })),
  };
}
export type Ports = ReturnType<typeof createPorts>;
