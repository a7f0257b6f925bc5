import { DatePicker } from 'antd';
import en from 'antd/es/date-picker/locale/en_US';
import zh from 'antd/es/date-picker/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import css from './recordings.module.css';

const DAY = 'YYYY-MM-DD';

/** Without names of their own for the buttons that show year and month: they hid what is written on them from readers. */
const LOCALES = { en: quiet(en), 'zh-CN': quiet(zh) };

function quiet(locale: typeof en): typeof en {
  return { ...locale, lang: { ...locale.lang, yearSelect: '', monthSelect: '' } };
}

type DayPickerProps = { label: string; value: string | undefined; min?: string | undefined; onChange: (day: string | undefined) => void };

/** A day, written yyyy-mm-dd whatever the browser's own habit; cells and field are large enough for a finger. */
export function DayPicker({ label, value, min, onChange }: DayPickerProps) {
  const { i18n } = useTranslation();
  const id = useId();
  // The calendar's first day of the week and month names come from here; it is loaded with this list only.
  const language = i18n.language === 'en' ? 'en' : 'zh-CN';
  dayjs.locale(language.toLowerCase());
  return (
    <span className={css.day} data-on={value !== undefined}>
      <label htmlFor={id}>{label}</label>
      <DatePicker
        id={id}
        className={css.dayField ?? ''}
        classNames={{ popup: { root: css.calendar ?? '' } }}
        locale={LOCALES[language]}
        format={DAY}
        placeholder={DAY.toLowerCase()}
        value={value === undefined ? null : dayjs(value.slice(0, 10))}
        {...(min === undefined ? {} : { minDate: dayjs(min.slice(0, 10)) })}
        // "Today" would be that of the browser's zone.
        showNow={false}
        getPopupContainer={(field) => field.parentElement ?? document.body}
        onChange={(day) => onChange(day?.format(DAY))}
      />
    </span>
  );
}
