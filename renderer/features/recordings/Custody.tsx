import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CustodyEntry } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';
import { bytesText, durationText } from '../../ui/format.pure.ts';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';
import { CopyText, TimeText } from '../../ui/text.tsx';
import css from './custody.module.css';
import { sentenceOf } from './custody.pure.ts';

/** Everything that happened to a recording, oldest first; each sentence opens to the ledger entry it stands for. */
export function Custody({ id }: { id: string }) {
  const { t } = useTranslation('recordings');
  const { data, error, refetch } = useQuery(api.recordings.custody.queryOptions({ input: { id } }));
  return (
    <section className={css.custody}>
      <h2>{t('custody')}</h2>
      {data === undefined && !error && <Loading />}
      {(error || data?.ok === false) && <ErrorPanel failure={data?.ok === false ? data.failure : failureOf(error)} onRetry={() => void refetch()} />}
      <ol>{data?.ok && data.value.map((entry) => <Entry key={entry.seq} entry={entry} />)}</ol>
    </section>
  );
}

function Entry({ entry }: { entry: CustodyEntry }) {
  const { t } = useTranslation('recordings');
  const says = useSentence();
  return (
    <li className={css.entry}>
      <details>
        <summary>
          <TimeText at={entry.at} />
          <span>{says(entry)}</span>
        </summary>
        <dl>
          <dt>{t('entry.seq')}</dt>
          <dd>{`${entry.seq} · ${entry.type}`}</dd>
          <dt>{t('entry.hash')}</dt>
          <dd>
            <CopyText text={entry.hash} />
          </dd>
          <dt>{t('entry.canonical')}</dt>
          <dd>
            <CopyText text={entry.canonical} />
          </dd>
        </dl>
      </details>
    </li>
  );
}

/** An entry as a sentence in the screen's language; a type nobody has written words for is named by its type. */
function useSentence() {
  const { t, i18n } = useTranslation('recordings');
  return ({ type, actor, facts }: CustodyEntry): string => {
    const who = actor.kind === 'person' ? actor.name : t(actor.kind === 'system' ? 'actor.system' : 'actor.other', { name: actor.name });
    const sentence = sentenceOf(type);
    if (sentence === null) return t('says.unknown', { type, who });
    const word = (group: string, value: unknown) => {
      const key = `words.${group}.${String(value)}`;
      // Closed lists grow; a word that is not here yet is shown as the ledger has it.
      return i18n.exists(key, { ns: 'recordings' }) ? String(t(key as 'erased')) : String(value ?? '—');
    };
    const markText = ({ kind, words }: CustodyEntry['facts']) => {
      const known = kind === 'credential-shown' || kind === 'rights-told' ? t(`marks.kind.${kind}`) : null;
      return [known, words].filter((part) => part).join(' · ') || t('erased');
    };
    return t(`says.${sentence}`, {
      who,
      file: typeof facts['path'] === 'string' ? facts['path'].split('/').at(-1) : t('erased'),
      size: typeof facts['sizeBytes'] === 'number' ? bytesText(facts['sizeBytes']) : '',
      camera: facts['camera'] ?? '—',
      readBack: word('readBack', facts['readBack']),
      outcome: word('outcome', facts['outcome']),
      basis: word('basis', facts['basis']),
      kind: word('kind', facts['kind']),
      stage: word('stage', facts['stage']),
      items: facts['items'] ?? 0,
      case: facts['case'] ?? t('erased'),
      reason: word('reason', facts['reason']),
      destination: facts['destination'] ?? '—',
      hours: facts['hours'] ?? '—',
      place: typeof facts['offsetMs'] === 'number' ? durationText(facts['offsetMs']) : '—',
      mark: markText(facts),
    });
  };
}
