import { errorText } from '../../contract/error-texts.ts';
import { isFailing, type StationState } from './station-state.pure.ts';

type Words = { title: string; next: string };
type Language = 'zh' | 'en';

/**
 * The page that stands for the screens while there is no station to serve them: what is the matter, why where that is
 * known, and what to do, in both languages. The shell loads it anew when that changes, so that the screens are there once the station is.
 */
export function awayPage(state: StationState): string {
  const part = (language: Language) => {
    const { title, next } = wordsOf(state, language);
    const reason = 'failure' in state && state.failure ? errorText(state.failure.code, state.failure.what, language) : '';
    return `<section lang="${language}"><h1>${escaped(title)}</h1>${reason === '' ? '' : `<p><strong>${escaped(reason)}</strong></p>`}<p>${escaped(next)}</p></section>`;
  };
  return `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>Evidock</title>
<style>${STYLE}</style></head><body><main>${part('zh')}${part('en')}</main></body></html>`;
}

function wordsOf(state: StationState, language: Language): Words {
  switch (state.kind) {
    case 'starting':
    case 'running':
      return TEXTS.starting[language];
    case 'no-access':
      return filled(TEXTS.noAccess[language], { socket: state.socket });
    case 'misconfigured':
      return TEXTS.misconfigured[language];
    case 'away':
      if (isFailing(state)) return filled(TEXTS.failing[language], { crashes: state.crashes, seconds: Math.ceil(state.retryMs / 1000) });
      return (state.attached ? TEXTS.serviceAway : TEXTS.restarting)[language];
  }
}

const TEXTS = {
  starting: {
    zh: { title: '采集站正在启动', next: '请稍候，通常只需几秒。' },
    en: { title: 'The station is starting', next: 'Please wait; this takes a few seconds.' },
  },
  restarting: {
    zh: { title: '采集站意外停止，正在重新启动', next: '已采集的文件没有丢失；未采完的将接着采集。' },
    en: { title: 'The station stopped and is being started again', next: 'What was copied is not lost; what was not is gone on with.' },
  },
  serviceAway: {
    zh: { title: '采集站服务没有应答', next: '服务恢复后本页自动打开。长时间不恢复请联系管理员检查 evidock 服务。' },
    en: {
      title: 'The station service does not answer',
      next: 'This page opens by itself once it does. If it stays away, have the admin look at the evidock service.',
    },
  },
  failing: {
    zh: {
      title: '采集站连续 {crashes} 次启动失败',
      next: '每次间隔 {seconds} 秒继续重试。记录仪上的文件没有丢失，请不要删除。请联系管理员查看数据目录中的 logs。',
    },
    en: {
      title: 'The station has failed to start {crashes} times in a row',
      next: 'It is tried again {seconds} s after each time. Files on cameras are not lost: do not delete them. Have the admin look into the logs of the data folder.',
    },
  },
  noAccess: {
    zh: { title: '本机账户无权使用采集站服务', next: '请管理员将此账户加入 evidock 组（{socket}），然后重新登录本机。' },
    en: {
      title: 'This account may not use the station service',
      next: 'Have the admin put it into the group evidock ({socket}), then sign in to this machine again.',
    },
  },
  misconfigured: {
    zh: { title: '采集站的配置有误，没有启动', next: '请管理员改正后重新打开本程序。' },
    en: {
      title: 'The configuration of the station is wrong, so it was not started',
      next: 'Have the admin correct it, then open this program again.',
    },
  },
} as const satisfies Record<string, Record<Language, Words>>;

function filled({ title, next }: Words, values: Record<string, string | number>): Words {
  const put = (text: string) => text.replace(/{(\w+)}/g, (_, name: string) => String(values[name]));
  return { title: put(title), next: put(next) };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 "Noto Sans SC","Noto Sans CJK SC",Inter,system-ui,sans-serif}
body{margin:0;background:#e3e8ec;color:#13202a}main{display:grid;gap:32px;max-width:640px;margin:16vh auto 0;padding:0 32px}
h1{margin:0;font-size:28px;line-height:1.2}section+section h1{font-size:20px}p{margin:8px 0 0}
@media(prefers-color-scheme:dark){body{background:#0f161b;color:#e7edf1}}`;
