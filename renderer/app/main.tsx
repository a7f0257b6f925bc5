import './no-eval.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider } from 'antd';
import en from 'antd/locale/en_US';
import zh from 'antd/locale/zh_CN';
import i18next from 'i18next';
import { StrictMode, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../api/client.ts';
import { startTexts } from '../i18n/index.ts';
import { onPreference, preferences, usePreferences } from '../ui/preferences.ts';
import '../ui/tokens.css';
import { antdThemeOf, paintDocument } from '../ui/tokens.ts';
import { startLive } from './live.ts';
import { router } from './router.tsx';

const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

function applyPreferences(): void {
  const { theme, language } = preferences();
  paintDocument(theme);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

function App() {
  const { theme, language } = usePreferences();
  const look = useMemo(() => antdThemeOf(theme, still), [theme]);
  return (
    <ConfigProvider theme={look} locale={language === 'en' ? en : zh} button={{ autoInsertSpace: false }}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ConfigProvider>
  );
}

startTexts(preferences().language);
applyPreferences();
onPreference(applyPreferences);
startLive();

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no root');
createRoot(container).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
