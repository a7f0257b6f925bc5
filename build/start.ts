import { buildRenderer } from './renderer.ts';

// `npm start`: the screens as the sources say, then the station with its window. Arguments go to `evidock station`.
await buildRenderer();
process.argv.splice(2, 0, 'station', '--open');
await import('../main/shell/cli/main.ts');
