/**
 * What a content destination is told of a unit beside its files. Instants are ms since 1970; what nobody knows is null, and is
 * left out there too.
 */
export type DescribedUnit = {
  unitId: string;
  /** When the station closed it: known always, and all that names it in time where the camera told nothing. */
  closedMs: number;
  /** Who wore the camera; the station itself where nobody is known. */
  user: { id: string; name: string; number: string };
  device: { serial: string; model: string | null };
  stationCode: string;
  zone: string | null;
  startMs: number | null;
  stopMs: number | null;
  /** Each item's own time, by its id. */
  items: ReadonlyMap<string, { startMs: number | null; stopMs: number | null }>;
  /** Places that somebody marked and whose instant is known. */
  bookmarks: readonly { id: string; atMs: number; categoryId: string; categoryName: string; words: string }[];
  /** Where the camera was, in order. */
  trail: readonly { atMs: number; longitude: number; latitude: number }[];
};
