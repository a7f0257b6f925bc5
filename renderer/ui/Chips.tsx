import css from './chips.module.css';

export type Chip = { id: string; label: string; count: number };

/** Filters to touch, each with how many it shows; one that is on is removed by touching it again. */
export function Chips({
  label,
  chips,
  chosen,
  onChoose,
}: {
  label: string;
  chips: readonly Chip[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}) {
  return (
    <fieldset className={css.chips}>
      <legend className="only-for-readers">{label}</legend>
      {chips.map(({ id, label: word, count }) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => onChoose(id === chosen ? null : id)}>
          {word} <b>{count}</b>
        </button>
      ))}
    </fieldset>
  );
}
