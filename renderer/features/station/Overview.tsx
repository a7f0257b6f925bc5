import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatusReport } from '../../../main/contract/api/station.ts';
import { api, failureOf } from '../../api/client.ts';
import { useStationZone } from '../../api/station-zone.ts';
import { Facts } from '../../ui/Facts.tsx';
import { bytesText, weekdayText } from '../../ui/format.pure.ts';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel, FailureText } from '../../ui/panels.tsx';
import { Bytes, CopyText, TimeText } from '../../ui/text.tsx';
import { Clock } from './Clock.tsx';
import css from './station.module.css';

/** What there is: space, clock, deadlines, what was copied and where it went, and the head of the ledger. */
export function Overview() {
  const { t } = useTranslation('station');
  const { data, error, refetch } = useQuery(api.station.status.queryOptions());
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const { deadlines, items, units, ledger } = data;
  return (
    <div className={css.cards}>
      {data.failures.length > 0 && (
        <Card title={t('troubles')} tone="danger">
          {data.failures.map((failure) => (
            <FailureText key={`${failure.code} ${failure.what}`} failure={failure} />
          ))}
        </Card>
      )}
      <Card title={t('space')}>
        <Space space={data.space} />
      </Card>
      <Card title={t('clock')}>
        <Clock source={data.station.clock} />
      </Card>
      <Card title={t('deadlines')}>
        <Facts
          facts={[
            [t('onTime'), deadlines.onTime],
            [t('late'), <Count key="late" count={deadlines.late} />],
            [t('undetermined'), deadlines.undetermined],
          ]}
        />
        <p className={css.quiet}>{t('deadlinesHint')}</p>
      </Card>
      <Card title={t('copied')}>
        <Facts
          facts={[
            [
              t('cameras'),
              <Link key="cameras" className={css.link} to="/cameras">
                {data.cameras}
              </Link>,
            ],
            [t('items'), items.stored],
            [t('size'), <Bytes key="size" bytes={items.bytes} />],
            [t('damaged'), <Count key="damaged" count={items.damaged} />],
            [t('refused'), <Count key="refused" count={items.refused} />],
            [t('recordings'), units.recordings],
            [t('linked'), units.linked],
          ]}
        />
      </Card>
      <Card title={t('archived')}>
        <Facts
          facts={[
            [t('confirmed'), items.confirmed],
            [t('waitingForArchive'), items.waitingForArchive],
            [t('cleared'), items.clearedFromCamera],
            [t('freed'), items.freed],
            ...data.destinations.map((one) => [one.name, t('destinationFigures', { receipts: one.receipts, waiting: one.waiting })] as const),
          ]}
        />
        <Link className={css.link} to="/archive">
          {t('toArchive')}
        </Link>
      </Card>
      <Card title={t('ledger')}>
        <Facts facts={[[t('entries'), ledger.head.seq]]} />
        <p className={css.quiet}>{t('headHint')}</p>
        <CopyText text={`${ledger.head.seq} ${ledger.head.hash}`} />
      </Card>
    </div>
  );
}

function Card({ title, tone, children }: { title: string; tone?: 'danger'; children: ReactNode }) {
  return (
    <section className={css.card} data-tone={tone}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** A count that should be nought: loud when it is not. */
function Count({ count }: { count: number }) {
  return <span className={count > 0 ? css.bad : undefined}>{count}</span>;
}

/** When the disk will be full, and from what that is said. */
function Forecast({ forecast }: { forecast: StatusReport['space']['forecast'] }) {
  const { t, i18n } = useTranslation('station');
  const zone = useStationZone();
  if (forecast === null) return <p className={css.quiet}>{t('forecastUnknown')}</p>;
  const { growthBytes, measuredMs, fullAt } = forecast;
  const days = Math.round(measuredMs / 86_400_000);
  const weekday = fullAt && weekdayText(fullAt, zone, i18n.language);
  return (
    <>
      {fullAt === null ? (
        <p>{t('notFilling')}</p>
      ) : (
        <p className={css.forecast}>
          <strong>{t('fullOn', { weekday })}</strong> <TimeText at={fullAt} as="minute" />
        </p>
      )}
      <p className={css.quiet}>{t('forecastFrom', { growth: bytesText(Math.abs(growthBytes)), sign: growthBytes < 0 ? '−' : '+', days })}</p>
    </>
  );
}

function Space({ space }: { space: StatusReport['space'] }) {
  const { t } = useTranslation('station');
  const { freeBytes, totalBytes, reserveBytes } = space;
  const share = (bytes: number) => `${(100 * bytes) / Math.max(1, totalBytes)}%`;
  const used = totalBytes - freeBytes;
  const low = freeBytes < reserveBytes * 2;
  return (
    <>
      <div className={css.space} aria-hidden="true" data-low={low || undefined}>
        <span data-part="used" style={{ width: share(used) }} />
        <span data-part="reserve" style={{ width: share(Math.min(reserveBytes, freeBytes)) }} />
      </div>
      <Facts
        facts={[
          [t('free'), <Bytes key="free" bytes={freeBytes} />],
          [t('reserve'), <Bytes key="reserve" bytes={reserveBytes} />],
          [t('total'), <Bytes key="total" bytes={totalBytes} />],
        ]}
      />
      <Forecast forecast={space.forecast} />
      {low && <p className={css.bad}>{t('spaceLow')}</p>}
    </>
  );
}
