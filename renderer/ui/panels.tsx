import { InboxOutlined, LockOutlined, StopOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../main/contract/error-texts.ts';
import { ERRORS, type Failure } from '../../main/contract/errors.ts';
import { splitAdvice } from './format.pure.ts';
import css from './panels.module.css';

type PanelProps = {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'calm' | 'danger';
  /** The panel is the whole page, so its title is the page's. */
  alone?: boolean;
};

function Panel({ icon, title, children, action, tone = 'calm', alone = false }: PanelProps) {
  const Title = alone ? 'h1' : 'h2';
  return (
    <section className={css.panel} data-tone={tone} role={tone === 'danger' ? 'alert' : undefined}>
      <span className={css.icon} aria-hidden="true">
        {icon}
      </span>
      <Title>{title}</Title>
      {children !== undefined && <div className={css.body}>{children}</div>}
      {action !== undefined && <div className={css.action}>{action}</div>}
    </section>
  );
}

/** Nothing is here yet: what will appear and how to make it appear. */
export function EmptyState({ icon = <InboxOutlined />, ...rest }: Omit<PanelProps, 'icon' | 'tone'> & { icon?: ReactNode }) {
  return <Panel icon={icon} {...rest} />;
}

/** The texts of a failure in the screen's language: what happened, and what to do. */
export function useFailureText(): (failure: Failure) => { what: string; next: string } {
  const { i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'zh';
  return (failure) => splitAdvice(errorText(failure.code, failure.what, language));
}

/** A failure in one block: what happened, what to do, and a line for technicians. */
export function FailureText({ failure }: { failure: Failure }) {
  const { t } = useTranslation();
  const { what, next } = useFailureText()(failure);
  return (
    <div className={css.failure}>
      <strong>{what}</strong>
      {next !== '' && <p>{next}</p>}
      {ERRORS[failure.code].evidenceAtRisk && <p className={css.risk}>{t('evidenceAtRisk')}</p>}
      <p className={css.technical}>
        {failure.code}
        {failure.detail !== '' && ` · ${failure.detail}`}
      </p>
    </div>
  );
}

/** Something failed: which, what happened, what next. Null is for a station that could not be asked; a refusal is said as one. */
export function ErrorPanel({ failure, onRetry, alone = false }: { failure: Failure | null; onRetry?: (() => void) | undefined; alone?: boolean }) {
  const { t } = useTranslation();
  const textOf = useFailureText();
  if (failure?.code === 'session.not-allowed') return <NoPermission />;
  const { what, next } = failure === null ? { what: t('unreachable'), next: t('unreachableNext') } : textOf(failure);
  const retry = onRetry && <Button onClick={onRetry}>{t('retry')}</Button>;
  return (
    <Panel icon={<WarningOutlined />} title={what} tone="danger" action={retry} alone={alone}>
      {next !== '' && <p>{next}</p>}
      {failure !== null && (
        <p className={css.technical}>
          {failure.code}
          {failure.detail !== '' && ` · ${failure.detail}`}
        </p>
      )}
    </Panel>
  );
}

/** Whoever is signed in may not see this. */
export function NoPermission() {
  const { t } = useTranslation();
  return (
    <Panel icon={<StopOutlined />} title={t('noPermission')} alone>
      <p>{t('noPermissionNext')}</p>
    </Panel>
  );
}

/** Nobody is signed in, and this needs somebody. */
export function SignInNeeded({ action }: { action: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Panel icon={<LockOutlined />} title={t('signInNeeded')} action={action} alone>
      <p>{t('signInNeededNext')}</p>
    </Panel>
  );
}
