import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useEffect, useState } from 'react';

const TYPING_MS = 300;

type Props = { label: string; hint?: string; className?: string | undefined; value: string; onChange: (words: string | undefined) => void };

/** Words that the station looks for, told when typing pauses; nothing typed is told as undefined. */
export function SearchBox({ label, hint = label, className = '', value, onChange }: Props) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim() === '' ? undefined : text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      className={className}
      prefix={<SearchOutlined aria-hidden />}
      allowClear
      maxLength={100}
      aria-label={label}
      placeholder={hint}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
