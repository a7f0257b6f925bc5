import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import type { DestinationRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { Facts } from '../../ui/Facts.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';

export function Destinations() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useQuery(api.archive.destinations.queryOptions());
  return (
    <section className={css.section} data-noprint aria-labelledby="destinations">
      <h2 id="destinations">{t('destinations')}</h2>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Skeleton active />}
      {data?.length === 0 && (
        <EmptyState title={t('noDestinations')}>
          <p>{t('noDestinationsNext')}</p>
        </EmptyState>
      )}
      <ul className={css.cards}>
        {data?.map((one) => (
          <DestinationCard key={one.id} destination={one} />
        ))}
      </ul>
    </section>
  );
}

function DestinationCard({ destination }: { destination: DestinationRow }) {
  const { t } = useTranslation('archive');
  const { name, kind, sameDisk, receipts, waiting, trouble, lastReceiptAt } = destination;
  return (
    <li className={css.card} data-trouble={trouble !== null || undefined} data-testid={`destination-${name}`}>
      <header>
        <h3>{name}</h3>
        <span>{kind === 'folder' ? t('kinds.folder') : kind}</span>
      </header>
      {sameDisk && (
        <p className={css.warning}>
          <WarningOutlined aria-hidden /> {t('sameDisk')}
        </p>
      )}
      <Facts
        facts={[
          [t('receipts'), receipts],
          [t('waiting'), waiting],
          [t('lastReceipt'), <TimeText key="at" at={lastReceiptAt} as="minute" />],
        ]}
      />
      <FailureAlert failure={trouble} />
      <TestButton name={name} />
    </li>
  );
}

function TestButton({ name }: { name: string }) {
  const { t } = useTranslation('archive');
  const allowed = useCan('archive.run');
  const { mutate, data, error, isPending } = useMutation(api.archive.test.mutationOptions());
  if (!allowed) return null;
  return (
    <div className={css.test}>
      <Button loading={isPending} aria-label={t('testNamed', { name })} onClick={() => mutate({ name })}>
        {t('test')}
      </Button>
      <div role="status">
        {data?.ok && (
          <span className={css.good}>
            <CheckCircleOutlined aria-hidden /> {t('testGood', { ms: data.value.elapsedMs })}
          </span>
        )}
      </div>
      {!isPending && <FailureAlert failure={error ? (failureOf(error) ?? 'unreachable') : data?.ok === false ? data.failure : null} />}
    </div>
  );
}
