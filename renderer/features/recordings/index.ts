export { RecordingLine } from './RecordingLine.tsx';
export { personText, useRecordingWords } from './words.ts';
