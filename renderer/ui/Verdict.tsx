import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons';
import css from './verdict.module.css';

/** What a check came to, in one sentence that is seen first; a bad one also by its sign and its edge. */
export function Verdict({ bad, text }: { bad: boolean; text: string }) {
  return (
    <p className={css.verdict} data-bad={bad || undefined} role="status">
      {bad ? <WarningOutlined aria-hidden /> : <CheckCircleOutlined aria-hidden />}
      {text}
    </p>
  );
}
