import { CheckCircleOutlined, PauseCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { DestinationRow } from '../../../main/contract/web/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { Facts } from '../../ui/Facts.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { EmptyState, ErrorPanel, useFailureText } from '../../ui/panels.tsx';
import { TimeText, useTimeText } from '../../ui/text.tsx';
import { useCan } from '../session/index.ts';
import css from './archive.module.css';
import { ForwardButton } from './ForwardButton.tsx';
import { ImportConnection } from './ImportConnection.tsx';
import { Schedule } from './Schedule.tsx';
import { useDestinations } from './use-destinations.ts';

export function Destinations() {
  const { t } = useTranslation('archive');
  const { data, error, refetch } = useDestinations();
  return (
    <section className={css.section} aria-labelledby="destinations">
      <div className={css.bar}>
        <h2 id="destinations">{t('destinations')}</h2>
        <ImportConnection />
      </div>
      {error && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {data === undefined && !error && <Loading />}
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
  const { name, kind, sameDisk, readsBack, receipts, waiting, trouble, lastReceiptAt, breaker } = destination;
  const rests = breaker.standing !== 'closed';
  return (
    <li className={css.card} data-trouble={trouble !== null || rests || undefined} data-testid={`destination-${name}`}>
      <header>
        <h3>{name}</h3>
        <span>{t(`kinds.${kind}`)}</span>
      </header>
      {sameDisk && (
        <p className={css.warning}>
          <WarningOutlined aria-hidden /> {t('sameDisk')}
        </p>
      )}
      {!readsBack && (
        <p className={css.warning}>
          <WarningOutlined aria-hidden /> {t('storesOnly')}
        </p>
      )}
      <Facts
        facts={[
          [readsBack ? t('receipts') : t('acknowledged'), receipts],
          [t('waiting'), waiting],
          [t('lastReceipt'), <TimeText key="at" at={lastReceiptAt} as="minute" />],
        ]}
      />
      {rests ? <Rest name={name} breaker={breaker} /> : <FailureAlert failure={trouble} />}
      <Schedule destination={destination} />
      <TestButton name={name} />
    </li>
  );
}

/** Left alone until when, why, and one way to try now all the same. */
function Rest({ name, breaker: { until, reason } }: { name: string; breaker: DestinationRow['breaker'] }) {
  const { t } = useTranslation('archive');
  const textOf = useFailureText();
  const timeOf = useTimeText();
  const { what, next } = reason === null ? { what: t('unknownReason'), next: '' } : textOf(reason);
  return (
    <div className={css.rest} role="status">
      <strong>
        <PauseCircleOutlined aria-hidden /> {until === null ? t('restOver') : t('restsUntil', { at: timeOf(until, 'clock') })}
      </strong>
      <p>{t('because', { reason: what })}</p>
      {next !== '' && <p>{next}</p>}
      <ForwardButton label={t('tryNow')} to={name} />
    </div>
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
