import { theme as antdTheme, type ThemeConfig } from 'antd';
import { cssVariables, PALETTES, type Theme } from './tokens.pure.ts';

const FONT = '"Noto Sans SC", "Noto Sans CJK SC", Inter, system-ui, sans-serif';

/** Puts a theme's colours onto the document; before the first picture, so that nothing flashes. */
export function paintDocument(theme: Theme): void {
  const { style, dataset } = document.documentElement;
  dataset['theme'] = theme;
  for (const [name, value] of cssVariables(PALETTES[theme])) style.setProperty(name, value);
}

/** Our look for antd's components: flat, quiet, square-shouldered, large enough for fingers. */
export function antdThemeOf(theme: Theme, stillness: boolean): ThemeConfig {
  const palette = PALETTES[theme];
  const { fault, attention, kept } = palette.states;
  return {
    algorithm: theme === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      fontFamily: FONT,
      fontSize: 16,
      fontSizeSM: 14,
      colorPrimary: palette.brand,
      colorInfo: palette.brand,
      colorLink: palette.brand,
      colorError: palette.danger,
      colorErrorBg: fault.surface,
      colorErrorBorder: fault.ink,
      colorWarning: attention.ink,
      colorWarningBg: attention.surface,
      colorWarningBorder: attention.ink,
      colorSuccess: kept.ink,
      colorSuccessBg: kept.surface,
      colorSuccessBorder: kept.ink,
      colorInfoBg: palette.brandSoft,
      colorInfoBorder: palette.brand,
      colorText: palette.text,
      colorTextSecondary: palette.quiet,
      colorTextTertiary: palette.quiet,
      colorTextDescription: palette.quiet,
      colorTextPlaceholder: palette.quiet,
      colorTextDisabled: palette.quiet,
      colorBgContainerDisabled: palette.card,
      colorBorderDisabled: palette.line,
      colorBgBase: palette.raised,
      colorBgLayout: palette.page,
      colorBgContainer: palette.raised,
      colorBgElevated: palette.raised,
      colorBorder: palette.control,
      colorBorderSecondary: palette.line,
      colorSplit: palette.line,
      colorTextLightSolid: palette.onBrand,
      borderRadius: 8,
      borderRadiusLG: 10,
      controlHeight: 44,
      controlHeightLG: 52,
      controlHeightSM: 36,
      lineWidth: 1,
      boxShadow: 'none',
      boxShadowTertiary: 'none',
      motion: !stillness,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.15s',
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 600, dangerColor: palette.onDanger },
      DatePicker: { cellHeight: 44, textHeight: 52 },
      Drawer: { footerPaddingBlock: 16 },
      Input: { activeShadow: `0 0 0 2px ${palette.brandSoft}` },
      Modal: { titleFontSize: 20 },
      Table: { cellPaddingBlock: 10, headerBg: palette.card, borderColor: palette.line },
    },
  };
}
