/** Entry types that have a sentence of their own; any other is shown by its type. */
export const SENTENCES = [
  'item.stored',
  'item.seen-again',
  'item.probed',
  'item.viewed',
  'clear.intended',
  'clear.done',
  'clear.refused',
  'derivative.made',
  'derivative.failed',
  'unit.closed',
  'unit.linked',
  'unit.unlinked',
  'unit.marked',
  'unit.unmarked',
  'link.suggested',
  'deadline.settled',
  'forward.intended',
  'forward.done',
  'forward.failed',
  'retention.extended',
  'free.intended',
  'free.done',
  'free.refused',
  'difference.explained',
  'difference.reopened',
  'partial.quarantined',
  'file.refused',
] as const;
export type Sentence = (typeof SENTENCES)[number];

export function sentenceOf(type: string): Sentence | null {
  return SENTENCES.find((one) => one === type) ?? null;
}
