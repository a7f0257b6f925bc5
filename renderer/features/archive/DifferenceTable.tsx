import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Difference, Explanation } from '../../../main/contract/api/archive.ts';
import { differenceName } from '../../../main/contract/difference-name.ts';
import { api, failureOf, queryClient } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { useFailureText } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { stateOf } from './differences.pure.ts';
import { ExplainDialog } from './ExplainDialog.tsx';

type Explainable = Difference & { id: string };

/** Every difference in words, what it is about, and whether somebody has explained it. */
export function DifferenceTable({ run, differences }: { run: string; differences: readonly Difference[] }) {
  const { t } = useTranslation('archive');
  const textOf = useFailureText();
  const [explaining, setExplaining] = useState<Explainable | null>(null);
  return (
    <>
      <DataTable
        label={t('differences')}
        rows={differences}
        keyOf={(one) => one.id ?? `${one.code} ${one.what}`}
        columns={[
          {
            id: 'difference',
            title: t('difference'),
            cell: (one) => <Finding difference={one} {...textOf({ ...one, what: differenceName(one) })} />,
          },
          { id: 'about', title: t('recording'), cell: (one) => <About difference={one} /> },
          { id: 'state', title: t('state'), cell: (one) => <State difference={one} onExplain={setExplaining} /> },
        ]}
      />
      {explaining !== null && <ExplainDialog run={run} difference={explaining} onClose={() => setExplaining(null)} />}
    </>
  );
}

function Finding({ difference, what, next }: { difference: Difference; what: string; next: string }) {
  return (
    <div className={css.finding}>
      <strong>{what}</strong>
      {next !== '' && difference.explanation === null && <p>{next}</p>}
      <p className={css.technical}>
        {difference.code} · {difference.what}
        {difference.detail !== '' && ` · ${difference.detail}`}
      </p>
    </div>
  );
}

function About({ difference: { unitId, file } }: { difference: Difference }) {
  const { t } = useTranslation('archive');
  return (
    <div className={css.aboutFile}>
      {file !== null && <span title={file}>{file.split('/').at(-1)}</span>}
      {unitId === null ? (
        file === null && '—'
      ) : (
        <Link className={css.link} to="/recordings/$id" params={{ id: unitId }} title={unitId}>
          {t('openRecording')}
        </Link>
      )}
    </div>
  );
}

function State({ difference, onExplain }: { difference: Difference; onExplain: (one: Explainable) => void }) {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.explain');
  const { id, explanation } = difference;
  const state = stateOf(difference);
  if (explanation !== null) return <Explained explanation={explanation} allowed={allowed} />;
  return (
    <div className={css.state}>
      <span data-state={state}>{t(`states.${state}`)}</span>
      {state === 'open' && id === null && <p className={css.technical}>{t('notExplainable')}</p>}
      {id !== null && allowed && <Button onClick={() => onExplain({ ...difference, id })}>{t('explain')}</Button>}
    </div>
  );
}

function Explained({ explanation: { id, at, by, reason }, allowed }: { explanation: Explanation; allowed: boolean }) {
  const { t } = useTranslation('archive');
  const { mutateAsync, data, error, isPending } = useMutation(api.archive.reopen.mutationOptions());
  // A refusal is shown below the row; the question closes either way.
  const takeBack = () => mutateAsync({ id }).then(() => queryClient.invalidateQueries({ queryKey: api.archive.key() }));
  return (
    <div className={css.state}>
      <span data-state="explained">{t('states.explained')}</span>
      <p>{reason ?? t('erased')}</p>
      <p className={css.technical}>
        {by ?? t('erased')} · <TimeText at={at} as="minute" />
      </p>
      {allowed && (
        <ConfirmTwice act={t('takeBack')} thing={reason ?? t('erased')} onConfirm={() => takeBack().catch(() => undefined)}>
          <p>{t('takeBackHint')}</p>
        </ConfirmTwice>
      )}
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </div>
  );
}
