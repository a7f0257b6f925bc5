import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../../main/contract/web/archive.ts';
import { failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { WorkPanel } from '../../ui/long-run.tsx';
import css from './archive.module.css';
import { saveFile } from './save-file.ts';

const FORMATS = ['pdf', 'xlsx', 'json'] as const satisfies ExportFormat[];

type Ask = (request: { format: ExportFormat; language: 'zh' | 'en' }, how: { signal: AbortSignal }) => Promise<{ body: File }>;

/** The sheet to sign in the screen's language, as the station makes it, and the result as it was recorded. */
export function Exports({ ask }: { ask: Ask }) {
  const { t, i18n } = useTranslation('archive');
  const { make, cancel, format, submittedAt, failure } = useExport(ask, i18n.language === 'en' ? 'en' : 'zh');
  return (
    <>
      <div className={css.bar}>
        {FORMATS.map((one) => (
          <Button
            key={one}
            icon={<DownloadOutlined aria-hidden />}
            title={t(`exportHint.${one}`)}
            disabled={format !== null}
            onClick={() => make(one)}
          >
            {t(`export.${one}`)}
          </Button>
        ))}
        <FailureAlert failure={failure} />
      </div>
      {format !== null && (
        <WorkPanel
          state="running"
          by={null}
          elapsedMs={0}
          progress={null}
          remainingMs={null}
          seenAt={submittedAt}
          label={t('making', { what: t(`export.${format}`) })}
          note={t('makingHint')}
          stopHint={t('stopExport')}
          onCancel={cancel}
        />
      )}
    </>
  );
}

/** Makes one file at a time for who waits for it: whoever leaves or stops it ends what makes it at the station, too. */
function useExport(ask: Ask, language: 'zh' | 'en') {
  const stop = useRef<AbortController>(null);
  const { mutate, variables, error, isPending, submittedAt } = useMutation({
    mutationFn: (format: ExportFormat) => {
      stop.current = new AbortController();
      return ask({ format, language }, { signal: stop.current.signal });
    },
    onSuccess: ({ body }) => saveFile(body),
  });
  useEffect(() => () => stop.current?.abort(), []);
  const stopped = stop.current?.signal.aborted === true;
  return {
    make: mutate,
    async cancel() {
      stop.current?.abort();
    },
    format: isPending ? variables : null,
    submittedAt,
    failure: error && !stopped && !isPending ? (failureOf(error) ?? ('unreachable' as const)) : null,
  };
}
