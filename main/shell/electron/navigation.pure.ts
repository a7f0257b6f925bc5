/** The one origin the window ever shows. */
export const APP_ORIGIN = 'station://app';

/** Whether a window, a frame or a download may go to this URL: the station's own pages and nothing else. */
export function isOwnUrl(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
