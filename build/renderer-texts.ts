import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

const CJK = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
/** Two or more words that begin like a sentence. */
const SENTENCE = /^[A-Z][a-z]+([ ,]+[A-Za-z]+)+/;
const SPOKEN_PROPS = new Set(['alt', 'aria-label', 'description', 'label', 'placeholder', 'title']);

/**
 * What is wrong with the words of the screens below `renderer`: keys or placeholders that only one language has, empty
 * texts, and words written into a component instead of the language files. Empty when all is well.
 */
export function textFaults(renderer: string): string[] {
  const zh = flatten(readJson(path.join(renderer, 'i18n/zh-CN.json')));
  const en = flatten(readJson(path.join(renderer, 'i18n/en.json')));
  const components = fs.readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  return [
    ...languageFaults(zh, en),
    ...components.flatMap((name) => wordsInComponent(fs.readFileSync(path.join(renderer, name), 'utf8')).map((word) => `${name}: ${word}`)),
  ];
}

/** Differences between two languages, each given as key -> text. */
export function languageFaults(zh: Map<string, string>, en: Map<string, string>): string[] {
  const keys = new Set([...zh.keys(), ...en.keys()]);
  return [...keys].flatMap((key) => {
    const [one, other] = [zh.get(key), en.get(key)];
    if (one === undefined || other === undefined) return isPlural(key, zh, en) ? [] : [`${key} is only in ${one === undefined ? 'en' : 'zh-CN'}`];
    if (one.trim() === '' || other.trim() === '') return [`${key} is empty`];
    return placeholders(one) === placeholders(other) ? [] : [`${key} has other placeholders in en`];
  });
}

/** English has two forms where Chinese has one: `files_one` belongs to `files_other`. */
function isPlural(key: string, zh: Map<string, string>, en: Map<string, string>): boolean {
  const other = key.replace(/_one$/, '_other');
  return other !== key && zh.has(other) && en.has(other);
}

function placeholders(text: string): string {
  return [...text.matchAll(/{{\s*(\w+)[^}]*}}/g)]
    .map((match) => match[1])
    .sort()
    .join();
}

/** Words for people that a component contains itself. */
export function wordsInComponent(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const word = wordOf(node as Record<string, unknown>);
    if (word !== null) found.push(word);
    else Object.values(node).forEach(visit);
  };
  visit(parseSync(source, { syntax: 'typescript', tsx: true }).body);
  return found;
}

function wordOf(node: Record<string, unknown>): string | null {
  if (node['type'] === 'JSXText') return /\p{L}/u.test(String(node['value'])) ? String(node['value']).trim() : null;
  if (node['type'] === 'JSXAttribute') {
    const name = (node['name'] as { value?: string }).value ?? '';
    const value = node['value'] as { type?: string; value?: string } | null;
    return SPOKEN_PROPS.has(name) && value?.type === 'StringLiteral' && /\p{L}/u.test(value.value ?? '') ? `${name}=${value.value}` : null;
  }
  const text = node['type'] === 'StringLiteral' ? node['value'] : node['type'] === 'TemplateElement' ? node['raw'] : null;
  return typeof text === 'string' && (CJK.test(text) || SENTENCE.test(text)) ? text : null;
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

export function flatten(node: unknown, prefix = ''): Map<string, string> {
  if (typeof node === 'string') return new Map([[prefix, node]]);
  return new Map(Object.entries(node as object).flatMap(([key, value]) => [...flatten(value, prefix === '' ? key : `${prefix}.${key}`)]));
}
