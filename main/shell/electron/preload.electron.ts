import { contextBridge } from 'electron';

declare const __EVIDOCK_VERSION__: string;

/** All that a page learns of the shell. */
contextBridge.exposeInMainWorld('evidock', Object.freeze({ shell: 'electron', version: __EVIDOCK_VERSION__ }));
