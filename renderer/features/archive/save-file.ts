/** Lets the browser save what the station made. */
export function saveFile(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser has taken the bytes by the time the click returns.
  URL.revokeObjectURL(url);
}
