import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';
import zh from './zh-CN.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof zh;
  }
}

/** Starts the texts in one language. A key that does not exist does not compile; one that only one language has fails the build. */
export function startTexts(language: 'zh-CN' | 'en'): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    resources: { 'zh-CN': zh, en },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}
